"""Each rule of Nghị định 30/2020 is seen when it is broken, and only that one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from signing.errors import UnreadablePdf
from signing.nd30 import check_seal_rules

Spoil = Callable[[pikepdf.Pdf, Any], None]


def _rewritten(old: bytes, new: bytes) -> Spoil:
    def spoil(_: pikepdf.Pdf, widget: Any) -> None:
        form = widget.AP.N
        assert old in form.read_bytes()
        form.write(form.read_bytes().replace(old, new))

    return spoil


def _moved(_: pikepdf.Pdf, widget: Any) -> None:
    widget.Rect = [40, 40, 40 + float(widget.Rect[2]) - float(widget.Rect[0]), 79]


def _with_image(pdf: pikepdf.Pdf, widget: Any) -> None:
    widget.AP.N.Resources["/XObject"] = pikepdf.Dictionary(I=pdf.make_stream(b"\0", Subtype=pikepdf.Name.Image))


def _other_typeface(_: pikepdf.Pdf, widget: Any) -> None:
    widget.AP.N.Resources.Font.F1.BaseFont = pikepdf.Name("/ABCDEF+Arial")


def _italic(_: pikepdf.Pdf, widget: Any) -> None:
    widget.AP.N.Resources.Font.F1.DescendantFonts[0].FontDescriptor.ItalicAngle = -12


def _not_embedded(_: pikepdf.Pdf, widget: Any) -> None:
    del widget.AP.N.Resources.Font.F1.DescendantFonts[0].FontDescriptor.FontFile2


def _enlarged(_: pikepdf.Pdf, widget: Any) -> None:
    box = widget.AP.N.BBox
    widget.AP.N.BBox = [0, 0, float(box[2]) * 0.8, float(box[3]) * 0.8]


def _lying(pdf: pikepdf.Pdf, _: Any) -> None:
    pdf.pages[0].Rotate = 90
    pdf.pages[0].MediaBox = [0, 0, 595, 842]


def _first_letters_swapped(_: pikepdf.Pdf, widget: Any) -> None:
    font = widget.AP.N.Resources.Font.F1
    font.ToUnicode = pikepdf.Stream(_, font.ToUnicode.read_bytes().replace(b"<0053>", b"<0058>"))


def _digit_lost(_: pikepdf.Pdf, widget: Any) -> None:
    font = widget.AP.N.Resources.Font.F1
    font.ToUnicode = pikepdf.Stream(_, font.ToUnicode.read_bytes().replace(b"<002b>", b"<002d>"))


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        pytest.param(_first_letters_swapped, ["ND30-DIG-05"], id="form-misnamed"),
        pytest.param(_moved, ["ND30-DIG-06"], id="bottom-left"),
        pytest.param(_with_image, ["ND30-DIG-07"], id="image"),
        pytest.param(_digit_lost, ["ND30-DIG-08"], id="zone-misread"),
        pytest.param(_other_typeface, ["ND30-DIG-09"], id="another-typeface"),
        pytest.param(_italic, ["ND30-DIG-09"], id="italic"),
        pytest.param(_not_embedded, ["ND30-DIG-09"], id="not-embedded"),
        pytest.param(_enlarged, ["ND30-DIG-09"], id="shown-larger-than-set"),
        pytest.param(_rewritten(b"10 Tf", b"12 Tf"), ["ND30-DIG-09"], id="twelve-points"),
        pytest.param(_rewritten(b"0 g", b"1 0 0 rg"), ["ND30-DIG-09"], id="red"),
        pytest.param(_lying, ["ND30-DIG-06", "ND30-DIG-09"], id="page-turned-under-it"),
    ],
)
def test_a_broken_rule_is_found(spoil: Spoil, broken: list[str], sealed: Path) -> None:
    with pikepdf.open(sealed, allow_overwriting_input=True) as pdf:
        spoil(pdf, pdf.Root.AcroForm.Fields[0])
        pdf.save(sealed)
    assert [finding.code for finding in check_seal_rules(sealed)] == broken


def test_another_agencys_name_breaks_the_content_rule(sealed: Path) -> None:
    assert [finding.code for finding in check_seal_rules(sealed, agency="Ủy ban khác")] == ["ND30-DIG-08"]


def test_an_unsigned_paper_breaks_them_all(make_paper: Callable[..., Path]) -> None:
    assert len(check_seal_rules(make_paper())) == 5


def test_what_is_no_pdf_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no")
    with pytest.raises(UnreadablePdf):
        check_seal_rules(tmp_path / "a.pdf")
