"""sohoa demo: a sample box through the whole pipeline in a fresh home."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import typer
from rich.console import Console

from search.query import parse_query
from sohoa.answers import sizes
from sohoa.cli.context import CONTEXT, owner_pair, say, tools
from sohoa.cli.ingest import told
from sohoa.cli.running import exit_code, run_batch
from sohoa.cli.tables import console, print_documents
from sohoa.cli.words import ANSWERS, VERDICTS
from sohoa.errors import NotAllowed
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.remote import TO_ARCHIVAL
from sohoa.reuse import lookup
from sohoa.steps.receive import Order
from sohoa.steps.seal import seal_file, verify_file
from sohoa.toolbox import Toolbox
from sohoa.wiring import own_signer_at
from storage.records import Record, Role, State

BATCH = "hop-mau"
QUERY = "quyet dinh"
LAND_USE, BIRTH = "land_use_certificate", "birth_certificate"
ARCHIVAL_SECONDS = 60
MIB = 1 << 20


def demo() -> None:
    """Make a sample box, carry it through the whole pipeline in a fresh home, and say where to look."""
    from sohoa.samplebox.box import make_box  # noqa: PLC0415 - draws pages: other commands need not import that

    started = monotonic()
    folder = _fresh_folder()
    CONTEXT.home = folder / "home"
    kit = tools()
    say(f"sohoa demo — {folder}")
    say("1. Dựng hộp giấy mẫu (making a sample box: evidently made-up people and numbers) …")
    box = make_box(folder / "box", signed_pdf=_signed_elsewhere(folder / "elsewhere", kit))
    say("2. Nhận, đọc, hiểu, ký, lưu, lập chỉ mục (receive, read, understand, seal, keep, index) …")
    code = open_batch([box.folder], BATCH, None, kit).code
    given = files_in([box.folder])
    base = Order(mode=kit.settings.mode)
    answer = run_batch(code, kit, lambda: receive_all(given, code, base, {}, kit, on_paper=told()))
    print_documents(answer, kit)
    owner = next(document.owner for paper in box.papers for document in paper.documents if document.owner)
    out = console()
    _show_search(out, kit)
    _show_lookup(out, owner_pair(owner), kit)
    records = list(kit.catalog.all())
    _show_seal(out, records, kit)
    _show_sizes(out, records, folder)
    out.print(f"\nXong sau {monotonic() - started:.0f} giây (done). Xem tiếp (look next):")
    command = f"sohoa --home {CONTEXT.home}"
    for words in ("status", "review list", f"show {records[0].record_id[:8]}", 'search "quyền sử dụng đất"', "doctor"):
        out.print(f"  {command} {words}", soft_wrap=True, highlight=False)
    raise typer.Exit(exit_code(answer))


def _fresh_folder() -> Path:
    """Return a folder of this run's own: the one named by --home if it is new or empty, else a temporary one."""
    if CONTEXT.home is None:
        return Path(tempfile.mkdtemp(prefix="sohoa-demo-"))
    if CONTEXT.home.exists() and any(CONTEXT.home.iterdir()):
        raise NotAllowed(
            f"{CONTEXT.home} is not empty; each demo starts in a fresh home",
            vi=f"{CONTEXT.home} không trống; demo cần một thư mục mới hoặc trống (đổi --home)",
        )
    CONTEXT.home.mkdir(parents=True, exist_ok=True)
    return CONTEXT.home.resolve()


def _signed_elsewhere(authority: Path, kit: Toolbox) -> Callable[[Path, Path], None]:
    """Return a way to sign a PDF as another agency would, whose authority this archive does not know."""

    def sign(unsigned: Path, out: Path) -> None:
        with kit.workspace() as folder:
            archival = folder / "archival.pdf"
            kit.pool.run(TO_ARCHIVAL, unsigned, archival, timeout_seconds=ARCHIVAL_SECONDS)
            seal_file(archival, out, kit, signer=own_signer_at(authority))

    return sign


def _show_search(out: Console, kit: Toolbox) -> None:
    hits = kit.index.search(parse_query(QUERY))
    out.print(f"\n[bold]Tìm (search)[/] “{QUERY}”: {hits.total} kết quả")
    for hit in hits.hits[:3]:
        subject = hit.fields.get("subject") or hit.fields.get("holder_name") or ""
        out.print(f"  {hit.document_type.name} {hit.fields.get('document_number', '')} — {subject}")


def _show_lookup(out: Console, owner: tuple[str, str] | None, kit: Toolbox) -> None:
    assert owner is not None
    out.print(f"\n[bold]Tra cứu (lookup)[/] {owner[0]}:{owner[1]} cần {BIRTH}, {LAND_USE}")
    for answer in lookup(owner, [BIRTH, LAND_USE], procedure=None, kit=kit):
        out.print(f"  {ANSWERS[answer.answer]} {answer.need}: {answer.why}")


def _show_seal(out: Console, records: Sequence[Record], kit: Toolbox) -> None:
    sealed = next(record for record in records if record.state is State.KEPT and record.evidence_level == 4)
    legal = sealed.file(Role.LEGAL)
    assert legal is not None
    with kit.local(legal.sha256, name=legal.name) as path:
        report = verify_file(path, kit, expected=legal)
    first = report.signatures[0]
    out.print(f"\n[bold]Chữ ký (seal)[/] {legal.name}: {VERDICTS[report.verdict]}, {first.profile}, {first.signer}")
    out.print(f"  {report.explanation.vi}")


def _show_sizes(out: Console, records: Sequence[Record], folder: Path) -> None:
    by_role = sizes(records)
    received = by_role.get(Role.MASTER, 0)
    out.print(f"\n[bold]Dung lượng (bytes)[/] nhận vào {received / MIB:.1f} MiB; lưu: ", end="")
    out.print(", ".join(f"{role} {size / MIB:.2f} MiB" for role, size in by_role.items()))
    out.print(f"[bold]Ở đâu (where)[/] hộp mẫu {folder / 'box'} · kho {folder / 'home'}", soft_wrap=True)
