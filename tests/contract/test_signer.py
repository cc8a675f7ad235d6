"""The definition of port Signer: every adapter passes this."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageCms

from signing.block import VIETNAM, agency_block_size_mm, margin_place
from signing.errors import AlreadySigned, NotPdfA, OutputExists, OutputUnwritable, UnreadablePdf
from signing.local import local_signer
from signing.process import SignerProcess
from signing.report import Verdict
from signing.signer import Block, Signer
from signing.verify import verify

TYPEFACE = Path(__file__).parents[2] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _in_this_process(home: Path) -> AbstractContextManager[Signer]:
    return nullcontext(local_signer(home, typeface=TYPEFACE))


def _in_its_own(home: Path) -> AbstractContextManager[Signer]:
    return SignerProcess(home, typeface=TYPEFACE)


SIGNERS = [pytest.param(_in_this_process, id="pades"), pytest.param(_in_its_own, id="process")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module", params=SIGNERS)
def signer(request: pytest.FixtureRequest, home: Path) -> Iterator[Signer]:
    make: Callable[[Path], AbstractContextManager[Signer]] = request.param
    with make(home) as made:
        yield made


@pytest.fixture
def block(signer: Signer) -> Block:
    size = agency_block_size_mm(signer.agency, typeface=TYPEFACE)
    return Block(place=margin_place(210, size), software="sohoa 0.1.0", person="Nguyễn Thị Lấp Lánh Ánh")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    profile = pdf.make_stream(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), {"/N": 3})
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier="sRGB",
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = pikepdf.Array([intent])
    pdf.Root.Metadata = pdf.make_stream(XMP.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    pdf.save(tmp_path / "giấy.pdf")
    return tmp_path / "giấy.pdf"


def test_seals_at_the_highest_level(signer: Signer, paper: Path, block: Block, home: Path, tmp_path: Path) -> None:
    sealed = signer.seal(paper, tmp_path / "đã ký.pdf", block=block)
    report = verify(sealed.path, anchors=home / "anchors.pem", expected_sha256=sealed.sha256)
    assert report.verdict is Verdict.VALID
    assert [one.profile for one in report.signatures] == ["PAdES-B-LTA"] == [sealed.profile]
    assert report.signatures[0].signer == signer.agency == sealed.agency


def test_tells_what_was_written(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    sealed = signer.seal(paper, tmp_path / "out.pdf", block=block)
    content = (tmp_path / "out.pdf").read_bytes()
    assert sealed.path == tmp_path / "out.pdf"
    assert (sealed.sha256, sealed.length) == (hashlib.sha256(content).hexdigest(), len(content))
    assert before - timedelta(seconds=1) <= sealed.signed_at <= datetime.now(UTC)
    assert sealed.signed_at.utcoffset() == VIETNAM.utcoffset(None) and sealed.signed_at.microsecond == 0
    assert sealed.lines[-1] == sealed.signed_at.strftime("Thời gian ký: %d/%m/%Y %H:%M:%S +07:00")
    assert signer.agency in sealed.lines and sealed.test_authority
    assert [finding.code for finding in sealed.findings] == ["block_over_print"]


def test_leaves_the_unsigned_file_as_it_is(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    before = paper.read_bytes()
    signer.seal(paper, tmp_path / "out.pdf", block=block)
    assert paper.read_bytes() == before == (tmp_path / "out.pdf").read_bytes()[: len(before)]


def test_two_papers_follow_each_other(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    sealed = [signer.seal(paper, tmp_path / f"{name}.pdf", block=block) for name in "abc"]
    assert len({one.sha256 for one in sealed}) == 3


def test_refuses_to_overwrite(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    (tmp_path / "out.pdf").write_bytes(b"mine")
    with pytest.raises(OutputExists):
        signer.seal(paper, tmp_path / "out.pdf", block=block)
    assert (tmp_path / "out.pdf").read_bytes() == b"mine"


def test_refuses_what_is_signed(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    signer.seal(paper, tmp_path / "once.pdf", block=block)
    with pytest.raises(AlreadySigned):
        signer.seal(tmp_path / "once.pdf", tmp_path / "twice.pdf", block=block)
    assert not (tmp_path / "twice.pdf").exists()


def test_refuses_what_is_not_pdfa(signer: Signer, block: Block, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(tmp_path / "plain.pdf")
    with pytest.raises(NotPdfA):
        signer.seal(tmp_path / "plain.pdf", tmp_path / "out.pdf", block=block)


def test_refuses_what_is_no_pdf(signer: Signer, block: Block, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(UnreadablePdf):
        signer.seal(tmp_path / "a.pdf", tmp_path / "out.pdf", block=block)


def test_tells_of_a_folder_that_is_not_there(signer: Signer, paper: Path, block: Block, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        signer.seal(paper, tmp_path / "nowhere" / "out.pdf", block=block)


def test_leaves_nothing_behind_when_it_refuses(signer: Signer, block: Block, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no")
    with pytest.raises(UnreadablePdf):
        signer.seal(tmp_path / "a.pdf", tmp_path / "out.pdf", block=block)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
