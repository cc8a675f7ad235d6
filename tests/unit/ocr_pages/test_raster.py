"""Pages as pixels: the scan's own, as displayed, at the size of the sheet."""

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from ocr.errors import BadScan, Damaged, PageMissing, TooLarge
from ocr.pages.raster import page_image


def _codes(image) -> set[str]:
    return {finding.code for finding in image.findings}


def test_a_scan_keeps_its_pixels(pdf_of, paper, tmp_path) -> None:
    sheet = paper()
    sheet.save(tmp_path / "same.jpg", quality=92)
    image = page_image(pdf_of(sheet), 1)
    assert np.array_equal(image.pixels, np.asarray(Image.open(tmp_path / "same.jpg")))
    assert (round(image.dpi), round(image.width_mm), round(image.height_mm)) == (150, 148, 210)


def test_an_invisible_text_layer_does_not_matter(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(pikepdf.Stream(pdf, b"BT 3 Tr /F1 12 Tf 10 10 Td (abc) Tj ET"))

    assert "not_single_picture" not in _codes(page_image(pdf_of(paper(), change=change), 1))


def test_visible_text_makes_a_page_more_than_a_picture(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(pikepdf.Stream(pdf, b"BT /F1 12 Tf 10 10 Td (abc) Tj ET"))

    image = page_image(pdf_of(paper(), change=change), 1)
    assert image.pixels.shape == (2480, 1748, 3)
    assert "not_single_picture" in _codes(image)


@pytest.mark.parametrize(("rotate", "turns"), [(90, -1), (180, 2), (270, 1), (-90, 1)])
def test_a_page_is_turned_as_the_pdf_says(pdf_of, paper, rotate, turns) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = rotate

    plain = page_image(pdf_of(paper()), 1)
    turned = page_image(pdf_of(paper(), change=change), 1)
    assert np.array_equal(turned.pixels, np.rot90(plain.pixels, turns))
    if turns % 2:
        assert (round(turned.width_mm), round(turned.height_mm)) == (210, 148)


def _note(pdf: pikepdf.Pdf, content: bytes, **entries: object) -> None:
    looks = pikepdf.Stream(pdf, content)
    looks.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 100, 50],
        Resources=pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Times-Roman")
                )
            )
        ),
    )
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Rect=[200, 100, 300, 150], F=4, AP=pikepdf.Dictionary(N=looks), **entries
    )
    field = pdf.make_indirect(note)
    pdf.pages[0].Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


SQUARE = b"0 0 0 rg 0 0 100 50 re f"
NUMBER = b"BT /F1 40 Tf 0 10 Td <00320039> Tj ET"
SIGNER = (
    b"BT /F1 8 Tf 0 10 Td ("
    + b"Ky boi: Uy ban nhan dan tinh, ngay 05 thang 02 nam 2025, luc 10:15 +07:00, toan van) Tj ET"
)


def _ink_in_corner(image) -> bool:
    scale = image.dpi / 72
    height = image.pixels.shape[0]
    place = image.pixels[height - round(150 * scale) : height - round(100 * scale), round(200 * scale) :]
    return bool((place[:, : round(100 * scale)] < 100).any())


@pytest.mark.parametrize(
    ("content", "entries", "drawn"),
    [
        pytest.param(SQUARE, {"Subtype": pikepdf.Name.FreeText}, True, id="free-text"),
        pytest.param(SQUARE, {"Subtype": pikepdf.Name.Stamp}, True, id="stamp"),
        pytest.param(SQUARE, {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Tx}, True, id="filled-field"),
        pytest.param(SQUARE, {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Sig}, False, id="signature"),
        pytest.param(SIGNER, {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Sig}, False, id="signature-in-words"),
        pytest.param(NUMBER, {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Sig}, True, id="number-as-signature"),
        pytest.param(
            SQUARE,
            {"Subtype": pikepdf.Name.Widget, "Parent": pikepdf.Dictionary(FT=pikepdf.Name.Sig)},
            False,
            id="signature-by-its-parent",
        ),
    ],
)
def test_what_is_laid_over_counts_as_printed_but_a_signature_does_not(pdf_of, content, entries, drawn) -> None:
    path = pdf_of(Image.new("RGB", (874, 1240), "white"), change=lambda pdf: _note(pdf, content, **entries))
    image = page_image(path, 1)
    assert image.pixels.shape == (1240, 874, 3)
    assert _ink_in_corner(image) is drawn


@pytest.mark.parametrize(
    ("dpi", "size", "assumed"),
    [
        pytest.param((300, 300), (1748, 2480), False, id="a5-300"),
        pytest.param((150, 150), (874, 1240), False, id="a5-150"),
        pytest.param((200, 100), (1654, 1169), False, id="fax"),
        pytest.param((72, 72), (874, 1240), True, id="screen"),
        pytest.param((300, 300), (400, 300), True, id="snippet"),
        pytest.param(None, (874, 1240), True, id="no-density"),
    ],
)
def test_the_size_comes_from_the_density_where_that_gives_a_sheet(tmp_path, paper, dpi, size, assumed) -> None:
    paper(size=size).save(tmp_path / "a.png", **({"dpi": dpi} if dpi else {}))
    image = page_image(tmp_path / "a.png", 1)
    assert ("size_assumed" in _codes(image)) is assumed
    if assumed:
        assert max(image.width_mm / 210, image.height_mm / 297) == pytest.approx(
            1.0 if size[1] > size[0] else 4 / 3, abs=0.02
        )


@pytest.mark.parametrize(("mode", "code"), [("1", "bilevel"), ("L", "grey"), ("RGB", None), ("P", None)])
def test_less_than_colour_is_reported_and_blocks_the_seal(tmp_path, paper, mode, code) -> None:
    paper(mode=mode).save(tmp_path / "a.tif", dpi=(200, 200))
    found = {finding.code: finding.blocks_seal for finding in page_image(tmp_path / "a.tif", 1).findings}
    found.pop("low_resolution", None)
    assert found == ({code: True} if code else {})


def test_low_resolution_is_reported(pdf_of, paper) -> None:
    finding = next(f for f in page_image(pdf_of(paper()), 1).findings if f.code == "low_resolution")
    assert (finding.page, finding.blocks_seal, finding.detail["dpi"]) == (1, True, "150")


def test_the_camera_s_orientation_is_honoured(tmp_path, paper) -> None:
    sheet = paper()
    tags = sheet.getexif()
    tags[0x0112] = 6
    sheet.save(tmp_path / "a.jpg", exif=tags, dpi=(150, 150))
    image = page_image(tmp_path / "a.jpg", 1)
    assert image.pixels.shape[:2] == (874, 1240)
    assert np.abs(image.pixels.astype(int) - np.rot90(np.asarray(sheet), -1)).mean() < 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_pixel_format_comes_out_as_dark_print_on_white(tmp_path, paper, mode) -> None:
    if mode == "I;16":
        sheet = Image.fromarray(np.asarray(paper(mode="L"), dtype=np.uint16) * 257)
    else:
        sheet = paper().convert(mode)
    sheet.save(tmp_path / "a.tif")
    pixels = page_image(tmp_path / "a.tif", 1).pixels
    assert pixels.shape == (1240, 874, 3)
    assert (np.median(pixels), int(pixels.min()) < 60) == (255, True)


def test_what_is_transparent_is_paper(tmp_path) -> None:
    Image.new("RGBA", (874, 1240), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert page_image(tmp_path / "a.png", 1).pixels.min() == 255


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_is_not_there_is_named(pdf_of, paper, tmp_path, page) -> None:
    with pytest.raises(PageMissing):
        page_image(pdf_of(paper(), paper()), page)
    paper().save(tmp_path / "a.tif", save_all=True, append_images=[paper()])
    with pytest.raises(PageMissing):
        page_image(tmp_path / "a.tif", page)


def test_a_page_of_a_lying_page_tree_is_drawn(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Count = 7
        pdf.pages[1].contents_add(pikepdf.Stream(pdf, SQUARE))

    path = pdf_of(paper(), paper(), change=change)
    assert page_image(path, 2).pixels.shape == (2480, 1748, 3)
    with pytest.raises(PageMissing):
        page_image(path, 3)


def test_a_page_as_large_as_a_house_is_refused(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].MediaBox = [0, 0, 14_000, 14_000]

    with pytest.raises(TooLarge):
        page_image(pdf_of(paper(), change=change), 1)


def test_drawing_instructions_without_end_are_not_unpacked(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"q Q " * 3_000_000)

    path = pdf_of(paper(), change=change, recompress_flate=True)
    assert "not_single_picture" in _codes(page_image(path, 1))


def test_a_picture_cut_short_inside_a_whole_file_never_raises_anything_else(pdf_of, paper, tmp_path) -> None:
    path = pdf_of(paper())
    whole = path.read_bytes()
    place = whole.index(b"\xff\xda") + 200
    path.write_bytes(whole[:place] + b"\0" * 20_000 + whole[place + 20_000 :])
    try:
        assert page_image(path, 1).pixels.shape == (1240, 874, 3)
    except BadScan as error:
        assert isinstance(error, Damaged)


@pytest.mark.parametrize("seed", range(30))
def test_spoilt_bytes_never_raise_anything_else(tmp_path, pdf_of, paper, seed) -> None:
    sources = [pdf_of(paper(size=(200, 280)))]
    for name in ("a.jpg", "a.png", "a.tif"):
        paper(size=(200, 280)).save(tmp_path / name)
        sources.append(tmp_path / name)
    whole = bytearray(sources[seed % 4].read_bytes())
    for step in range(15):
        whole[(seed * 7919 + step * 104_729) % len(whole)] = (seed * 31 + step * 17) % 256
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(whole)
    try:
        assert page_image(spoilt, 1).pixels.ndim == 3
    except BadScan as error:
        assert error.remedy == "resubmit"


@pytest.mark.service("samples")
def test_the_scan_of_a_signed_sample_comes_out_as_it_was_embedded(samples_dir) -> None:
    image = page_image(samples_dir / "scans" / "qn_575.pdf", 1)
    assert np.array_equal(image.pixels, np.asarray(Image.open(samples_dir / "scans" / "qn_575_p1.jpg")))


@pytest.mark.service("samples")
def test_number_and_day_stamped_as_signatures_are_on_the_page(samples_dir) -> None:
    image = page_image(samples_dir / "print" / "mytra_2983_congvan.pdf", 1)
    scale = 300 / 72
    top, bottom = round((842 - 739) * scale), round((842 - 725) * scale)
    assert (image.pixels[top:bottom, round(114 * scale) : round(147 * scale)] < 90).any()


@pytest.mark.parametrize("coding", ["JBIG2Decode", "JPXDecode", "NoSuchDecode"])
def test_a_picture_that_only_the_renderer_may_know_never_raises_anything_else(pdf_of, paper, coding) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.XObject.Im0.Filter = pikepdf.Name("/" + coding)

    try:
        assert page_image(pdf_of(paper(), change=change), 1).pixels.shape == (1240, 874, 3)
    except BadScan as error:
        assert isinstance(error, Damaged)


@pytest.mark.parametrize(
    ("dpi", "size", "assumed"),
    [
        pytest.param((204, 98), (1728, 1145), False, id="fax-standard"),
        pytest.param((204, 196), (1728, 2290), False, id="fax-fine"),
        pytest.param((96, 96), (874, 1240), True, id="screen"),
    ],
)
def test_a_fax_states_its_size_and_a_screen_does_not(tmp_path, paper, dpi, size, assumed) -> None:
    paper(size=size, mode="1").save(tmp_path / "a.tif", dpi=dpi, compression="group4")
    assert ("size_assumed" in _codes(page_image(tmp_path / "a.tif", 1))) is assumed


@pytest.mark.parametrize(("rotate", "turns"), [(90, -1), (180, 2), (270, 1)])
@pytest.mark.parametrize("drawn", [False, True])
def test_a_page_is_turned_as_its_parent_says(pdf_of, paper, rotate, turns, drawn) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        if drawn:
            pdf.pages[0].contents_add(pikepdf.Stream(pdf, SQUARE))

    def turned(pdf: pikepdf.Pdf) -> None:
        change(pdf)
        pdf.Root.Pages.Rotate = rotate

    plain = page_image(pdf_of(paper(), change=change), 1).pixels
    seen = page_image(pdf_of(paper(), change=turned), 1).pixels
    expected = np.rot90(plain, turns)
    assert seen.shape == expected.shape
    assert np.abs(seen.astype(int) - expected).mean() < 3


def _print_inks(pdf: pikepdf.Pdf, mode: str, space: object) -> None:
    image = pdf.pages[0].Resources.XObject.Im0
    sheet = Image.new("RGB", (874, 1240), "white")
    sheet.paste((200, 30, 30), (200, 300, 600, 500))
    buffer = io.BytesIO()
    sheet.convert(mode).save(buffer, "JPEG", quality=92)
    image.write(buffer.getvalue(), filter=pikepdf.Name.DCTDecode)
    image.ColorSpace = space


def test_inks_are_seen_as_they_are_drawn(pdf_of, paper) -> None:
    """Pillow writes inks with Adobe's mark and turns such values over; a viewer does so only where /Decode says it."""

    def change(pdf: pikepdf.Pdf) -> None:
        _print_inks(pdf, "CMYK", pikepdf.Name.DeviceCMYK)

    path = pdf_of(paper(), change=change)
    with pypdfium2.PdfDocument(path) as document:
        drawn = np.asarray(document[0].render(scale=150 / 72).to_pil().convert("RGB"))
    pixels = page_image(path, 1).pixels
    assert np.abs(pixels[: drawn.shape[0], : drawn.shape[1]].astype(int) - drawn[:1240, :874]).mean() < 3


@pytest.mark.parametrize("name", ["Separation", "DeviceN"])
def test_inks_of_other_names_are_drawn(pdf_of, paper, name) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        tint = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 1, 1], C1=[0.8, 0.1, 0.1], N=1)
        names = pikepdf.Name.Spot if name == "Separation" else pikepdf.Array([pikepdf.Name.Spot])
        _print_inks(pdf, "L", pikepdf.Array([pikepdf.Name("/" + name), names, pikepdf.Name.DeviceRGB, tint]))

    pixels = page_image(pdf_of(paper(), change=change), 1).pixels
    assert pixels.shape == (1240, 874, 3)
    red = pixels[20, 20].astype(int)
    assert red[0] > red[1] + 100, "full ink is red"


def test_refuses_a_picture_larger_than_its_page_says(pdf_of, paper) -> None:
    """A JPEG of 900 megapixels under an entry that says one: what unpacks it believes the JPEG."""

    def change(pdf: pikepdf.Pdf) -> None:
        image = pdf.pages[0].Resources.XObject.Im0
        data = bytearray(image.read_raw_bytes())
        place = data.index(b"\xff\xc0") + 5
        data[place : place + 4] = (30_000).to_bytes(2) * 2
        image.write(bytes(data), filter=pikepdf.Name.DCTDecode)

    with pytest.raises(TooLarge, match="900000000 pixels"):
        page_image(pdf_of(paper(), change=change), 1)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        pytest.param([0, 0, 0, 800], "damaged", id="no-area"),
        pytest.param([0, 0, 14_500, 14_500], "too_large", id="larger-than-pdfa-allows"),
        pytest.param([595, 842, 0, 0], None, id="upside-down"),
    ],
)
def test_a_page_has_the_size_of_paper(pdf_of, paper, box, code) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].MediaBox = box

    path = pdf_of(paper(), change=change)
    if code is None:
        assert page_image(path, 1).pixels.size
        return
    with pytest.raises(BadScan) as caught:
        page_image(path, 1)
    assert caught.value.code == code
