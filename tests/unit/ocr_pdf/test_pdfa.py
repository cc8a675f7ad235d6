"""Every kind of copy, and copies of real scans, before an outside judge of PDF/A-2b; real scans byte for byte."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from ocr.lines import Line, PageReading
from ocr.pages.scan import inspect_scan
from ocr.pdf.xmp import information, pdf_date, xmp_packet
from tests.unit.ocr_pdf import scanner_pdfs as pdfs
from tests.unit.ocr_pdf import test_image_files as images

Compose = Callable[..., tuple]
ByHand = Callable[..., PageReading]


def refused(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Run veraPDF once over all files and return what it has against each."""
    judge = os.environ["SOHOA_TEST_VERAPDF"]
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", judge, "-f", "2b", "--format", "json"]
    ran = subprocess.run([*command, *map(str, paths)], capture_output=True, check=False)
    jobs = json.loads(ran.stdout)["report"]["jobs"]
    assert len(jobs) == len(paths)
    complaints = {}
    for job in jobs:
        (result,) = job.get("validationResult") or [None]
        assert result is not None, job
        rules = [f"{rule['clause']}-{rule['testNumber']}" for rule in result["details"]["ruleSummaries"]]
        if not result["compliant"]:
            complaints[Path(job["itemDetails"]["name"]).name] = rules
    return complaints


@pytest.mark.service("verapdf")
def test_verapdf_accepts_copies_of_every_kind(tmp_path: Path, compose: Compose, by_hand: ByHand) -> None:
    profile = images.ImageCms.ImageCmsProfile(images.ImageCms.createProfile("sRGB")).tobytes()
    sources = [images.saved(tmp_path, f"{kind}.png", image()) for kind, image in images.PNG_KINDS.items()]
    sources += [
        images.saved(tmp_path, f"{kind}.tif", image(), **how) for kind, (image, how) in images.TIFF_KINDS.items()
    ]
    sources += [
        images.saved(tmp_path, "alpha.png", images.with_alpha()),
        images.saved(tmp_path, "profile.jpg", images.drawing(), icc_profile=profile),
        images.saved(tmp_path, "grey.jpg", images.drawing("L")),
        images.saved(tmp_path, "progressive.jpg", images.drawing(), progressive=True),
        images.saved(tmp_path, "inks.jpg", images.drawing("CMYK")),
    ]
    pictures = {**pdfs.CARRIED, "negative": pdfs.negative, "stencil": pdfs.stencil, "masked": pdfs.masked}
    pictures |= {"inks": pdfs.inks, "profile": pdfs.wrong_profile}
    sources += [pdfs.write(tmp_path / f"{kind}.pdf", image) for kind, image in pictures.items()]
    sources += [pdfs.write(tmp_path / f"{kind}.pdf", change=change) for kind, change in pdfs.PLACED.items()]
    sources.append(pdfs.write(tmp_path / "notes.pdf", change=pdfs.numbered))
    copies = []
    for number, source in enumerate(sources):
        reading = by_hand(source, rotation=90 * (number % 4), lines=[sample_line(10), sample_line(80)])
        copies.append(compose(source, [reading], name=f"{source.name}-copy.pdf")[0])
    assert refused(copies) == {}


def sample_line(top: int) -> Line:
    return Line(text="Độc lập - Tự do - Hạnh phúc", box=(40, top, 600, top + 40), confidence=1.0)


def real_scans(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".pdf", ".jpg", ".png"})


@pytest.mark.service("samples")
@pytest.mark.service("verapdf")
def test_verapdf_accepts_copies_of_real_scans(samples_dir: Path, compose: Compose) -> None:
    sources = real_scans(samples_dir)
    assert refused([compose(source, name=f"{source.name}-copy.pdf")[0] for source in sources]) == {}


@pytest.mark.service("samples")
def test_real_scans_are_carried_byte_for_byte(samples_dir: Path, compose: Compose) -> None:
    for source in real_scans(samples_dir / "scans"):
        copy, composed = compose(source)
        assert composed.findings == ()
        # A PNG cuts its compressed pixels into chunks; twelve bytes stand between two.
        data = (
            re.sub(rb"(?s).{4}.{4}IDAT", b"", source.read_bytes()) if source.suffix == ".png" else source.read_bytes()
        )
        with pikepdf.open(copy) as pdf:
            assert len(pdf.pages) == inspect_scan(source).page_count
            for page in pdf.pages:
                (image,) = page.Resources.XObject.values()
                assert image.read_raw_bytes() in data
        assert copy.stat().st_size < len(data) + 16_000


@pytest.mark.service("samples")
@pytest.mark.service("poppler")
def test_a_real_page_can_be_copied_as_it_was_read(samples_dir: Path, compose: Compose, by_hand: ByHand) -> None:
    for truth in sorted((samples_dir / "scans").glob("*_p?.gt.txt")):
        source = next(path for path in truth.parent.glob(f"{truth.name[:-7]}.*") if path.suffix in {".jpg", ".png"})
        page = by_hand(source)
        texts = [line for line in truth.read_text(encoding="utf-8").splitlines() if line.strip()]
        step = page.height_px // (len(texts) + 2)
        widest = max(map(len, texts))
        lines = [
            Line(
                text=text,
                box=(
                    page.width_px // 10,
                    step * n,
                    page.width_px // 10 + page.width_px * 8 // 10 * len(text) // widest,
                    step * n + step * 7 // 10,
                ),
                confidence=1.0,
            )
            for n, text in enumerate(texts, start=1)
        ]
        copy, _ = compose(source, [by_hand(source, lines=lines)])
        copied = subprocess.run(["pdftotext", copy, "-"], capture_output=True, check=True, text=True).stdout
        assert without_hyphens(copied) == without_hyphens(" ".join(texts))


def without_hyphens(text: str) -> str:
    """poppler joins a word cut by a hyphen at the end of its line."""
    return "".join(text.split()).replace("-", "")


def test_xmp_and_information_say_the_same(tmp_path: Path, compose: Compose) -> None:
    copy, _ = compose(images.saved(tmp_path, "a.jpg", images.drawing()))
    with pikepdf.open(copy) as pdf:
        assert pdf.pdf_version == "1.7"
        assert str(pdf.Root.Lang) == "vi-VN"
        assert str(pdf.docinfo["/Title"]) == "Công văn số 575/UBND-KTTH"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261124093015+07'00'"
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == "Công văn số 575/UBND-KTTH"
            assert xmp["xmp:CreateDate"] == "2026-11-24T09:30:15+07:00"
            assert xmp.pdfa_status == "2B"


def test_titles_cannot_break_the_packet() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    title = "a < b & c\u0000\u0007 ]]> {moment}"
    packet = xmp_packet(title, moment)
    (found,) = etree.fromstring(packet).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Alt")
    assert "".join(found.itertext()) == "a < b & c ]]> {moment}"
    assert information(title, moment)["/Title"] == "a < b & c ]]> {moment}"
    assert re.fullmatch(r"D:\d{14}\+00'00'", pdf_date(moment))
