"""What a file is, by its content; what is refused, and why."""

import os
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr.errors import BadScan, Damaged, EmptyFile, Encrypted, NoPages, NotAScan, ScanUnavailable, TooLarge
from ocr.pages.scan import Kind, Scan, inspect_scan


def _saved(image: Image.Image, path: Path, **how: object) -> Path:
    image.save(path, **how)
    return path


@pytest.mark.parametrize(
    ("name", "how", "kind"),
    [
        pytest.param("a.jpg", {}, Kind.JPEG, id="jpeg"),
        pytest.param("a.png", {}, Kind.PNG, id="png"),
        pytest.param("a.tif", {"compression": "tiff_lzw"}, Kind.TIFF, id="tiff"),
        pytest.param("a.pdf", {"format": "JPEG"}, Kind.JPEG, id="jpeg-called-pdf"),
        pytest.param("a", {"format": "PNG"}, Kind.PNG, id="no-extension"),
    ],
)
def test_the_content_decides_what_a_file_is(tmp_path, paper, name, how, kind) -> None:
    assert inspect_scan(_saved(paper(), tmp_path / name, **how)) == Scan(kind=kind, page_count=1, signed=False)


def test_pages_of_a_pdf_are_counted(pdf_of, paper) -> None:
    assert inspect_scan(pdf_of(paper(), paper())) == Scan(kind=Kind.PDF, page_count=2, signed=False)


def test_frames_of_a_tiff_are_counted(tmp_path, paper) -> None:
    path = _saved(paper(), tmp_path / "a.tif", save_all=True, append_images=[paper(mode="1")] * 2)
    assert inspect_scan(path).page_count == 3


def test_an_empty_file_is_refused(tmp_path) -> None:
    (tmp_path / "a.pdf").touch()
    with pytest.raises(EmptyFile):
        inspect_scan(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"MZ\x90\0" + b"%PDF-1.7" + b"\0" * 2000, id="program-named-pdf"),
        pytest.param(b"\x7fELF" + b"\0" * 100, id="elf"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, id="office-document"),
        pytest.param(b"GIF89a" + b"\0" * 100, id="gif"),
        pytest.param("Kính gửi: Sở Nội vụ".encode(), id="text"),
        pytest.param(b"\0" * 100, id="zeros"),
    ],
)
def test_other_content_is_no_scan(tmp_path, content) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(NotAScan):
        inspect_scan(tmp_path / "a.pdf")


def test_a_pipe_is_no_scan(tmp_path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(NotAScan):
        inspect_scan(tmp_path / "a.pdf")


def test_a_missing_file_may_come_back(tmp_path) -> None:
    with pytest.raises(ScanUnavailable):
        inspect_scan(tmp_path / "a.pdf")


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.995])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_a_picture_cut_short_is_damaged(tmp_path, paper, name, share) -> None:
    path = _saved(paper(), tmp_path / name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Damaged):
        inspect_scan(path)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999])
def test_a_pdf_cut_short_is_damaged(pdf_of, paper, share) -> None:
    path = pdf_of(paper())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises((Damaged, NotAScan)):
        inspect_scan(path)


def test_an_update_cut_short_is_damaged(pdf_of, paper) -> None:
    path = pdf_of(paper())
    path.write_bytes(path.read_bytes() + b"12 0 obj\n<< /Type /Catalog")
    with pytest.raises(Damaged):
        inspect_scan(path)


def test_a_few_bytes_after_the_end_do_no_harm(pdf_of, paper) -> None:
    path = pdf_of(paper())
    path.write_bytes(path.read_bytes() + b"\r\n\0\0<!-- sent by a web server -->")
    assert inspect_scan(path).page_count == 1


def test_a_password_locks_a_pdf(pdf_of, paper) -> None:
    path = pdf_of(paper(), encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Encrypted):
        inspect_scan(path)


def test_a_password_of_the_owner_alone_does_not(pdf_of, paper) -> None:
    assert inspect_scan(pdf_of(paper(), encryption=pikepdf.Encryption(owner="a", user=""))).page_count == 1


def test_a_pdf_without_pages_is_refused(pdf_of) -> None:
    with pytest.raises(NoPages):
        inspect_scan(pdf_of())


def _count_of(number: int):
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Count = number

    return change


@pytest.mark.parametrize("number", [0, 1, 99, -3, 2_000_000_000])
def test_a_page_tree_that_lies_about_its_count_is_not_believed(pdf_of, paper, number) -> None:
    assert inspect_scan(pdf_of(paper(), paper(), change=_count_of(number))).page_count == 2


def test_a_page_tree_without_end_is_refused(tmp_path) -> None:
    # Thirty nodes, each holding the next one twice.
    objects = [b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj"]
    objects += [
        b"%d 0 obj <</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>> endobj" % (n, n + 1, n + 1) for n in range(2, 32)
    ]
    objects.append(b"32 0 obj <</Type/Page/MediaBox[0 0 9 9]>> endobj")
    body = b"\n".join(objects)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n" + body + b"\ntrailer <</Root 1 0 R/Size 33>>\nstartxref\n0\n%%EOF")
    with pytest.raises(BadScan):
        inspect_scan(tmp_path / "a.pdf")


def test_a_page_tree_in_a_ring_is_refused(tmp_path) -> None:
    (tmp_path / "a.pdf").write_bytes(
        b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Count 1/Kids[2 0 R]>> endobj\n"
        b"trailer <</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"
    )
    with pytest.raises(BadScan):
        inspect_scan(tmp_path / "a.pdf")


def test_too_many_pages_are_refused(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Kids = pikepdf.Array([pdf.pages[0].obj] * 5001)

    with pytest.raises(BadScan):
        inspect_scan(pdf_of(paper(), change=change))


def test_a_picture_of_too_many_pixels_is_refused_by_its_header(tmp_path) -> None:
    header = b"\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    head = b"\x89PNG\r\n\x1a\n" + header + zlib.crc32(header[4:]).to_bytes(4, "big")
    data = zlib.compress(b"\0" * 1000)
    chunk = len(data).to_bytes(4, "big") + b"IDAT" + data + zlib.crc32(b"IDAT" + data).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(head + chunk + b"\0\0\0\0IEND\xaeB`\x82")
    with pytest.raises(TooLarge) as caught:
        inspect_scan(tmp_path / "a.png")
    assert caught.value.what == "pixels"


def test_a_pdf_with_a_picture_of_too_many_pixels_is_refused(pdf_of, paper) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.XObject.Im0.Width = 1_000_000

    with pytest.raises(TooLarge):
        inspect_scan(pdf_of(paper(), change=change))


def _field(filled: bool):
    def change(pdf: pikepdf.Pdf) -> None:
        field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Signature1"))
        if filled:
            field.V = pikepdf.Dictionary(Type=pikepdf.Name.Sig)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))

    return change


@pytest.mark.parametrize("filled", [True, False])
def test_only_a_filled_signature_field_makes_a_pdf_signed(pdf_of, paper, filled) -> None:
    assert inspect_scan(pdf_of(paper(), change=_field(filled))).signed is filled


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_bytes_never_raise_anything_else(tmp_path, pdf_of, paper, seed) -> None:
    sources = [pdf_of(paper())]
    sources += [_saved(paper(size=(200, 280)), tmp_path / name) for name in ("a.jpg", "a.png", "a.tif")]
    whole = bytearray(sources[seed % 4].read_bytes())
    for step in range(30):
        whole[(seed * 7919 + step * 104_729) % min(len(whole), 3000 + seed * 100)] = (seed * 31 + step * 17) % 256
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(whole)
    try:
        assert inspect_scan(spoilt).page_count >= 1
    except BadScan as error:
        assert error.remedy == "resubmit"


@pytest.mark.service("samples")
def test_every_sample_is_taken_and_the_pdfs_are_signed(samples_dir) -> None:
    papers = [*samples_dir.glob("scans/*.pdf"), *samples_dir.glob("print/*.pdf")]
    assert papers
    assert all(inspect_scan(path).signed for path in papers)
