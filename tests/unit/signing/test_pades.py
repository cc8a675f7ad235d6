"""Seals: what is written, what is refused, and what is never left behind."""

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from signing import certificates
from signing.authority import Authority, Memory, agency_identity, load_key, timestamp_identity
from signing.block import VIETNAM
from signing.errors import (
    AlreadySigned,
    NotPdfA,
    OutputExists,
    OutputUnwritable,
    SealRefused,
    SigningError,
    TimestampUnavailable,
    UnreadablePdf,
)
from signing.identity import Identity
from signing.local_timestamper import LocalTimestamper
from signing.nd30 import check_seal_rules
from signing.pades import PadesSigner, Proofs
from signing.signer import Block
from signing.verify import verify
from signing.xmp import CONVERSION, pdfa_claim, read_packet, read_value

MakePaper = Callable[..., Path]
TURNED = [
    pytest.param({}, id="upright"),
    pytest.param({"rotation": 90}, id="quarter-turn"),
    pytest.param({"rotation": 180}, id="upside-down"),
    pytest.param({"rotation": 270}, id="three-quarters"),
    pytest.param({"rotation": 90, "origin": (-100, 50), "crop": 10}, id="turned-and-cropped-and-elsewhere"),
    pytest.param({"origin": (300, -700)}, id="origin-elsewhere"),
]


@pytest.mark.parametrize("how", TURNED)
def test_seal_keeps_every_rule_on_every_page(
    how: dict[str, object], make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    sealed = signer.seal(make_paper(**how), tmp_path / "out.pdf", block=block)
    assert check_seal_rules(sealed.path, agency=signer.agency) == ()
    assert sealed.profile == "PAdES-B-LTA"


def test_sealed_begins_with_the_unsigned_file(
    make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    unsigned = make_paper()
    before = unsigned.read_bytes()
    sealed = signer.seal(unsigned, tmp_path / "out.pdf", block=block)
    content = sealed.path.read_bytes()
    assert unsigned.read_bytes() == before == content[: len(before)]
    assert (sealed.sha256, sealed.length) == (hashlib.sha256(content).hexdigest(), len(content))


def test_one_instant_in_block_signature_and_metadata(sealed: Path, now: datetime) -> None:
    with pikepdf.open(sealed) as pdf:
        signature = pdf.Root.AcroForm.Fields[0].V
        tree = read_packet(pdf.Root.Metadata.read_bytes())
        assert str(signature.M) == "D:20261121223000+07'00'" == str(pdf.docinfo["/ModDate"])
        assert read_value(tree, CONVERSION, "convertedAt") == "2026-11-21T22:30:00+07:00"
        assert pdfa_claim(tree) == "2B"
        assert str(signature.SubFilter) == "/ETSI.CAdES.detached"
    report = verify(sealed, anchors=(), now=now)
    assert report.signatures[0].signed_at == now.astimezone(VIETNAM)


def test_block_is_text_in_a_small_embedded_typeface(sealed: Path) -> None:
    with pikepdf.open(sealed) as pdf:
        form = pdf.Root.AcroForm.Fields[0].AP.N
        assert "/XObject" not in form.Resources
        descriptor = form.Resources.Font.F1.DescendantFonts[0].FontDescriptor
        assert len(descriptor.FontFile2.read_bytes()) < 10_000
        assert "/ToUnicode" in form.Resources.Font.F1


def test_metadata_is_written_once_and_by_us(sealed: Path) -> None:
    content = sealed.read_bytes()
    assert content.count(b"convertedAt>2026-11-21T22:30:00+07:00<") == 1
    assert b"pyHanko" not in content


def test_seal_is_small(make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path) -> None:
    unsigned = make_paper()
    assert signer.seal(unsigned, tmp_path / "out.pdf", block=block).length - unsigned.stat().st_size < 34_000


def test_a_place_that_was_not_free_is_found_and_a_free_one_is_not(
    make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    over = signer.seal(make_paper(), tmp_path / "a.pdf", block=block)
    free = signer.seal(make_paper(), tmp_path / "b.pdf", block=replace(block, place=replace(block.place, free=True)))
    assert [finding.code for finding in over.findings] == ["block_over_print"]
    assert free.findings == ()


def test_a_place_on_the_left_is_sealed_with_the_rule_it_breaks(
    make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    left = replace(block, place=replace(block.place, left_mm=10, free=True))
    sealed = signer.seal(make_paper(), tmp_path / "out.pdf", block=left)
    assert [finding.code for finding in sealed.findings] == ["ND30-DIG-06"]
    assert "30/2020" in sealed.findings[0].source


def _encrypted(path: Path) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    return path


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:700])
    return path


def _bare(path: Path) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root.Metadata
        pdf.save(path)
    return path


@pytest.mark.parametrize(
    ("prepare", "refusal"),
    [
        pytest.param(_bare, NotPdfA, id="no-metadata"),
        pytest.param(_cut, UnreadablePdf, id="truncated"),
        pytest.param(_encrypted, UnreadablePdf, id="needs-a-password"),
        pytest.param(lambda path: path.with_name("none.pdf"), UnreadablePdf, id="not-there"),
    ],
)
def test_refuses(
    prepare: Callable[[Path], Path],
    refusal: type[SigningError],
    make_paper: MakePaper,
    signer: PadesSigner,
    block: Block,
    tmp_path: Path,
) -> None:
    with pytest.raises(refusal):
        signer.seal(prepare(make_paper()), tmp_path / "out.pdf", block=block)
    assert sorted(path.name for path in tmp_path.iterdir()) == (["paper.pdf"])


def test_refuses_pdfa_of_another_part(make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path) -> None:
    with pytest.raises(NotPdfA) as refused:
        signer.seal(make_paper(part=1), tmp_path / "out.pdf", block=block)
    assert refused.value.detail["claim"] == "1B"


def test_refuses_what_is_sealed_already(sealed: Path, signer: PadesSigner, block: Block, tmp_path: Path) -> None:
    with pytest.raises(AlreadySigned):
        signer.seal(sealed, tmp_path / "twice.pdf", block=block)


def test_overwrites_nothing(make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    out.write_bytes(b"mine")
    with pytest.raises(OutputExists):
        signer.seal(make_paper(), out, block=block)
    assert out.read_bytes() == b"mine"


def test_a_missing_folder_is_told(make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        signer.seal(make_paper(), tmp_path / "nowhere" / "out.pdf", block=block)


class SilentTimestamper:
    """A timestamp authority that is down."""

    def stamp(self, digest: bytes, *, algorithm: str = "sha256") -> bytes:
        raise TimestampUnavailable(reason="it does not answer")


def _signer(authority: Authority, typeface: Path, moment: datetime, **other: object) -> PadesSigner:
    proofs = Proofs(anchors=(authority.root,), certificates=(authority.issuing,), crls=authority.crls)
    parts: dict[str, object] = {
        "identity": agency_identity(authority.folder),
        "timestamper": LocalTimestamper(timestamp_identity(authority.folder), clock=lambda: moment),
        "proofs": lambda _: proofs,
        **other,
    }
    return PadesSigner(typeface=typeface, clock=lambda: moment, **parts)  # type: ignore[arg-type]


def test_without_a_timestamp_there_is_no_seal(
    make_paper: MakePaper, authority: Authority, typeface: Path, now: datetime, block: Block, tmp_path: Path
) -> None:
    signer = _signer(authority, typeface, now, timestamper=SilentTimestamper())
    with pytest.raises(TimestampUnavailable):
        signer.seal(make_paper(), tmp_path / "out.pdf", block=block)
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("days", "crls"),
    [
        pytest.param(40, True, id="revocation-lists-out-of-date"),
        pytest.param(0, False, id="no-revocation-lists"),
        pytest.param(365 * 11, True, id="certificate-expired"),
    ],
)
def test_refuses_rather_than_make_a_lower_seal(
    days: int,
    crls: bool,
    make_paper: MakePaper,
    authority: Authority,
    typeface: Path,
    now: datetime,
    block: Block,
    tmp_path: Path,
) -> None:
    proofs = Proofs(anchors=(authority.root,), certificates=(authority.issuing,), crls=authority.crls if crls else ())
    signer = _signer(authority, typeface, now + timedelta(days=days), proofs=lambda _: proofs)
    with pytest.raises(SealRefused):
        signer.seal(make_paper(), tmp_path / "out.pdf", block=block)
    assert [path.name for path in tmp_path.iterdir()] == ["paper.pdf"]


def test_a_long_agency_name_takes_a_fourth_line(
    make_paper: MakePaper, authority: Authority, typeface: Path, now: datetime, block: Block, tmp_path: Path
) -> None:
    name = "Trung tâm Phục vụ hành chính công Văn phòng Ủy ban nhân dân phường Nghĩa Lộ tỉnh Quảng Ngãi"
    key, issuing = certificates.new_key(), x509.load_der_x509_certificate(authority.issuing)
    certificate = certificates.agency_certificate(
        key.public_key(), issuing, load_key(authority.folder, "issuing"), now=now, name=name
    )
    identity = Identity(
        certificate=certificate.public_bytes(Encoding.DER), chain=(authority.issuing,), key=Memory(key=key)
    )
    sealed = _signer(authority, typeface, now, identity=identity).seal(make_paper(), tmp_path / "out.pdf", block=block)
    assert len(sealed.lines) == 4 and sealed.agency == name
    assert check_seal_rules(sealed.path, agency=name) == ()


def test_a_field_of_the_same_name_is_left_alone(
    make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    paper = make_paper()
    with pikepdf.open(paper, allow_overwriting_input=True) as pdf:
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="SaoY", F=132, Rect=[0, 0, 0, 0], P=pdf.pages[0].obj)
        field["/Type"], field["/Subtype"] = pikepdf.Name.Annot, pikepdf.Name.Widget
        reference = pdf.make_indirect(field)
        pdf.pages[0]["/Annots"] = pikepdf.Array([reference])
        pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([reference]))
        pdf.save(paper)
    assert signer.seal(paper, tmp_path / "out.pdf", block=block).field == "SaoY2"


@pytest.mark.service("poppler")
def test_poppler_reads_the_block_and_finds_the_signature_valid(sealed: Path) -> None:
    text = subprocess.run(["pdftotext", "-layout", sealed, "-"], capture_output=True, text=True, check=True).stdout
    assert [line.strip() for line in text.splitlines() if line.strip()] == [
        "Sao y (chuyển đổi từ văn bản giấy)",
        "CƠ QUAN THỬ NGHIỆM (không có giá trị pháp lý)",
        "Thời gian ký: 21/11/2026 22:30:00 +07:00",
    ]
    told = subprocess.run(["pdfsig", "-nocert", sealed], capture_output=True, text=True, check=True).stdout
    assert "Signature Validation: Signature is Valid." in told


@pytest.mark.service("poppler")
@pytest.mark.parametrize("how", TURNED)
def test_block_is_drawn_black_at_the_top_right(
    how: dict[str, object], make_paper: MakePaper, signer: PadesSigner, block: Block, tmp_path: Path
) -> None:
    sealed = signer.seal(make_paper(**how), tmp_path / "out.pdf", block=block)
    picture = tmp_path / "page"
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", "-cropbox", sealed.path, picture], check=True)
    with Image.open(picture.with_suffix(".png")) as page:
        black = page.convert("L").point(lambda value: 255 if value < 60 else 0).getbbox()
        assert black is not None
        left, top, right, bottom = black
        assert left > page.width / 2 - 2 and right < page.width
        assert top < 60 and bottom - top < 60 and right - left > 200
