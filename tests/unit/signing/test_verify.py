"""What became of a sealed file is told, whatever was done to it."""

import contextlib
import json
import random
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.authority import Authority, ensure_authority
from signing.errors import NotACertificate, UnreadablePdf
from signing.report import Integrity, Report, Trust, Verdict
from signing.verify import verify
from tests.unit.signing.conftest import Change, MakePaper, Update, codes, only


def test_a_sealed_file_is_valid(sealed: Path, check: Callable[..., Report]) -> None:
    report = check(sealed)
    signature = only(report)
    assert report.verdict is Verdict.VALID
    assert (signature.profile, signature.integrity, signature.trust) == ("PAdES-B-LTA", Integrity.INTACT, Trust.TRUSTED)
    assert report.changes_after_signing == ()


def test_the_test_authority_is_called_by_its_name(sealed: Path, check: Callable[..., Report]) -> None:
    report = check(sealed)
    words = "cơ quan thử nghiệm, không có giá trị pháp lý"
    assert words in report.explanation.vi and words in only(report).explanation.vi
    assert only(report).test_authority


def test_json_is_the_contract(sealed: Path, check: Callable[..., Report]) -> None:
    told = json.loads(json.dumps(check(sealed).to_json()))
    assert {"file", "sha256", "verdict", "signatures", "changes_after_signing", "explanation"} <= told.keys()
    signature = told["signatures"][0]
    assert signature["signed_at"] == "2026-11-21T22:30:00+07:00"
    wanted = {"field", "profile", "signer", "signed_at", "integrity", "trust", "verdict", "explanation"}
    assert wanted <= signature.keys()
    assert signature["explanation"].keys() == told["explanation"].keys() == {"vi", "en"}
    assert (told["verdict"], signature["integrity"], signature["trust"]) == ("valid", "intact", "trusted")


def test_an_unsigned_file_is_unsigned(make_paper: MakePaper, check: Callable[..., Report]) -> None:
    report = check(make_paper())
    assert (report.verdict, report.signatures) == (Verdict.UNSIGNED, ())


@pytest.mark.parametrize("years", [1, 9, 15])
def test_stays_valid_for_as_long_as_its_archive_timestamp(
    years: int, sealed: Path, check: Callable[..., Report], now: datetime
) -> None:
    assert check(sealed, now=now + timedelta(days=365 * years)).verdict is Verdict.VALID


def test_wants_renewal_when_the_archive_timestamp_has_expired(
    sealed: Path, check: Callable[..., Report], now: datetime
) -> None:
    report = check(sealed, now=now + timedelta(days=365 * 21))
    assert (report.verdict, only(report).reason) == (Verdict.INDETERMINATE, "archive_expired")


def test_under_another_authority_nobody_is_trusted(sealed: Path, now: datetime, tmp_path: Path) -> None:
    other = ensure_authority(tmp_path / "other", now=now)
    signature = only(verify(sealed, anchors=other.anchors, now=now))
    assert (signature.integrity, signature.trust) == (Integrity.INTACT, Trust.UNKNOWN)
    assert (signature.verdict, signature.reason) == (Verdict.INDETERMINATE, "unknown_issuer")
    assert signature.timestamped_at is None and "tự khai" in signature.explanation.vi


@pytest.mark.parametrize("anchors", [(), Path("/nowhere/anchors.pem")], ids=["none", "no-file"])
def test_without_anchors_nobody_is_trusted(anchors: object, sealed: Path, now: datetime) -> None:
    assert only(verify(sealed, anchors=anchors, now=now)).trust is Trust.UNKNOWN  # type: ignore[arg-type]


def test_anchors_that_are_no_certificates_are_an_error(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "anchors.pem").write_text("hello")
    with pytest.raises(NotACertificate):
        verify(sealed, anchors=tmp_path / "anchors.pem")


# --- what others do to a sealed file


def _ranges(path: Path) -> list[tuple[int, int]]:
    with pikepdf.open(path) as pdf:
        ranges = [int(value) for value in pdf.Root.AcroForm.Fields[-1].V.ByteRange]
    return [(ranges[0], ranges[1]), (ranges[2], ranges[2] + ranges[3])]


def test_no_flipped_byte_goes_unseen(sealed: Path, check: Callable[..., Report], tmp_path: Path) -> None:
    content, registered = sealed.read_bytes(), check(sealed)
    covered = [place for start, end in _ranges(sealed) for place in range(start, end)]
    chosen = random.Random(7).sample(covered, 40)
    for place in chosen:
        spoiled = bytearray(content)
        spoiled[place] ^= 0x20
        (tmp_path / "spoiled.pdf").write_bytes(spoiled)
        try:
            report = check(tmp_path / "spoiled.pdf", expected_sha256=registered.sha256)
        except UnreadablePdf:
            continue
        assert report.verdict is not Verdict.VALID
        assert "not_as_registered" in codes(report)
        alone = check(tmp_path / "spoiled.pdf")
        assert alone.verdict is not Verdict.VALID, f"byte {place}"


def test_a_flipped_byte_of_the_picture_breaks_integrity(
    sealed: Path, check: Callable[..., Report], tmp_path: Path
) -> None:
    content = bytearray(sealed.read_bytes())
    content[content.index(b"stream", content.index(b"/Image")) + 60] ^= 1
    (tmp_path / "spoiled.pdf").write_bytes(content)
    signature = only(check(tmp_path / "spoiled.pdf"))
    assert (signature.integrity, signature.verdict, signature.reason) == (Integrity.BROKEN, Verdict.INVALID, "broken")


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(b"junk", id="four-bytes"),
        pytest.param(b"\n\n%%EOF\nmore", id="another-end"),
        pytest.param(b"\0" * 5000, id="zeros"),
        pytest.param(b"junk" * 500_000, id="two-megabytes"),
        pytest.param(b"%PDF-1.7\n1 0 obj\n", id="another-beginning"),
        pytest.param(b"x\nstartxref\n999999\n%%EOF\n", id="a-false-pointer"),
    ],
)
def test_bytes_after_the_end_are_found(tail: bytes, sealed: Path, check: Callable[..., Report], tmp_path: Path) -> None:
    (tmp_path / "longer.pdf").write_bytes(sealed.read_bytes() + tail)
    report = check(tmp_path / "longer.pdf")
    assert (report.verdict, codes(report)) == (Verdict.INVALID, ["bytes_after_end"])
    assert (only(report).integrity, only(report).reason) == (Integrity.INTACT, "changed_after_signing")


def _overlay(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"0 0 300 300 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))


def test_an_annotation_added_later_is_found(
    sealed: Path, check: Callable[..., Report], update: Update, annotate: Change, tmp_path: Path
) -> None:
    (tmp_path / "changed.pdf").write_bytes(update(sealed, annotate))
    report = check(tmp_path / "changed.pdf")
    assert (report.verdict, codes(report)) == (Verdict.INVALID, ["content_changed"])
    assert only(report).integrity is Integrity.INTACT


def test_a_page_drawn_over_later_is_found(
    sealed: Path, check: Callable[..., Report], update: Update, tmp_path: Path
) -> None:
    (tmp_path / "changed.pdf").write_bytes(update(sealed, _overlay))
    report = check(tmp_path / "changed.pdf")
    assert (report.verdict, codes(report)) == (Verdict.INVALID, ["content_changed"])


def test_junk_behind_a_later_revision_is_found_too(
    sealed: Path, check: Callable[..., Report], update: Update, annotate: Change, tmp_path: Path
) -> None:
    (tmp_path / "changed.pdf").write_bytes(update(sealed, annotate) + b"junk")
    assert codes(check(tmp_path / "changed.pdf")) == ["bytes_after_end", "content_changed"]


def test_an_edited_title_leaves_it_undecided(
    sealed: Path, check: Callable[..., Report], update: Update, tmp_path: Path
) -> None:
    def retitle(writer: IncrementalPdfFileWriter) -> None:
        information = writer.trailer_view["/Info"]
        information["/Title"] = generic.pdf_string("Quyết định khác")
        writer.update_container(information)

    (tmp_path / "changed.pdf").write_bytes(update(sealed, retitle))
    report = check(tmp_path / "changed.pdf")
    assert (report.verdict, codes(report)) == (Verdict.INDETERMINATE, ["metadata_changed"])


def test_saving_it_anew_breaks_it(sealed: Path, check: Callable[..., Report], tmp_path: Path) -> None:
    with pikepdf.open(sealed) as pdf:
        pdf.save(tmp_path / "saved.pdf")
    report = check(tmp_path / "saved.pdf")
    assert (report.verdict, only(report).integrity) == (Verdict.INVALID, Integrity.BROKEN)


def test_a_cut_off_archive_timestamp_lowers_the_level(
    sealed: Path, check: Callable[..., Report], tmp_path: Path
) -> None:
    content = sealed.read_bytes()
    with pikepdf.open(sealed) as pdf:
        ranges = pdf.Root.AcroForm.Fields[0].V.ByteRange
        end = int(ranges[2]) + int(ranges[3])
    (tmp_path / "cut.pdf").write_bytes(content[:end])
    signature = only(check(tmp_path / "cut.pdf"))
    assert (signature.integrity, signature.profile) == (Integrity.INTACT, "PAdES-B-T")
    assert signature.verdict is Verdict.INDETERMINATE


def test_another_hash_or_length_than_registered_is_invalid(sealed: Path, check: Callable[..., Report]) -> None:
    assert check(sealed, expected_sha256="00" * 32).verdict is Verdict.INVALID
    assert check(sealed, expected_length=sealed.stat().st_size + 1).verdict is Verdict.INVALID
    same = check(sealed)
    assert check(sealed, expected_sha256=same.sha256.upper(), expected_length=same.length).verdict is Verdict.VALID


# --- bad files


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"\x7fELF" + b"\0" * 3000, b"%PDF-1.7\n%%EOF"],
    ids=["empty", "head", "program", "no-body"],
)
def test_what_is_no_pdf_is_an_error(content: bytes, check: Callable[..., Report], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(UnreadablePdf):
        check(tmp_path / "a.pdf")


def test_malformed_files_are_reported_or_refused_and_never_crash(
    sealed: Path, check: Callable[..., Report], tmp_path: Path
) -> None:
    content, chance = sealed.read_bytes(), random.Random(11)
    for _ in range(60):
        spoiled = bytearray(content[: chance.randrange(100, len(content))] if chance.random() < 0.3 else content)
        for place in chance.sample(range(len(spoiled)), 8):
            spoiled[place] = chance.randrange(256)
        (tmp_path / "bad.pdf").write_bytes(spoiled)
        with contextlib.suppress(UnreadablePdf):
            assert check(tmp_path / "bad.pdf").verdict is not Verdict.VALID


def test_a_signature_that_is_no_cms_is_invalid(sealed: Path, check: Callable[..., Report], tmp_path: Path) -> None:
    with pikepdf.open(sealed) as pdf:
        pdf.Root.AcroForm.Fields[0].V.Contents = pikepdf.String("no signature")
        pdf.save(tmp_path / "bad.pdf")
    report = check(tmp_path / "bad.pdf")
    assert report.verdict is Verdict.INVALID
    assert report.signatures[0].reason == "unreadable_signature"


# --- circumstances


def test_asks_no_network(sealed: Path, check: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert check(sealed).verdict is Verdict.VALID


def test_threads_may_verify(sealed: Path, check: Callable[..., Report]) -> None:
    found: list[Verdict] = []
    threads = [threading.Thread(target=lambda: found.append(check(sealed).verdict)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Verdict.VALID] * 4


@pytest.mark.service("samples")
def test_real_signatures_are_intact_and_undecided(samples_dir: Path, authority: Authority) -> None:
    papers = sorted([*samples_dir.glob("scans/*.pdf"), *samples_dir.glob("print/*.pdf")])
    reports = [verify(path, anchors=authority.anchors) for path in papers]
    found = [signature for report in reports for signature in report.signatures]
    assert len(found) == 43
    assert {(one.integrity, one.trust, one.verdict) for one in found} == {
        (Integrity.INTACT, Trust.UNKNOWN, Verdict.INDETERMINATE)
    }
    assert {report.verdict for report in reports} == {Verdict.INDETERMINATE}
    assert {one.profile for one in found} == {"adbe.pkcs7.detached", "PAdES-BES"}
    assert "Ủy ban nhân dân tỉnh Quảng Ngãi" in {one.signer for one in found}
    assert all(one.signed_at is not None and one.signed_at.utcoffset() == timedelta(hours=7) for one in found)
