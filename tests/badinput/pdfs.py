"""PDFs that are bad or odd."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.badinput.kind import Kind, Make, as_bytes, read, refused
from tests.badinput.pictures import A5_150, saved, sheet, truncated, zeros

WIDTH, HEIGHT = A5_150[0] * 72 / 150, A5_150[1] * 72 / 150
FILL = b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (WIDTH, HEIGHT)

Change = Callable[[pikepdf.Pdf], None]


def paper(words: str, change: Change | None = None, pages: int = 1, **save: object) -> bytes:
    """Return a PDF whose pages show one JPEG each, changed before it is saved."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            image = pikepdf.Stream(pdf, saved(sheet(words), "JPEG"))
            image.stream_dict = Dictionary(
                Type=Name.XObject, Subtype=Name.Image, Width=A5_150[0], Height=A5_150[1], BitsPerComponent=8,
                ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode,
            )  # fmt: skip
            pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
            pdf.pages[-1].Resources = Dictionary(XObject=Dictionary(Im0=image))
            pdf.pages[-1].Contents = pdf.make_stream(FILL)
        if change is not None:
            change(pdf)
        out = io.BytesIO()
        pdf.save(out, **save)
    return out.getvalue()


@cache
def whole() -> bytes:
    """Return a sound file, for cutting."""
    return paper("cắt PDF")


def changed(words: str, change: Change, **save: object) -> Make:
    """Return the maker of a changed PDF."""
    return as_bytes(lambda: paper(words, change, **save))


def by_hand(*objects: bytes, trailer: bytes = b"") -> Make:
    """Return the maker of a PDF of these objects, numbered from 1, without a cross-reference table."""
    numbered = b"\n".join(b"%d 0 obj %s endobj" % (n, body) for n, body in enumerate(objects, start=1))
    end = b"\ntrailer <</Root 1 0 R/Size %d%s>>\nstartxref\n0\n%%%%EOF\n" % (len(objects) + 1, trailer)
    return as_bytes(lambda: b"%PDF-1.5\n" + numbered + end)


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(body), body)


def first(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj


def picture(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return first(pdf).Resources.XObject.Im0


def _locked(words: str, user: str) -> bytes:
    return paper(words, encryption=pikepdf.Encryption(owner="chủ", user=user, R=6))


def _script(pdf: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert('x'); while (true) {}"))
    pdf.Root.OpenAction = act
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([pikepdf.String("x"), act])))
    first(pdf).AA = Dictionary(O=act)


def _launch(pdf: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.Launch, F=pikepdf.String("/bin/sh"), NewWindow=True)
    pdf.Root.OpenAction = act
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=act)
    first(pdf).Annots = Array([pdf.make_indirect(note)])


def _attachments(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["chương trình.exe"] = b"MZ" + bytes(1000)
    kept = pdf.attachments["chương trình.exe"].obj
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=kept)
    first(pdf).Annots = Array([pdf.make_indirect(note)])


def _xfa(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><!DOCTYPE a [<!ENTITY b 'c'>]></xdp:xdp>")
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=form)


def _with_wrong_offsets() -> bytes:
    data = paper("xref hỏng", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    head, table, tail = data.rpartition(b"xref\n0")
    return head + table + tail.replace(b"00000", b"99999", 3)


def _hybrid() -> bytes:
    """Hide an object in a cross-reference stream beside the table. Source: ISO 32000-1, 7.5.8.4."""
    data = paper("xref lai", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    rows = struct.pack(">BHB", 1, 9, 0)
    entries = b"/Type/XRef/Size 99/W[1 2 1]/Index[98 1]"
    hidden = b"98 0 obj %s endobj\n" % stream(rows, entries)
    body, _, rest = data.rpartition(b"xref\n0")
    moved = body + hidden + b"xref\n0" + rest
    place = len(body) + len(hidden)
    trailer, _, _ = moved.rpartition(b"startxref")
    said = trailer.replace(b"trailer <<", b"trailer << /XRefStm %d" % len(body))
    return said + b"startxref\n%d\n%%%%EOF\n" % place


def _ring_of_prev() -> bytes:
    data = paper("Prev vòng", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    place = data.rindex(b"xref\n0")
    return data.replace(b"trailer <<", b"trailer << /Prev %d" % place)


def _object_stream_bomb() -> bytes:
    bomb = stream(zeros(1 << 30), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    return by_hand_bytes(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[9 0 R]/Count 1>>", bomb)


def by_hand_bytes(*objects: bytes) -> bytes:
    """Return a PDF whose object 9 lies compressed in object 3."""
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, body)
    rows = b"".join(struct.pack(">BIH", *row) for row in [(0, 0, 65535), *((1, p, 0) for p in places)])
    rows += struct.pack(">BIH", 2, 3, 0)
    entries = b"/Type/XRef/Size 10/W[1 4 2]/Index[0 %d 9 1]/Root 1 0 R" % (len(objects) + 1)
    return out + b"8 0 obj %s endobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, entries), len(out))


def _contents(body: bytes, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        content = pdf.make_stream(b"")
        content.write(body, filter=entries.get("filter", Name.FlateDecode), decode_parms=entries.get("parms"))
        first(pdf).Contents = content

    return change


def _twice_packed(pdf: pikepdf.Pdf) -> None:
    once = zeros(1 << 30)
    _contents(zlib.compress(once, 9), filter=Array([Name.FlateDecode, Name.FlateDecode]))(pdf)


def _flate_picture(width: int, height: int, size: int, **entries: object) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        image = picture(pdf)
        image.write(zeros(size), filter=Name.FlateDecode)
        image.Width, image.Height = width, height
        for key, value in entries.items():
            image["/" + key] = value

    return change


def _box(*edges: float) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf).MediaBox = Array(list(edges))

    return change


def _five_kilometres(pdf: pikepdf.Pdf) -> None:
    side = 5_000_000 * 72 / 25.4
    first(pdf).MediaBox = Array([0, 0, round(side), round(side)])
    first(pdf).Contents = pdf.make_stream(b"q %d 0 0 %d 0 0 cm /Im0 Do Q" % (side, side))


def _counts(number: int) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Count = number

    return change


def _unit(value: float) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf).UserUnit = value

    return change


def form(pdf: pikepdf.Pdf, body: bytes, resources: pikepdf.Object | None = None) -> pikepdf.Object:
    """Return a form; without resources of its own it draws with those of who draws it."""
    made = pdf.make_stream(body)
    made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
    if resources is not None:
        made.Resources = resources
    return made


def _draw(pdf: pikepdf.Pdf, **forms: pikepdf.Object) -> None:
    """Draw forms over the page, each once."""
    for name, drawn in forms.items():
        first(pdf).Resources.XObject["/" + name] = drawn
    first(pdf).Contents = pdf.make_stream(FILL + b"".join(b" /%s Do" % name.encode() for name in forms))


def _form_in_itself(pdf: pikepdf.Pdf) -> None:
    ring = form(pdf, b"/Fm0 Do /Fm0 Do")
    ring.Resources = Dictionary(XObject=Dictionary(Fm0=ring))
    _draw(pdf, Fm0=ring)


def _form_in_itself_by_the_page(pdf: pikepdf.Pdf) -> None:
    """Draw a form that names itself in nothing of its own: renderers look in the page's resources then."""
    _draw(pdf, Fm0=form(pdf, b"/Fm0 Do /Fm#30 Do"))


def _form_in_itself_past_its_resources(pdf: pikepdf.Pdf) -> None:
    """Draw a form whose resources lack drawn objects: PDFium takes the page's."""
    _draw(pdf, Fm0=form(pdf, b"/Fm0 Do /Fm0 Do", Dictionary(ProcSet=Array([Name.PDF]))))


def _form_in_itself_by_another(pdf: pikepdf.Pdf) -> None:
    """Draw a form without resources from one that lends it its own, in which it names itself."""
    inner = form(pdf, b"/Fm9 Do /Fm9 Do")
    _draw(pdf, Fm0=form(pdf, b"/Fm9 Do", Dictionary(XObject=Dictionary(Fm9=inner))))


def _forms_that_double(pdf: pikepdf.Pdf) -> None:
    """Draw a form that draws another twice, which draws another twice: 2 to the 30th squares."""
    below = form(pdf, b"0 0 1 1 re f")
    for _ in range(30):
        below = form(pdf, b"/Fm0 Do /Fm0 Do", Dictionary(XObject=Dictionary(Fm0=below)))
    _draw(pdf, Fm0=below)


def _forms_without_resources(pdf: pikepdf.Pdf) -> None:
    """Draw two forms with the page's resources, one in the other, as old programs write them: nothing is wrong."""
    _draw(pdf, Fm0=form(pdf, b"0 0 9 9 re f"), Fm1=form(pdf, b"/Fm0 Do"))


def _forms_with_the_pages_resources(pdf: pikepdf.Pdf) -> None:
    """Share one dictionary of resources among page and forms: a form is named in its own, and does not draw itself."""
    shared = pdf.make_indirect(first(pdf).Resources)
    first(pdf).Resources = shared
    _draw(pdf, Fm0=form(pdf, b"0 0 9 9 re f", shared), Fm1=form(pdf, b"/Fm0 Do", shared))


def lines(pdf: pikepdf.Pdf) -> None:
    """Draw 13 million lines in a file of half a megabyte: fewer bytes of instructions than a page may have."""
    packer = zlib.compressobj(9)
    some = b"0 0 m 9 9 l S\n" * (1 << 16)
    packed = b"".join(packer.compress(some) for _ in range(200)) + packer.flush()
    _contents(packed)(pdf)


def _progressive(pdf: pikepdf.Pdf) -> None:
    """Say 900 megapixels in the picture's data, and what the page takes in the PDF."""
    data = bytearray(saved(sheet("lũy tiến"), "JPEG", progressive=True))
    struct.pack_into(">HH", data, data.index(b"\xff\xc2") + 5, 30_000, 30_000)
    picture(pdf).write(bytes(data), filter=Name.DCTDecode)


def _jpeg_2000(pdf: pikepdf.Pdf) -> None:
    data = bytearray(saved(sheet("JPEG 2000"), "JPEG2000"))
    siz = data.index(b"\xff\x4f\xff\x51") + 4
    for place in (data.index(b"ihdr") + 4, siz + 4, siz + 20):
        struct.pack_into(">II", data, place, 30_000, 30_000)
    picture(pdf).write(bytes(data), filter=Name.JPXDecode)


def _mask_of_itself(pdf: pikepdf.Pdf) -> None:
    picture(pdf).SMask = picture(pdf)


def _inks(pdf: pikepdf.Pdf) -> None:
    image = picture(pdf)
    image.write(saved(sheet("mực in pdf", mode="CMYK"), "JPEG"), filter=Name.DCTDecode)
    image.ColorSpace = Name.DeviceCMYK


def _separation(pdf: pikepdf.Pdf) -> None:
    image = picture(pdf)
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1, 1, 1]), C1=Array([0, 0, 0]), N=1)
    image.write(zlib.compress(sheet("Separation", mode="L").tobytes()), filter=Name.FlateDecode)
    image.ColorSpace = Array([Name.Separation, Name.Black, Name.DeviceRGB, tint])
    image.Decode = Array([1, 0])


def _thousands_of_notes(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([0, 0, 9, 9]))
    first(pdf).Annots = Array([note] * 50_000)


def _hollow_signature(pdf: pikepdf.Pdf) -> None:
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/adbe.pkcs7.detached"))
    value.Contents, value.ByteRange = pikepdf.String(b"\0" * 64), Array([0, 10, 20, 2_000_000_000])
    field = Dictionary(FT=Name.Sig, T=pikepdf.String("S"), V=value, Type=Name.Annot, Subtype=Name.Widget)
    field.Rect = Array([0, 0, 0, 0])
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=3)


def _turned_by_parent(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Rotate = 90


def _same_page_over_and_over(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids = Array([first(pdf)] * 5_001)


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
NESTED = b"[" * 100_000 + b"]" * 100_000
TREE = [b"<</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>>" % (n, n) for n in range(3, 32)]

KINDS: list[Kind] = [
    *truncated("pdf", ".pdf", whole),
    refused("password", "pdf/mật khẩu.pdf", as_bytes(lambda: _locked("mật khẩu", "mở")), "encrypted"),
    read("owner-password", "pdf/mật khẩu chủ.pdf", as_bytes(lambda: _locked("mật khẩu chủ", ""))),
    read("script", "pdf/JavaScript.pdf", changed("JavaScript", _script)),
    read("launch-action", "pdf/lệnh chạy.pdf", changed("lệnh chạy", _launch)),
    read("attachments", "pdf/đính kèm.pdf", changed("đính kèm", _attachments)),
    read("xfa", "pdf/XFA.pdf", changed("XFA", _xfa)),
    read("damaged-xref", "pdf/xref hỏng.pdf", as_bytes(_with_wrong_offsets)),
    read("hybrid-xref", "pdf/xref lai.pdf", as_bytes(_hybrid)),
    read("ring-of-prev", "pdf/Prev vòng.pdf", as_bytes(_ring_of_prev)),
    read("count-of-two-thousand-million", "pdf/2 tỷ trang.pdf", changed("2 tỷ trang", _counts(2_000_000_000))),
    read("unit-of-a-tenth", "pdf/đơn vị.pdf", changed("đơn vị", _unit(0.1))),
    read("box-upside-down", "pdf/khung ngược.pdf", changed("khung ngược", _box(WIDTH, HEIGHT, 0, 0))),
    read("turned-by-parent", "pdf/xoay ở cha.pdf", changed("xoay ở cha", _turned_by_parent)),
    read("cmyk-jpeg-in-pdf", "pdf/CMYK.pdf", changed("CMYK", _inks)),
    read("separation", "pdf/Separation.pdf", changed("Separation", _separation)),
    read("thousands-of-notes", "pdf/ghi chú.pdf", changed("ghi chú", _thousands_of_notes)),
    read("hollow-signature", "pdf/chữ ký rỗng.pdf", changed("chữ ký rỗng", _hollow_signature)),
    refused("form-in-itself", "pdf/form vòng.pdf", changed("form vòng", _form_in_itself)),
    refused("form-in-itself-by-the-page", "pdf/form vòng 2.pdf", changed("vòng 2", _form_in_itself_by_the_page)),
    refused("form-past-its-resources", "pdf/form vòng 3.pdf", changed("vòng 3", _form_in_itself_past_its_resources)),
    refused("form-in-itself-by-another", "pdf/form vòng 4.pdf", changed("vòng 4", _form_in_itself_by_another)),
    read("forms-without-resources", "pdf/form không.pdf", changed("form không", _forms_without_resources)),
    read("forms-with-the-pages-resources", "pdf/form chung.pdf", changed("chung", _forms_with_the_pages_resources)),
    read("mask-of-itself", "pdf/mặt nạ vòng.pdf", changed("mặt nạ vòng", _mask_of_itself)),
    refused("page-tree-in-itself", "pdf/cây vòng.pdf", by_hand(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")),
    refused("page-tree-that-doubles", "pdf/cây nhân đôi.pdf", by_hand(CATALOG, *TREE, b"<</Type/Page>>")),
    refused("same-page-5001-times", "pdf/5001 trang.pdf", changed("5001", _same_page_over_and_over), "too_large"),
    refused("no-pages", "pdf/không trang.pdf", as_bytes(lambda: paper("", pages=0)), "no_pages"),
    refused("no-page-tree", "pdf/không cây.pdf", by_hand(b"<</Type/Catalog>>")),
    refused("nested-without-end", "pdf/lồng sâu.pdf", by_hand(CATALOG, PAGES, b"<</Type/Page/X %s>>" % NESTED)),
    refused("page-of-five-kilometres", "pdf/5 km.pdf", changed("5 km", _five_kilometres), "too_large"),
    refused("drawn-page-of-a-hectare", "pdf/trang rộng.pdf", changed("x", _box(0, 0, 2e6, 2e6)), "too_large"),
    refused("page-without-area", "pdf/không diện tích.pdf", changed("0", _box(0, 0, 0, 0))),
    refused("unit-of-a-million", "pdf/đơn vị lớn.pdf", changed("đơn vị lớn", _unit(1e6)), "too_large"),
    refused("drawing-bomb", "bom/lệnh vẽ.pdf", changed("lệnh vẽ", _contents(zeros(1 << 30))), "too_large"),
    refused("drawing-bomb-packed-twice", "bom/nén hai lần.pdf", changed("nén hai lần", _twice_packed), "too_large"),
    refused("object-stream-bomb", "bom/luồng đối tượng.pdf", as_bytes(_object_stream_bomb), "no_pages"),
    refused(
        "picture-bomb",
        "bom/ảnh.pdf",
        changed("ảnh", _flate_picture(30_000, 30_000, 1 << 26)),
        "too_large",
        what="pixels",
    ),
    refused("progressive-900-megapixels", "bom/lũy tiến.pdf", changed("x", _progressive), "too_large", what="pixels"),
    refused("jpeg-2000-900-megapixels", "bom/JPEG 2000.pdf", changed("x", _jpeg_2000), "too_large", what="pixels"),
    refused("forms-that-double", "bom/nhân đôi.pdf", changed("x", _forms_that_double), "too_large", what="bytes"),
    refused("picture-bomb-by-length", "bom/ảnh thừa.pdf", changed("x", _flate_picture(100, 140, 1 << 30)), "too_large"),
    read("picture-longer-than-it-says", "bom/ảnh dư.pdf", changed("ảnh dư", _flate_picture(900, 1270, 1 << 27))),
    read("picture-shorter-than-it-says", "bom/ảnh thiếu.pdf", changed("ảnh thiếu", _flate_picture(900, 1270, 999))),
]

STOPPED: list[Kind] = [
    refused("drawing-of-millions-of-lines", "bom/triệu nét.pdf", changed("triệu nét", lines), "worker_out_of_memory"),
]
"""What no parser can tell from a paper before it has the memory: only the limits of a pool worker end it."""
