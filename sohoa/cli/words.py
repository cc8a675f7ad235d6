"""Vietnamese words for what tables show."""

from typing import Any

STATES = {
    "working": "đang xử lý",
    "kept": "đã lưu",
    "review": "chờ kiểm tra",
    "pending": "chờ",
    "held": "đã có trong kho",
    "quarantined": "để riêng",
    "failed": "lỗi",
    "ignored": "bỏ qua",
    "superseded": "đã được thay thế",
    "revoked": "đã thu hồi",
}

ANSWERS = {"held": "CÓ", "stale": "CÓ, HẾT HẠN", "not_held": "CHƯA CÓ"}

VERDICTS = {
    "valid": "HỢP LỆ",
    "indeterminate": "CHƯA XÁC ĐỊNH",
    "invalid": "KHÔNG HỢP LỆ",
    "unsigned": "CHƯA KÝ",
}


def shown(value: Any) -> str:
    """Return a field's value on one line."""
    if value is None:
        return "—"
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)
