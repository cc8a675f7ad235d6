"""What the reader can write, and the one spelling in which labels are given to it. Pure.

The classes begin with those of the recogniser that the reader started from, in its order: its weights fit as they are.
"""

import re
import unicodedata

_FIRST = (
    "&1#@'()+,-./023456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz<>"
    "ÀÁÂÃÇÈÉÊÌÍÒÓÔÕÙÚÝàáâãçèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư"
    "ẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ"
    "’“”;*$% "
)
"""The recogniser trueocr's classes 1 to 222."""
_ADDED = '!"=?[\\]^{|}~‘–—…§°¹²³½¼¾×÷±≤≥•·☐☒☑«»€£₫№→′″µ'
ALPHABET = _FIRST + _ADDED
"""Class i writes ALPHABET[i - 1]; class 0 is the blank of CTC."""
BORROWED_CLASSES = len(_FIRST) + 1
"""Classes whose weights are taken over, the blank among them."""

_LOOKALIKES = str.maketrans(
    {
        "Ð": "Đ",
        "º": "°",
        "˚": "°",
        "−": "–",
        "‒": "–",
        "―": "—",
        "‐": "-",
        "\u2011": "-",
        "\u00ad": "-",
        "□": "☐",
        "❑": "☐",
        "❏": "☐",
        "⬜": "☐",
        "⊠": "☒",
        "●": "•",
        "\uf0b7": "•",
        "‚": ",",
        "⁄": "/",
        "μ": "µ",
    }
)
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_LEADERS = re.compile(r"(?:[.…] ?){3,}[.…]|…[.…]+|\.+…[.…]*")
LEADERS = "..."
"""The label of every run of four or more dots: how many there are says nothing."""

_CLASS_OF = {letter: index for index, letter in enumerate(ALPHABET, start=1)}


def as_label(text: str) -> str | None:
    """Return the text as a label: NFC, single spaces, look-alikes as one; None where a letter is unknown."""
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_LOOKALIKES)
    plain = " ".join(_LEADERS.sub(LEADERS, plain).split())
    return plain if _CLASS_OF.keys() >= set(plain) else None


def classes(label: str) -> list[int]:
    """Return the classes of a label's letters. KeyError for a letter outside the alphabet: see as_label."""
    return [_CLASS_OF[letter] for letter in label]
