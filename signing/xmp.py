"""The conversion written into a PDF's metadata: one packet of XMP in, the same packet with who, what and when out.

PDF/A allows a property of our own only with its description beside it, so both are written together.

Source: ISO 19005-2, 6.6.2.3 (extension schemas); Luật Giao dịch điện tử 2023, Điều 12.1.c (what is to be told).
"""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from signing.block import FORM, VIETNAM

CONVERSION = "urn:uuid:b6a1b3f8-4d0e-4f0c-9a51-0c7f5c1f6e2d#"
"""Namespace of our properties; an identifier, not an address."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
PDFA_ID = "http://www.aiim.org/pdfa/ns/id/"
_EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_TAIL = '\n<?xpacket end="w"?>'

_PROPERTIES = {
    "form": ("Text", "Form of the copy made by the conversion"),
    "agency": ("Text", "Full name of the agency that converted"),
    "software": ("Text", "Software that converted, with its version"),
    "person": ("Text", "Full name of the person who converted"),
    "convertedAt": ("Date", "When the conversion was confirmed by the agency's signature"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Who turned the paper into a data message, and when (thông tin chuyển đổi)."""

    agency: str
    software: str
    person: str | None
    """None: the agency's software did it alone."""
    at: datetime


class BadXmp(ValueError):
    """The packet is not well-formed XMP."""


def read_packet(packet: bytes) -> etree._ElementTree:
    """Return the packet as a tree, or raise BadXmp. Fetches nothing and expands no entity."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.ElementTree(etree.fromstring(packet.strip(b"\x00"), parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadXmp(str(error)) from error
    if tree.docinfo.doctype or _rdf(tree) is None:
        raise BadXmp("there is no rdf:RDF in it")
    return tree


def read_value(tree: etree._ElementTree, namespace: str, name: str) -> str | None:
    """Return a simple property of the document, written as element or attribute; None if it has none."""
    for description in tree.iter(f"{{{RDF}}}Description"):
        if (as_attribute := description.get(f"{{{namespace}}}{name}")) is not None:
            return str(as_attribute).strip()
    element = tree.find(f".//{{{namespace}}}{name}")
    return None if element is None else (element.text or "").strip()


def pdfa_claim(tree: etree._ElementTree) -> str:
    """Return what the document claims to be: "2B", "1A", or "nothing"."""
    part, level = read_value(tree, PDFA_ID, "part"), read_value(tree, PDFA_ID, "conformance")
    return f"{part}{(level or '').upper()}" if part else "nothing"


def with_conversion(packet: bytes, conversion: Conversion) -> bytes:
    """Return the packet with the conversion told in it and its dates set to the conversion's. UTF-8.

    All else stays: the claim to be PDF/A, titles, and extension schemas of others. Safe to repeat.

    Raises:
        BadXmp: the packet is not well-formed XMP.
    """
    tree = read_packet(packet)
    root = _rdf(tree)
    assert root is not None
    moment = conversion.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    _forget(tree)
    for name in ("ModifyDate", "MetadataDate"):
        _set_date(tree, root, name, moment)
    told = {
        "form": FORM,
        "agency": conversion.agency,
        "software": conversion.software,
        "person": conversion.person,
        "convertedAt": moment,
    }
    _tell(root, {name: value for name, value in told.items() if value is not None})
    _describe(tree, root)
    body = etree.tostring(tree.getroot(), encoding="unicode", with_tail=False)
    return f"{_HEAD}{body}{_TAIL}".encode()


def _rdf(tree: etree._ElementTree) -> etree._Element | None:
    root = tree.getroot()
    return root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")


def _forget(tree: etree._ElementTree) -> None:
    """Drop what an earlier conversion told."""
    for description in list(tree.iter(f"{{{RDF}}}Description")):
        for name in [key for key in description.attrib if str(key).startswith(f"{{{CONVERSION}}}")]:
            del description.attrib[name]
    for element in list(tree.iter(f"{{{CONVERSION}}}*")):
        _drop(element)
    for namespace in list(tree.iter(f"{{{_SCHEMA}}}namespaceURI")):
        if (namespace.text or "").strip() == CONVERSION:
            _drop(next(namespace.iterancestors(f"{{{RDF}}}li")))


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _set_date(tree: etree._ElementTree, root: etree._Element, name: str, moment: str) -> None:
    for description in tree.iter(f"{{{RDF}}}Description"):
        description.attrib.pop(f"{{{XMP}}}{name}", None)
    element = tree.find(f".//{{{XMP}}}{name}")
    if element is None:
        element = etree.SubElement(_description(root, {"xmp": XMP}), f"{{{XMP}}}{name}")
    element.text = moment


def _description(root: etree._Element, prefixes: dict[str, str]) -> etree._Element:
    return etree.SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""}, nsmap=prefixes)


def _tell(root: etree._Element, told: dict[str, str]) -> None:
    description = _description(root, {"conversion": CONVERSION})
    for name, value in told.items():
        etree.SubElement(description, f"{{{CONVERSION}}}{name}").text = value


def _describe(tree: etree._ElementTree, root: etree._Element) -> None:
    bag = tree.find(f".//{{{_EXTENSION}}}schemas/{{{RDF}}}Bag")
    if bag is None:
        prefixes = {"pdfaExtension": _EXTENSION, "pdfaSchema": _SCHEMA, "pdfaProperty": _PROPERTY}
        schemas = etree.SubElement(_description(root, prefixes), f"{{{_EXTENSION}}}schemas")
        bag = etree.SubElement(schemas, f"{{{RDF}}}Bag")
    schema = _resource(bag)
    for name, text in (
        ("schema", "Conversion of a paper into a data message"),
        ("namespaceURI", CONVERSION),
        ("prefix", "conversion"),
    ):
        etree.SubElement(schema, f"{{{_SCHEMA}}}{name}").text = text
    properties = etree.SubElement(etree.SubElement(schema, f"{{{_SCHEMA}}}property"), f"{{{RDF}}}Seq")
    for name, (kind, meaning) in _PROPERTIES.items():
        entry = _resource(properties)
        for key, text in (("name", name), ("valueType", kind), ("category", "external"), ("description", meaning)):
            etree.SubElement(entry, f"{{{_PROPERTY}}}{key}").text = text


def _resource(parent: etree._Element) -> etree._Element:
    prefixes = {"pdfaSchema": _SCHEMA, "pdfaProperty": _PROPERTY}
    return etree.SubElement(parent, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"}, nsmap=prefixes)
