"""The servers that the settings name, each asked how it is, for `sohoa doctor`. doctor.py looks at what is embedded."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from flows.serve import answers, named
from sohoa.doctor import FAULT, OK, WARNING, Check
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.settings import Settings
from sohoa.wiring import elastic_index, s3_access
from storage.database_health import look_at_database
from storage.s3_bucket import health, oddities

SOON = timedelta(days=30)
"""A certificate that ends within this is told of."""

CLOCK_SECONDS = 60.0
"""Retention and seals are dated: clocks that differ by more are told of."""

LEAST_FREE_BYTES = 2 << 30
NAMED = 3
"""How many hidden objects a message names."""


def engines(settings: Settings) -> Iterator[Check]:
    """Yield a check for each server that is named; none where all is embedded."""
    asked: list[tuple[bool, str, Callable[[Settings], Check]]] = [
        (settings.s3_endpoint is not None, "s3", _s3),
        (settings.s3_endpoint is not None, "s3_objects", _s3_objects),
        (settings.elasticsearch_url is not None, "elasticsearch", _elasticsearch),
        (settings.database_url is not None, "database", _database),
        (named() is not None, "prefect", _prefect),
    ]
    for wanted, name, check in asked:
        if wanted:
            try:
                yield check(settings)
            except OUR_ERRORS as error:
                yield _fault(name, error)


def _fault(name: str, error: Exception) -> Check:
    why = reason_of(error)
    return Check(name=name, state=FAULT, message=why["message"], remedy=why["message_en"])


def _s3(settings: Settings) -> Check:
    found = health(s3_access(settings))
    said = [
        f"{found.endpoint} · {found.bucket}",
        found.server or "S3",
        f"phiên bản {_on(found.versioning)}, khóa đối tượng {_on(found.object_lock)} ({settings.s3_lock})",
        *_certificate(found.certificate_ends),
        *_clock(found.clock_seconds),
        "S3 không cho biết dung lượng trống",
    ]
    if not (found.versioning and found.object_lock):
        remedy = "dùng bucket tạo với object lock (name a bucket made with object lock in SOHOA_S3_BUCKET)"
        return Check(name="s3", state=FAULT, message="; ".join(said), remedy=remedy)
    return _dated("s3", said, found.certificate_ends, found.clock_seconds)


def _s3_objects(settings: Settings) -> Check:
    """Look for objects that somebody hid or wrote over: what was put is still served from its own version."""
    odd = list(islice(oddities(s3_access(settings)), NAMED + 1))
    if odd:
        more = " …" if len(odd) > NAMED else ""
        names = ", ".join(f"{one.key} ({one.kind})" for one in odd[:NAMED])
        return Check(
            name="s3_objects",
            state=FAULT,
            message=f"có người đã xóa dấu hoặc ghi đè: {names}{more}; bản gốc vẫn còn và vẫn được dùng",
            remedy="kiểm tra ai có quyền trên bucket, thu hồi quyền thừa (see who may write to the bucket; "
            "the first versions are served and safe)",
        )
    return Check(name="s3_objects", state=OK, message="không có đối tượng nào bị ẩn hay ghi đè")


def _elasticsearch(settings: Settings) -> Check:
    found = elastic_index(settings).health()
    if found.error is not None:
        return _fault("elasticsearch", found.error)
    layout = {None: "chưa có chỉ mục", True: "cấu trúc đúng phiên bản", False: "cấu trúc cũ"}[found.layout_current]
    said = [
        f"{found.place} · {settings.index}",
        f"Elasticsearch {found.version}",
        f"{layout}, {found.documents or 0} hồ sơ",
        *_certificate(found.certificate_expires),
        *_clock(found.clock_ahead_seconds),
        *([f"còn trống {found.free_bytes >> 30} GiB"] if found.free_bytes is not None else []),
    ]
    if found.layout_current is False:
        return Check(name="elasticsearch", state=FAULT, message="; ".join(said), remedy="sohoa reindex")
    if found.free_bytes is not None and found.free_bytes < LEAST_FREE_BYTES:
        remedy = "thêm đĩa cho Elasticsearch (give Elasticsearch more room)"
        return Check(name="elasticsearch", state=WARNING, message="; ".join(said), remedy=remedy)
    return _dated("elasticsearch", said, found.certificate_expires, found.clock_ahead_seconds)


def _database(settings: Settings) -> Check:
    assert settings.database_url is not None
    found = look_at_database(settings.database_url.get_secret_value())
    said = [
        found.place,
        f"PostgreSQL {found.version}",
        "lược đồ đúng phiên bản" if found.schema_current else f"lược đồ {found.schema}",
        "kết nối mã hóa" if found.encrypted else "kết nối không mã hóa",
        *_clock(found.clock_seconds),
        "PostgreSQL không cho biết dung lượng trống",
    ]
    if not found.schema_current:
        remedy = "chạy lại lệnh bất kỳ để nâng cấp; nếu không được, cập nhật sohoa (any command upgrades it)"
        return Check(name="database", state=FAULT, message="; ".join(said), remedy=remedy)
    return _dated("database", said, None, found.clock_seconds)


def _prefect(_settings: Settings) -> Check:
    url = named()
    if url is None or not answers(url):
        return Check(
            name="prefect",
            state=FAULT,
            message=f"{url}: không trả lời",
            remedy="khởi động máy chủ Prefect hoặc bỏ PREFECT_API_URL (start it, or unset PREFECT_API_URL)",
        )
    try:
        with urllib.request.urlopen(f"{url}/admin/version", timeout=5) as reply:  # noqa: S310 - the operator's own
            version = json.load(reply)
    except (urllib.error.URLError, OSError, ValueError):
        version = "?"
    return Check(name="prefect", state=OK, message=f"{url}; Prefect {version}")


def _dated(name: str, said: list[str], ends: datetime | None, clock: float | None) -> Check:
    """Return the check, with a warning where a certificate ends soon or the clocks differ."""
    state, remedy = OK, ""
    if clock is not None and abs(clock) > CLOCK_SECONDS:
        state, remedy = WARNING, "đồng bộ giờ hai máy bằng NTP (set both clocks by NTP)"
    if ends is not None and ends - datetime.now(UTC) < SOON:
        state, remedy = WARNING, "gia hạn chứng thư máy chủ (renew the server's certificate)"
    return Check(name=name, state=state, message="; ".join(said), remedy=remedy)


def _certificate(ends: datetime | None) -> list[str]:
    return [f"chứng thư đến {ends:%d/%m/%Y}" if ends else "không dùng TLS"]


def _clock(seconds: float | None) -> list[str]:
    return [] if seconds is None else [f"lệch giờ {seconds:+.0f} giây"]


def _on(what: bool) -> str:
    return "bật" if what else "TẮT"
