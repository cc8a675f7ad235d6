from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr.errors import BadScan
from ocr.pdf.nd30 import check_scan_rules

Compose = Callable[..., tuple]


def scan(folder: Path, *, mode: str = "RGB", dpi: int = 200, inches: tuple[float, float] = (8.27, 11.69)) -> Path:
    path = folder / "scan.png"
    size = (round(inches[0] * dpi), round(inches[1] * dpi))
    Image.new(mode, size, "white").save(path, dpi=(dpi, dpi))
    return path


def codes(path: Path) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.page) for finding in check_scan_rules(path)]


def test_a_colour_scan_of_200_dpi_keeps_the_rules(tmp_path: Path, compose: Compose) -> None:
    assert codes(compose(scan(tmp_path))[0]) == []


@pytest.mark.parametrize("inches", [(11.69, 16.54), (16.54, 11.69), (5.83, 8.27), (8.27, 5.83)])
def test_other_sheets_of_iso_216_keep_them_too(inches: tuple[float, float], tmp_path: Path, compose: Compose) -> None:
    assert codes(compose(scan(tmp_path, inches=inches))[0]) == []


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_and_bilevel_are_told(mode: str, tmp_path: Path, compose: Compose) -> None:
    assert codes(compose(scan(tmp_path, mode=mode))[0]) == [("ND30-DIG-02", 1)]


def test_low_resolution_is_told(tmp_path: Path, compose: Compose) -> None:
    (finding,) = check_scan_rules(compose(scan(tmp_path, dpi=150))[0])
    assert (finding.code, finding.page, finding.detail) == ("ND30-DIG-03", 1, {"dpi": "150"})


def test_a_sheet_of_no_known_size_is_told(tmp_path: Path, compose: Compose) -> None:
    assert codes(compose(scan(tmp_path, inches=(7.0, 11.0)))[0]) == [("ND30-DIG-04", 1)]


def test_an_old_version_is_told(tmp_path: Path, compose: Compose) -> None:
    old = tmp_path / "old.pdf"
    with pikepdf.open(compose(scan(tmp_path))[0]) as pdf:
        pdf.save(old, force_version="1.3", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert codes(old) == [("ND30-DIG-01", None)]


def test_a_picture_that_does_not_fill_its_page_is_told(tmp_path: Path, compose: Compose) -> None:
    small = tmp_path / "small.pdf"
    with pikepdf.open(compose(scan(tmp_path))[0]) as pdf:
        content = pdf.pages[0].Contents
        content.write(content.read_bytes().replace(b"q 595", b"q 500", 1))
        pdf.save(small)
    assert codes(small) == [("ND30-DIG-04", 1)]


def test_a_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(BadScan):
        check_scan_rules(path)
