"""What a person decides about a record, and what becomes of it, over the real store, ledger, keys and signer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr.fields.result import FieldReading, Understood
from sohoa import review
from sohoa.errors import NotAllowed
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.remote import UNDERSTAND
from sohoa.reuse import fields_in_clear, lookup, use
from sohoa.steps.document import take_through
from sohoa.steps.keep import open_private
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.records import State

READ, TRUE = "079099001234", "079099001243"


def taken_in(kit: Toolbox, folder: Path, **order: Any) -> str:
    """Take one scan through and return its record."""
    code = open_batch([folder], None, None, kit).code
    receive_all(files_in([folder]), code, Order(**order), {}, kit, on_paper=lambda _paper, _new: None)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    return next(iter(kit.catalog.versions()))


def certificate(**changed: Any) -> Callable[..., Any]:
    """Return an understander that finds a birth certificate on whatever is laid before it."""
    sure = {
        "holder_name": "Nguyễn Thị Mẫu",
        "date_of_birth": "2001-02-03",
        "registration_number": "86/2025",
        "issuing_authority": "UBND xã Ví Dụ",
        "personal_id": READ,
    }
    fields = {
        name: FieldReading(name=name, value=value, confidence=0.99, personal=name == "personal_id")
        for name, value in sure.items()
    }
    for name, changes in changed.items():
        fields[name] = replace(fields[name], **changes)

    def understand(pages: Any, *, hint: str | None = None) -> Any:
        return (
            Understood(
                first_page=1,
                last_page=len(pages),
                type_code="birth_certificate",
                type_name="Giấy khai sinh",
                type_confidence=0.95,
                fields=fields,
            ),
        )

    return understand


def owner_answer(number: str, kit: Toolbox) -> str:
    (answer,) = lookup(("personal_id", number), ["birth_certificate"], procedure=None, kit=kit)
    return answer.answer


def test_a_number_read_with_doubt_makes_nobody_the_owner_before_a_person_looked(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter())
    pool.instead[UNDERSTAND] = certificate(personal_id={"confidence": 0.6})
    record_id = taken_in(kit, desk.folder)
    assert kit.catalog.get(record_id).state is State.REVIEW
    assert owner_answer(READ, kit) == "not_held"
    review.confirm(record_id, {"personal_id": TRUE}, kit)
    assert owner_answer(TRUE, kit) == "held"
    assert owner_answer(READ, kit) == "not_held"
    record = kit.catalog.get(record_id)
    assert fields_in_clear(record, kit)["personal_id"] == TRUE
    assert record.owner_masked == "079******243"


def test_the_owner_an_operator_named_outlives_a_corrected_number(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter())
    pool.instead[UNDERSTAND] = certificate(holder_name={"needs_review": True})
    record_id = taken_in(kit, desk.folder, owner=("personal_id", READ))
    review.confirm(record_id, {"personal_id": TRUE}, kit)
    assert owner_answer(READ, kit) == "held"


def test_a_number_the_paper_does_not_have_is_forgotten(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter())
    pool.instead[UNDERSTAND] = certificate(personal_id={"confidence": 0.6})
    record_id = taken_in(kit, desk.folder)
    review.confirm(record_id, {"personal_id": ""}, kit)
    record = kit.catalog.get(record_id)
    assert open_private(record, kit) == {"fields": {}}
    assert (record.owner_index, record.owner_masked) == (None, None)
    assert owner_answer(READ, kit) == "not_held"


def test_a_secrecy_mark_a_person_sees_sets_the_paper_aside(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("a.png", letter("      /QĐ-UBND"))
    record_id = taken_in(kit, desk.folder)
    done = review.confirm(record_id, {"secrecy": "Mật"}, kit)
    assert (done.state, done.seals) == (State.QUARANTINED, ())
    assert kit.index.versions() == {}
    document = kit.ledger.document(record_id)
    assert (document.state, document.reason and document.reason["code"]) == (State.QUARANTINED, "secret_paper")


def test_a_corrected_type_decides_which_fields_there_are_and_how_long_it_stays(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("a.png", letter("      /QĐ-UBND"))
    record_id = taken_in(kit, desk.folder)
    with pytest.raises(NotAllowed, match="holder_name"):
        review.confirm(record_id, {"document_type": "giấy khai sinh"}, kit)
    settled = {
        "document_type": "giấy khai sinh",
        "holder_name": "Nguyễn Thị Mẫu",
        "date_of_birth": "03/02/2001",
        "registration_number": "86/2025",
        "personal_id": TRUE,
    }
    done = review.confirm(record_id, settled, kit)
    assert (done.document_type.code, done.fields["document_type"].value) == ("birth_certificate", "Giấy khai sinh")
    assert done.fields["holder_name"].value == "Nguyễn Thị Mẫu"
    assert done.retention is not None and done.retention.until is None
    assert owner_answer(TRUE, kit) == "held"


def test_a_form_taken_for_another_can_be_given_its_type(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter())
    pool.instead[UNDERSTAND] = certificate(holder_name={"needs_review": True})
    record_id = taken_in(kit, desk.folder)
    assert review.confirm(record_id, {"document_type": "other"}, kit).document_type.code == "other"


def test_a_decision_whose_command_was_killed_is_carried_on(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], other_kit: Callable[..., Toolbox]
) -> None:
    """Killed after the version was written, before catalogue and ledger heard of it."""

    class Dying:
        def __init__(self, catalog: Any) -> None:
            self._catalog = catalog

        def __getattr__(self, name: str) -> Any:
            return getattr(self._catalog, name)

        def put(self, *_args: Any) -> bool:
            raise KeyboardInterrupt

    desk.scan("a.png", letter("      /QĐ-UBND"))
    record_id = taken_in(kit, desk.folder)
    with pytest.raises(KeyboardInterrupt):
        review.confirm(record_id, {"document_number": "77/QĐ-UBND"}, other_kit(catalog=Dying(kit.catalog)))
    assert kit.catalog.get(record_id).state is State.REVIEW
    with pytest.raises(NotAllowed, match="not in review"):
        review.confirm(record_id, {"document_number": "78/QĐ-UBND"}, kit)
    done = kit.catalog.get(record_id)
    assert (done.state, done.fields["document_number"].value) == (State.KEPT, "77/QĐ-UBND")
    assert kit.ledger.document(record_id).state is State.KEPT


def test_a_record_whose_paper_a_worker_has_is_left_to_it(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("a.png", letter("      /QĐ-UBND"))
    record_id = taken_in(kit, desk.folder)
    paper_id = kit.ledger.document(record_id).paper_id
    assert kit.ledger.claim(paper_id, worker="another:1:1", seconds=60, now=kit.clock())
    done = review.confirm(record_id, {"document_number": "77/QĐ-UBND"}, kit)
    assert (done.state, done.seals) == (State.PENDING, ())
    kit.ledger.release(paper_id, worker="another:1:1")
    assert take_through(paper_id, kit)
    assert kit.catalog.get(record_id).state is State.KEPT


def test_a_personal_number_in_a_subject_is_masked_where_it_stands_in_clear(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("a.png", letter(subject=f"Về việc trợ cấp cho ông Mẫu, CCCD {READ}"))
    record_id = taken_in(kit, desk.folder)
    record = kit.catalog.get(record_id)
    if record.state is State.REVIEW:
        record = review.confirm(record_id, {}, kit)
    assert READ not in repr(record)
    assert READ in use(record_id, dossier="D", purpose="p", to=None, kit=kit)["fields"]["subject"]
