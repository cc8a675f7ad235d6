"""Vietnamese words for what tables show."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sohoa.local_time import VIETNAM

STATES = {
    "working": "đang xử lý",
    "kept": "đã lưu",
    "review": "chờ kiểm tra",
    "pending": "chờ làm tiếp",
    "held": "đã có trong kho",
    "quarantined": "để riêng",
    "failed": "lỗi",
    "ignored": "bỏ qua",
    "superseded": "đã được thay thế",
    "revoked": "đã thu hồi",
}

WAITS = {
    ("working", None): "chưa xử lý xong",
    ("review", "person"): "chờ người kiểm tra",
    ("pending", "seal"): "chờ ký số",
    ("pending", "index"): "đã lưu, chờ lập chỉ mục",
    ("pending", "store"): "chờ kho lưu trữ",
}
"""What a document waits for, by state and by what it waits for; else the word of the state."""

BATCHES = {"open": "đang mở", "closed": "đã đóng"}

ANSWERS = {"held": "CÓ", "stale": "CÓ NHƯNG HẾT HẠN", "not_held": "CHƯA CÓ"}

ROLES = {
    "master": "bản gốc",
    "legal": "bản pháp lý",
    "access": "bản xem",
    "text": "văn bản đọc được",
    "report": "báo cáo",
    "record": "mô tả",
}

EVENTS = {
    "received": "tiếp nhận",
    "sealed": "ký số",
    "kept": "lưu kho",
    "access_copy_made": "tạo bản xem",
    "reviewed": "kiểm tra",
    "rejected": "từ chối",
    "split": "tách văn bản",
    "merged": "ghép văn bản",
    "rescanned": "quét lại một trang",
    "superseded": "thay thế",
    "revoked": "thu hồi",
    "retention_extended": "gia hạn bảo quản",
}

VERDICTS = {
    "valid": "HỢP LỆ",
    "indeterminate": "CHƯA XÁC ĐỊNH",
    "invalid": "KHÔNG HỢP LỆ",
    "unsigned": "CHƯA KÝ",
}


FACETS = {
    "document_type": "Loại văn bản",
    "issuing_authority": "Cơ quan ban hành",
    "year": "Năm",
    "state": "Trạng thái",
}

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def shown(value: Any) -> str:
    """Return a field's value on one line, a day as 04/02/2025."""
    if value is None:
        return "—"
    if isinstance(value, list | tuple):
        return "; ".join(value)
    return _ISO_DAY.sub(r"\3/\2/\1", value) if _ISO_DAY.fullmatch(str(value)) else str(value)


def moment(iso: str | None) -> str:
    """Return a moment by the clocks of Vietnam: 30/11/2026 12:56:28."""
    if not iso:
        return "—"
    at = datetime.fromisoformat(iso)
    return (at if at.tzinfo is None else at.astimezone(VIETNAM)).strftime("%d/%m/%Y %H:%M:%S")


def counted(number: int) -> str:
    """Return a number as it is written in Vietnamese: 10.000."""
    return f"{number:,}".replace(",", ".")


def decimal(number: float) -> str:
    """Return a number with one place, after a comma."""
    return f"{number:.1f}".replace(".", ",").removesuffix(",0")


def pages_in_words(pages: Sequence[int] | None) -> str:
    """Return " tr. 3" or " tr. 3–4"; nothing for a file that was not opened."""
    if not pages:
        return ""
    first, last = pages
    return f" tr. {first}" if first == last else f" tr. {first}–{last}"


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Return documents by state, in the order of the states' table: "đã lưu 312 · chờ kiểm tra 4"."""
    return " · ".join(f"{word} {counted(counts[state])}" for state, word in STATES.items() if counts.get(state))


def lasting(seconds: float) -> str:
    """Return a span of time as people say it."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "dưới 1 phút"
    if minutes < 60:
        return f"{minutes} phút"
    hours, rest = divmod(minutes, 60)
    return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
