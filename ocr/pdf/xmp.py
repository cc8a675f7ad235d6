"""The metadata of a legal copy: XMP and the document information, saying the same."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

PRODUCER = "sohoa"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>vi-VN</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <xmp:CreateDate>{moment}</xmp:CreateDate>
   <xmp:ModifyDate>{moment}</xmp:ModifyDate>
   <xmp:MetadataDate>{moment}</xmp:MetadataDate>
   <xmp:CreatorTool>{producer}</xmp:CreatorTool>
   <pdf:Producer>{producer}</pdf:Producer>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def xmp_packet(title: str, created: datetime) -> bytes:
    """Return the XMP packet of a PDF/A-2b file, UTF-8.

    Source: ISO 19005-2, 6.6.2 and 6.6.4.
    """
    moment = _zoned(created).isoformat(timespec="seconds")
    return _PACKET.format(title=escape(printable(title)), moment=moment, producer=PRODUCER).encode()


def information(title: str, created: datetime) -> dict[str, str]:
    """Return the entries of the document information dictionary, equal to the XMP packet's."""
    moment = pdf_date(created)
    return {
        "/Title": printable(title),
        "/CreationDate": moment,
        "/ModDate": moment,
        "/Creator": PRODUCER,
        "/Producer": PRODUCER,
    }


def pdf_date(moment: datetime) -> str:
    """Return the moment as PDF writes it, to the second, with its zone. Source: ISO 32000-1, 7.9.4."""
    moment = _zoned(moment)
    zone = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def printable(text: str) -> str:
    """Return the text without characters that XML cannot carry."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
