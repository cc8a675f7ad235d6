import hashlib
import json
import unicodedata
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageSequence

from sohoa.samplebox.box import make_box
from sohoa.samplebox.paper import Box, manifest_csv, truth_to_json


def copy_as_signed(unsigned: Path, out: Path) -> None:
    out.write_bytes(unsigned.read_bytes() + b"% signed\n")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("box") / "Hộp 01", signed_pdf=copy_as_signed)


def sums(box: Box) -> dict[str, str]:
    return {paper.file: hashlib.sha256((box.folder / paper.file).read_bytes()).hexdigest() for paper in box.papers}


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("again"), signed_pdf=None, only=("003", "005", "007", "009", "010", ".DS"))


def test_holds_what_a_records_office_hands_in(box: Box) -> None:
    kinds = [paper.kind for paper in box.papers]
    assert {"jpeg", "pdf", "png", "tiff", "signed_pdf", "damaged", "hidden"} == set(kinds)
    types = [document.type_code for paper in box.papers for document in paper.documents]
    assert types.count("QĐ") == types.count("CV") == 2
    assert {"TB", "birth_certificate", "land_use_certificate", "TTr", "BC", "KH"} < set(types)
    assert {paper.expect for paper in box.papers} == {"kept", "review", "quarantined", "ignored"}
    assert all(paper.why for paper in box.papers)


def test_every_file_of_the_folder_is_told_of_and_no_other(box: Box) -> None:
    there = {str(path.relative_to(box.folder)) for path in box.folder.rglob("*") if path.is_file()}
    assert there == {paper.file for paper in box.papers}


def test_the_same_seed_gives_the_same_bytes_in_every_format(box: Box, again: Box) -> None:
    first = sums(box)
    assert sums(again) == {paper.file: first[paper.file] for paper in again.papers}
    assert {paper.kind for paper in again.papers} == {"pdf", "png", "tiff", "damaged", "hidden"}


def test_the_truth_does_not_depend_on_the_folder(box: Box, again: Box) -> None:
    truth = {paper["file"]: paper for paper in json.loads(truth_to_json(box))["papers"]}
    assert json.loads(truth_to_json(again))["papers"] == [truth[paper.file] for paper in again.papers]


def test_without_a_signer_the_signed_paper_is_left_out(again: Box) -> None:
    assert "signed_pdf" not in {paper.kind for paper in again.papers}
    assert not list(again.folder.glob("009*"))


def test_counts_the_sheets(box: Box) -> None:
    assert box.sheets == sum(paper.sheets for paper in box.papers if paper.kind != "hidden") == 13


def test_pages_of_documents_follow_each_other(box: Box) -> None:
    for paper in box.papers:
        pages = [page for d in paper.documents for page in range(d.first_page, d.last_page + 1)]
        assert pages == (list(range(1, paper.sheets + 1)) if paper.documents else [])
        assert all(len(d.text) == d.last_page - d.first_page + 1 for d in paper.documents)


def images(path: Path) -> list[Image.Image]:
    if path.suffix != ".pdf":
        with Image.open(path) as opened:
            return [page.copy() for page in ImageSequence.Iterator(opened)]
    with pikepdf.open(path) as pdf:
        return [Image.open(BytesIO(page.Resources.XObject.Im0.read_raw_bytes())) for page in pdf.pages]


def test_every_page_is_a_colour_scan_of_an_a4_sheet(box: Box) -> None:
    for paper in box.papers:
        if not paper.documents:
            continue
        pages = images(box.folder / paper.file)
        assert len(pages) == paper.sheets
        for page in pages:
            dpi = paper.dpi or 300
            assert page.mode == "RGB"
            assert page.size == pytest.approx((210 / 25.4 * dpi, 297 / 25.4 * dpi), abs=1)


def test_files_say_their_resolution_or_say_nothing(box: Box) -> None:
    for paper in box.papers:
        if paper.kind in ("jpeg", "png", "tiff"):
            with Image.open(box.folder / paper.file) as opened:
                said = opened.info.get("dpi")
            assert (said is None) == (paper.dpi is None)
            if said is not None:
                assert said == pytest.approx((paper.dpi, paper.dpi), abs=0.01)


def test_pdf_pages_measure_a4(box: Box) -> None:
    with pikepdf.open(box.folder / "002 Quyết định số hóa.pdf") as pdf:
        for page in pdf.pages:
            assert [float(v) for v in page.MediaBox] == pytest.approx([0, 0, 595.2, 841.92], abs=0.5)


def test_the_damaged_picture_begins_well_and_does_not_end(box: Box) -> None:
    data = (box.folder / "010 Bản quét hỏng.jpg").read_bytes()
    assert data.startswith(b"\xff\xd8")
    assert not data.endswith(b"\xff\xd9")
    with pytest.raises(OSError, match="truncated"):
        Image.open(BytesIO(data)).load()


def test_text_and_fields_agree(box: Box) -> None:
    for paper in box.papers:
        for document in paper.documents:
            text = " ".join(line for page in document.text for line in page)
            assert unicodedata.is_normalized("NFC", text)
            for name in ("document_number", "signer_name", "personal_id", "parcel_number", "certificate_number"):
                if name in document.fields:
                    assert str(document.fields[name]) in text
            if "subject" in document.fields:
                assert str(document.fields["subject"]) in text


def test_persons_bear_numbers_of_a_province_that_is_none(box: Box) -> None:
    owners = [d.owner for paper in box.papers for d in paper.documents if d.owner]
    assert len(owners) == 2
    assert all(owner.startswith("personal_id:099") and len(owner) == 24 for owner in owners)


def test_the_second_page_bears_its_number_first(box: Box) -> None:
    document = box.paper("002 Quyết định số hóa.pdf").documents[0]
    assert document.text[1][0] == "2"
    assert "CỘNG HÒA" not in "".join(document.text[1])


def test_manifest_names_every_paper_and_the_owners(box: Box) -> None:
    lines = manifest_csv(box).splitlines()
    assert lines[0] == "file,sheets,dossier,procedure,owner,document_type"
    assert len(lines) == len(box.papers)  # the head, and all papers but the hidden file
    assert "Hộ tịch/006 Giấy khai sinh.jpg,1,,,personal_id:099325000001," in lines
    assert not any(".DS_Store" in line for line in lines)
