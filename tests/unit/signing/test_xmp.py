"""The conversion is told in the metadata, and nothing else there is lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from signing.xmp import (
    CONVERSION,
    PDFA_ID,
    XMP,
    BadXmp,
    Conversion,
    pdfa_claim,
    read_packet,
    read_value,
    with_conversion,
)

TOLD = Conversion(
    agency="Ủy ban nhân dân tỉnh Quảng Ngãi",
    software="sohoa 0.1.0",
    person="Nguyễn Thị Lấp Lánh Ánh",
    at=datetime(2026, 11, 21, 15, 30, tzinfo=UTC),
)
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
AS_ATTRIBUTES = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}><rdf:Description rdf:about=""
 xmlns:pdfaid="{PDFA_ID}" xmlns:xmp="{XMP}" pdfaid:part="2" pdfaid:conformance="B"
 xmp:ModifyDate="2020-01-01T00:00:00Z"/></rdf:RDF></x:xmpmeta>"""
AS_ELEMENTS = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}><rdf:Description rdf:about=""
 xmlns:pdfaid="{PDFA_ID}" xmlns:xmp="{XMP}"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
 <xmp:ModifyDate>2020-01-01T00:00:00Z</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("packet", [AS_ATTRIBUTES, AS_ELEMENTS], ids=["attributes", "elements"])
def test_tells_who_what_and_when(packet: str) -> None:
    tree = read_packet(with_conversion(packet.encode(), TOLD))
    told = {
        name: read_value(tree, CONVERSION, name) for name in ("agency", "software", "person", "convertedAt", "form")
    }
    assert told == {
        "agency": TOLD.agency,
        "software": TOLD.software,
        "person": TOLD.person,
        "convertedAt": "2026-11-21T22:30:00+07:00",
        "form": "Sao y (chuyển đổi từ văn bản giấy)",
    }
    assert read_value(tree, XMP, "ModifyDate") == "2026-11-21T22:30:00+07:00"
    assert pdfa_claim(tree) == "2B"


def test_telling_it_again_replaces_it() -> None:
    once = with_conversion(AS_ELEMENTS.encode(), TOLD)
    assert with_conversion(once, TOLD).count(b"convertedAt>") == once.count(b"convertedAt>")
    assert with_conversion(once, TOLD).count(b"namespaceURI>") == once.count(b"namespaceURI>") == 2


def test_extension_schemas_of_others_stay() -> None:
    other = AS_ELEMENTS.replace(
        "</rdf:RDF>",
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"><pdfaExtension:schemas><rdf:Bag>'
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:namespaceURI>urn:other#</pdfaSchema:namespaceURI></rdf:li>'
        "</rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>",
    )
    told = with_conversion(other.encode(), TOLD)
    assert b"urn:other#" in told
    assert told.count(b"schemas>") == 2


def test_without_a_person_no_person_is_told() -> None:

    tree = read_packet(with_conversion(AS_ELEMENTS.encode(), replace(TOLD, person=None)))
    assert read_value(tree, CONVERSION, "person") is None


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<a/>", id="no-rdf"),
        pytest.param(b"<x:xmpmeta", id="cut-off"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY e "x">]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&e;</r:RDF>',
            id="entities",
        ),
    ],
)
def test_refuses_what_is_no_xmp(packet: bytes) -> None:
    with pytest.raises(BadXmp):
        read_packet(packet)


def test_no_metadata_claims_nothing() -> None:
    bare = f"<rdf:RDF {RDF}/>"
    assert pdfa_claim(read_packet(bare.encode())) == "nothing"
