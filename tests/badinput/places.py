"""Files that are bad or odd by their name, their place or their kind, and files that are no scan at all."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

from tests.badinput.kind import HELD, REFUSED, Kind, Make, as_bytes, ignored, read, refused
from tests.badinput.pictures import saved, sheet

OUTSIDE = "outside"
"""Folder beside the box, which links lead to."""


def _page(words: str) -> Make:
    return as_bytes(lambda: saved(sheet(words), "PNG"))


def _link(target: str) -> Make:
    return lambda path: path.symlink_to(target)


def _ring(path: Path) -> None:
    other = path.with_name("vòng 2.pdf")
    path.symlink_to(other.name)
    other.symlink_to(path.name)


def _link_outside(path: Path) -> None:
    outside = path.parents[2] / OUTSIDE
    outside.mkdir(exist_ok=True)
    _page("ở ngoài")(outside / "ngoài.png")
    path.symlink_to(Path("../..") / OUTSIDE / "ngoài.png")


def _folder_outside(path: Path) -> None:
    outside = path.parents[2] / OUTSIDE
    outside.mkdir(exist_ok=True)
    path.symlink_to(outside.resolve(), target_is_directory=True)


def _closed_file(path: Path) -> None:
    _page("không đọc được")(path)
    path.chmod(0)


def _closed_folder(path: Path) -> None:
    path.mkdir()
    _page("trong thư mục khóa")(path / "a.png")
    path.chmod(0)


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def _alien(name: str, data: bytes) -> Kind:
    return refused(name.replace(" ", "-"), f"khác/{name}.pdf", as_bytes(lambda: data), "not_a_scan")


def _named(name: str, file: str) -> Kind:
    return read(name, f"tên/{file}", _page(f"tên {name}"))


NOT_UTF8 = os.fsdecode(b"t\xean c\xf4ng v\xe3n.png")
"""As a file server of the nineties wrote it: Latin-1, no UTF-8."""

KINDS: list[Kind] = [
    refused("empty", "khác/rỗng.pdf", as_bytes(bytes), "empty_file"),
    _alien("windows program", b"MZ\x90\0" + bytes(2000)),
    _alien("linux program", b"\x7fELF\x02\x01\x01" + bytes(2000)),
    _alien("script file", b"#!/bin/sh\nrm -rf /\n"),
    _alien("office document", _zip()),
    _alien("page of the web", b"<!DOCTYPE html><html><script>1</script></html>"),
    _alien("plain text", "Kính gửi: Ủy ban nhân dân".encode()),
    _alien("zeros", bytes(50_000)),
    _alien("noise", bytes(n * 7919 % 251 for n in range(50_000))),
    ignored("fifo", "nơi/ống.pdf", lambda path: os.mkfifo(path), "not_a_file"),
    ignored("dangling-link", "nơi/liên kết treo.pdf", _link("không có.pdf"), "dangling_link"),
    ignored("circular-link", "nơi/vòng 1.pdf", _ring, "circular_link"),
    ignored("link-out-of-the-folder", "nơi/liên kết ra ngoài.png", _link_outside, "link_leaves_folder"),
    ignored("folder-out-of-the-folder", "nơi/thư mục ngoài", _folder_outside, "link_leaves_folder"),
    ignored("device", "nơi/thiết bị.pdf", _link("/dev/zero"), "link_leaves_folder"),
    Kind(name="link-inside", file="nơi/liên kết trong.png", make=_link("../tên/ten khong dau.png"), expect=HELD),
    ignored("hidden-file", ".ẩn.pdf", _page("ẩn"), "hidden_file"),
    ignored("hidden-folder", ".thư mục ẩn", lambda path: path.mkdir(), "hidden_file"),
    ignored("left-by-a-file-manager", "nơi/Thumbs.db", as_bytes(lambda: b"\xd0\xcf\x11\xe0"), "hidden_file"),
    Kind(name="closed-file", file="nơi/khóa.png", make=_closed_file, expect=REFUSED, code="unreadable"),
    Kind(name="closed-folder", file="nơi/thư mục khóa", make=_closed_folder, expect=REFUSED, code="unreadable"),
    Kind(name="plain-name", file="tên/ten khong dau.png", make=_page("tên thường"), expect=HELD),
    _named("accents", "Quyết định số 05 – «Ủy ban» Đắk Lắk.png"),
    _named("accents-apart", "Quye\u0302\u0301t \u0111i\u0323nh.png"),
    _named("spaces", "  hai  dấu cách  .png"),
    _named("dashes", "--home.png"),
    _named("240-letters", "a" * 236 + ".png"),
    _named("vietnamese-letters", "ộ" * 80 + ".png"),
    _named("line-break", "hai\ndòng.png"),
    _named("markup", "[bold]đậm[/bold] [/đóng].png"),
    _named("braces", "{file} %s ${HOME}.png"),
    _named("quotes", "';DROP TABLE papers;--\".png"),
    _named("letters-that-turn-around", "giay\u202egnp.png"),
    _named("not-utf-8", NOT_UTF8),
]
