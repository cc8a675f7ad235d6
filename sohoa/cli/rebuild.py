"""sohoa rebuild and sohoa reindex: views made again from what is kept."""

from dataclasses import asdict

from sohoa.alone import alone
from sohoa.cli.context import AsJson, home, print_json, say, tools, tools_to_mend
from sohoa.cli.tables import console
from sohoa.rebuild import rebuild as make_again
from sohoa.rebuild import reindex as index_again

EVERY = 500


def rebuild(as_json: AsJson = False) -> None:
    """Recreate catalogue, ledger and index from the object store and the key store alone."""
    kit = tools_to_mend()
    with alone(home()):
        kit.audit.note("rebuilt")
        made = make_again(kit, _counted)
    if as_json:
        print_json(asdict(made))
        return
    console().print(
        f"Đã dựng lại: {made.batches} lô, {made.papers} tệp, {made.records} hồ sơ, "
        f"{made.reuses} lần sử dụng lại, {made.indexed} hồ sơ trong chỉ mục."
    )


def reindex(as_json: AsJson = False) -> None:
    """Make the index again from the catalogue and the store."""
    kit = tools()
    indexed = index_again(kit, _counted)
    if as_json:
        print_json({"indexed": indexed})
    else:
        console().print(f"Đã lập chỉ mục {indexed} hồ sơ.")


def _counted(number: int) -> None:
    if number % EVERY == 0:
        say(f"… {number}")
