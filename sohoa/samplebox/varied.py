"""Any number of one-page decisions and letters, each a little different, for tests and benchmarks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sohoa.samplebox.degrade import scan_all
from sohoa.samplebox.formats import jpeg_bytes, write_pdf
from sohoa.samplebox.official import Official, in_words
from sohoa.samplebox.pages import set_document, templates
from sohoa.samplebox.paper import Box, SamplePaper


def make_documents(count: int, folder: Path, seed: int = 2026) -> Box:
    """Write `count` one-page documents into the folder, JPEG and PDF in turn, and return the truth about them.

    The n-th document is the same for the same seed, however many are made. About half a second each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    papers = []
    for index in range(count):
        random = np.random.default_rng([seed, index])
        made = set_document(vary(index, random))
        data = jpeg_bytes(scan_all(made.sheets, random)[0], quality=int(random.integers(75, 86)))
        kind = "jpeg" if index % 2 == 0 else "pdf"
        name = f"{index + 1:05}.{'jpg' if kind == 'jpeg' else 'pdf'}"
        if kind == "jpeg":
            (folder / name).write_bytes(data)
        else:
            write_pdf([data], folder / name)
        papers.append(SamplePaper(file=name, kind=kind, documents=(made.truth,)))
    return Box(folder=folder, papers=tuple(papers))


def vary(index: int, random: np.random.Generator) -> Official:
    """Return the document of that number (from 0): a decision or a letter that fits on one page."""
    parts = templates("varied")
    words = _words(parts, random)
    year = int(words["year"])
    date = f"{year}-{int(random.integers(1, 13)):02}-{int(random.integers(1, 29)):02}"
    place = words["place"]
    shared: dict[str, Any] = {
        "issuer": ("ỦY BAN NHÂN DÂN", f"PHƯỜNG {place.upper()}"),
        "issuer_name": f"Ủy ban nhân dân phường {place}",
        "place": place,
        "date": date,
        "signer": _person(parts, random),
        "seal": (f"ỦY BAN NHÂN DÂN PHƯỜNG {place.upper()}", "T. VÍ DỤ"),
    }
    deputy = bool(random.random() < 0.5)
    shared |= {
        "capacity": ("KT. CHỦ TỊCH",) if deputy else (),
        "title": "PHÓ CHỦ TỊCH" if deputy else "CHỦ TỊCH",
        "signer_title": "Phó Chủ tịch" if deputy else "Chủ tịch",
    }
    serial = f"{index + 1:02}"
    if random.random() < 0.5:
        return _decision(parts["decision"], words, serial, random, shared)
    return _letter(parts["letter"], words, serial, random, shared)


def _decision(
    parts: Mapping[str, Any],
    words: Mapping[str, str],
    serial: str,
    random: np.random.Generator,
    shared: Mapping[str, Any],
) -> Official:
    subject = _pick(parts["subjects"], random).format(**words)
    issuer = str(shared["issuer_name"])
    does = subject.removeprefix("Về việc ")
    body = (
        "=QUYẾT ĐỊNH:",
        f"**Điều 1.** {does[0].upper()}{does[1:]}.",
        _pick(parts["articles"], random).format(**words),
        f"**Điều 3.** Chánh Văn phòng, {words['department']} và các tổ chức, cá nhân có liên quan "
        "chịu trách nhiệm thi hành Quyết định này./.",
    )
    return Official(
        type_code="QĐ",
        type_name="Quyết định",
        number=f"{serial}/QĐ-UBND",
        subject=subject,
        opener=f"CHỦ TỊCH {issuer.upper()}",
        grounds=tuple(ground.format(**words) for ground in parts["grounds"]),
        body=body,
        recipients=("Như Điều 3", "Sở Nội vụ (b/c)", f"Lưu: VT, {words['code']}"),
        **shared,
    )


def _letter(
    parts: Mapping[str, Any],
    words: Mapping[str, str],
    serial: str,
    random: np.random.Generator,
    shared: Mapping[str, Any],
) -> Official:
    body = [text.format(**words) for text in parts["body"][: int(random.integers(2, len(parts["body"]) + 1))]]
    return Official(
        type_code="CV",
        type_name="Công văn",
        number=f"{serial}/UBND-{words['code']}",
        subject=_pick(parts["subjects"], random).format(**words),
        addressee=(_pick(parts["addressees"], random),),
        body=(*body, parts["end"].format(**words)),
        recipients=("Như trên", "CT, PCT UBND phường", f"Lưu: VT, {words['code']}"),
        **shared,
    )


def _words(parts: Mapping[str, Any], random: np.random.Generator) -> dict[str, str]:
    """Return what fills the braces of the templates."""
    year = int(random.integers(2021, 2025))
    code = _pick(list(parts["departments"]), random)
    department = parts["departments"][code]
    quarter = int(random.integers(1, 5))
    return {
        "title": _pick(["ông", "bà"], random),
        "person": _person(parts, random),
        "place": _pick(parts["places"], random),
        "code": code,
        "department": department,
        "Department": department,
        "year": str(year),
        "last_year": str(year - 1),
        "past": str(year - 10),
        "quarter": ("I", "II", "III", "IV")[quarter - 1],
        "quarter_number": str(quarter),
        "small": str(int(random.integers(2, 10))),
        "other": str(int(random.integers(100, 1000))),
        "other_date": in_words(
            f"{year}-{int(random.integers(1, 13)):02}-{int(random.integers(1, 29)):02}"
        ).removeprefix("ngày "),
        "money": str(int(random.integers(12, 99))),
        "area": str(int(random.integers(150, 900))),
    }


def _person(parts: Mapping[str, Any], random: np.random.Generator) -> str:
    return " ".join(_pick(parts[part], random) for part in ("family", "middle", "given"))


def _pick(choices: Sequence[str], random: np.random.Generator) -> str:
    return choices[int(random.integers(len(choices)))]
