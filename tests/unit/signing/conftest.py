"""A paper to seal, an authority to seal it with, and a clock."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageDraw
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.authority import Authority, ensure_authority
from signing.block import BlockPlace, agency_block_size_mm, margin_place
from signing.local import local_signer
from signing.pades import PadesSigner
from signing.report import Report, SignatureReport
from signing.signer import Block
from signing.verify import verify

TYPEFACE = Path(__file__).parents[3] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"
NOW = datetime(2026, 11, 21, 15, 30, 0, tzinfo=UTC)
A4 = (595.28, 841.89)

MakePaper = Callable[..., Path]
Change = Callable[[IncrementalPdfFileWriter], None]
Update = Callable[[Path, Change], bytes]

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" pdfaid:part="{part}" pdfaid:conformance="B">
<xmp:CreateDate>2026-11-21T20:00:00+07:00</xmp:CreateDate><xmp:ModifyDate>2026-11-21T20:00:00+07:00</xmp:ModifyDate>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Quyết định 12/QĐ-UBND</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def only(report: Report) -> SignatureReport:
    """Return the one signature of a report."""
    (signature,) = report.signatures
    return signature


def codes(report: Report) -> list[str]:
    """Return the codes of what was changed after signing."""
    return [change.code for change in report.changes_after_signing]


def paper(
    path: Path,
    *,
    rotation: int = 0,
    origin: tuple[float, float] = (0, 0),
    crop: float = 0,
    part: int = 2,
    pages: int = 1,
) -> Path:
    """Write an unsigned PDF/A-2b of grey pages with a mark at the displayed top left corner."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(_page(pdf, rotation, origin, crop))))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    icc = pdf.make_stream(profile, {"/N": 3})
    intent = {
        "/Type": "/OutputIntent",
        "/S": "/GTS_PDFA1",
        "/OutputConditionIdentifier": "sRGB",
        "/DestOutputProfile": icc,
    }
    pdf.Root["/OutputIntents"] = pikepdf.Array([_named(intent)])
    packet = pdf.make_stream(_XMP.format(part=part).encode())
    packet["/Type"], packet["/Subtype"] = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root["/Metadata"] = packet
    pdf.docinfo["/ModDate"] = "D:20261121200000+07'00'"
    pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path


def _named(entries: dict[str, object]) -> pikepdf.Dictionary:
    names = {key: pikepdf.Name(value) for key, value in entries.items() if isinstance(value, str) and value[0] == "/"}
    return pikepdf.Dictionary({**entries, **names})


def _page(pdf: pikepdf.Pdf, rotation: int, origin: tuple[float, float], crop: float) -> pikepdf.Dictionary:
    # The picture is upright as displayed, so it is stored turned the other way on a rotated page.
    width, height = (A4[1], A4[0]) if rotation % 180 else A4
    picture = Image.new("RGB", (620, 877), (244, 243, 238))
    ImageDraw.Draw(picture).rectangle((30, 30, 130, 80), fill=(160, 30, 30))
    picture = picture.rotate(rotation, expand=True)
    image = pdf.make_stream(picture.tobytes())
    image.update(
        _named({"/Type": "/XObject", "/Subtype": "/Image", "/Width": picture.width, "/Height": picture.height})
    )
    image["/ColorSpace"], image["/BitsPerComponent"] = pikepdf.Name.DeviceRGB, 8
    x, y = origin
    drawing = f"q {width} 0 0 {height} {x} {y} cm /I Do Q".encode()
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[x, y, x + width, y + height],
        Rotate=rotation,
        Contents=pdf.make_stream(drawing),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image)),
    )
    if crop:
        page["/CropBox"] = [x + crop, y + crop, x + width - crop, y + height - crop]
    return page


@pytest.fixture(scope="session")
def typeface() -> Path:
    return TYPEFACE


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_paper(tmp_path: Path) -> Callable[..., Path]:
    return lambda name="paper.pdf", **how: paper(tmp_path / name, **how)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure_authority(tmp_path_factory.mktemp("authority"), now=NOW)


@pytest.fixture(scope="session")
def signer(authority: Authority) -> PadesSigner:
    return local_signer(authority.folder, typeface=TYPEFACE, clock=lambda: NOW)


@pytest.fixture(scope="session")
def block(authority: Authority) -> Block:
    size = agency_block_size_mm(authority.name, typeface=TYPEFACE)
    place: BlockPlace = margin_place(210, size)
    return Block(place=place, software="sohoa 0.1.0")


@pytest.fixture
def sealed(make_paper: Callable[..., Path], signer: PadesSigner, block: Block, tmp_path: Path) -> Path:
    return signer.seal(make_paper(), tmp_path / "sealed.pdf", block=block).path


@pytest.fixture
def check(authority: Authority, now: datetime) -> Callable[..., Report]:
    """Verify under the authority, five minutes after sealing."""

    def checked(path: Path, **how: object) -> Report:
        given = {"anchors": authority.anchors, "now": now + timedelta(minutes=5), **how}
        return verify(path, **given)  # type: ignore[arg-type]

    return checked


@pytest.fixture
def update() -> Callable[[Path, Callable[[IncrementalPdfFileWriter], None]], bytes]:
    """Return the file with a revision more."""

    def updated(path: Path, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return updated


@pytest.fixture
def annotate() -> Callable[[IncrementalPdfFileWriter], None]:
    """Lay a text over page 1."""

    def annotated(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (50, 50, 200, 90)]),
                generic.pdf_name("/Contents"): generic.pdf_string("Miễn phí"),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])

    return annotated
