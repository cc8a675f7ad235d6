"""sohoa search: find kept records by what is written on them."""

import html
import re
from typing import Annotated

import typer
from rich.markup import escape

from search.query import parse_query
from sohoa.answers import search_answer
from sohoa.cli.context import AsJson, command, pair, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import FACETS, STATES, counted, shown
from sohoa.document_types import refuse_unknown_filter
from storage.records import State

DEFAULT_LIMIT = 20


def search(
    query: Annotated[str, typer.Argument(help='Words; "…" for a phrase; 575/UBND-KTTH; 04/02/2025.')],
    where: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Filter by a field.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Hits at the most.")] = DEFAULT_LIMIT,
    as_json: AsJson = False,
) -> None:
    """Search the records, with or without accents."""
    kit = tools()
    filters = dict(pair(one, "NAME=VALUE", "=") for one in where or [])
    for name in filters:
        refuse_unknown_filter(name)
    hits = kit.index.search(parse_query(query, where=filters, limit=limit))
    kit.audit.note("searched", query=query, total=str(hits.total))
    answer = search_answer(hits)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(f"{counted(answer['total'])} kết quả" + (" (gần đúng)" if answer["approximate"] else ""))
    if not answer["total"]:
        out.print("  Hãy thử ít từ hơn, hoặc bỏ bớt --where.")
    waiting = 0 if answer["total"] and not answer["approximate"] else len(kit.catalog.by_state(State.REVIEW))
    if waiting:
        out.print(f"  {counted(waiting)} hồ sơ chờ kiểm tra chưa tìm được: {command('review', 'list')}", markup=False)
    for hit in answer["hits"]:
        fields = hit["fields"]
        number = shown(fields.get("document_number"))
        out.print(f"[bold]{escape(hit['document_type']['name'])}[/] {escape(number)} · {hit['record_id'][:8]}")
        out.print(f"  {shown(fields.get('subject') or fields.get('holder_name'))}", markup=False)
        for passage in hit["highlights"][:1]:
            marked = re.sub(r"&lt;em&gt;|<em>", "\x01", passage).replace("</em>", "\x02")
            plain = escape(html.unescape(marked).replace("\n", " "))
            out.print("  … " + plain.replace("\x01", "[yellow]").replace("\x02", "[/yellow]"))
    for name, values in answer["facets"].items():
        if values:
            said = ", ".join(f"{STATES.get(value, value)} ({counted(number)})" for value, number in values.items())
            out.print(f"{FACETS.get(name, name)}: {said}", markup=False)
