"""What an S3 server's answers mean to us."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from urllib3 import HTTPResponse

from storage.errors import ObjectMissing, StorageError, StoreFull, StoreUnavailable, StoreUnusable
from storage.retention_s3 import PERMANENT, day_of, end_of
from storage.s3_access import S3Access
from storage.s3_errors import refused
from storage.s3_wire import S3Wire

POLICY = Path(__file__).parents[3] / "infra" / "s3" / "policy.json"


def answer(status: int, code: str = "") -> HTTPResponse:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message></Error>" if code else ""
    return HTTPResponse(body=io.BytesIO(body.encode()), status=status)


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        pytest.param(404, "NoSuchKey", ObjectMissing, id="key"),
        pytest.param(404, "NoSuchVersion", ObjectMissing, id="version"),
        pytest.param(404, "", ObjectMissing, id="no-body"),
        pytest.param(404, "NoSuchBucket", StoreUnusable, id="bucket"),
        pytest.param(403, "AccessDenied", StoreUnusable, id="no-right"),
        pytest.param(403, "RequestTimeTooSkewed", StoreUnusable, id="clock"),
        pytest.param(400, "InvalidRequest", StoreUnusable, id="unforeseen"),
        pytest.param(400, "BadDigest", StoreUnavailable, id="damaged-on-the-way"),
        pytest.param(507, "XMinioStorageFull", StoreFull, id="full"),
        pytest.param(400, "QuotaExceeded", StoreFull, id="quota"),
        pytest.param(503, "SlowDown", StoreUnavailable, id="busy"),
        pytest.param(429, "", StoreUnavailable, id="too-many"),
        pytest.param(500, "", StoreUnavailable, id="fails"),
        pytest.param(501, "NotImplemented", StoreUnusable, id="lacks-what-is-needed"),
    ],
)
def test_an_answer_means(status: int, code: str, meaning: type[StorageError]) -> None:
    assert type(refused("there", answer(status, code), "k")) is meaning


def test_secrets_are_not_shown() -> None:
    access = S3Access(endpoint="https://s3:9000", access_key="a", secret_key="hidden", bucket="b")
    assert "hidden" not in repr(access)


def test_a_certificate_file_that_is_not_there_is_named() -> None:
    access = S3Access(endpoint="https://s3:9000", access_key="a", secret_key="s", bucket="b", ca=Path("/no/ca.crt"))
    with pytest.raises(StoreUnusable, match=r"/no/ca\.crt"):
        S3Wire(access)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2030, 12, 31), date(2999, 12, 30)])
def test_a_day_is_kept_to_its_last_second_in_vietnam(day: date) -> None:
    end = end_of(day)
    assert (end.hour, end.minute, end.second, end.tzinfo) == (16, 59, 59, UTC)
    assert day_of(end) == day


@pytest.mark.parametrize("day", [None, PERMANENT, date.max])
def test_far_days_are_permanent(day: date | None) -> None:
    assert day_of(end_of(day)) is None


def test_a_day_that_is_kept_in_part_does_not_count() -> None:
    assert day_of(datetime(2030, 1, 1, 5, 0, tzinfo=UTC)) == date(2029, 12, 31)
    assert day_of(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) is None


def test_the_policy_allows_nothing_that_destroys() -> None:
    statements = json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]
    allowed = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
    assert not {action for action in allowed if "*" in action or "Delete" in action or "Bypass" in action}
    assert not {action for action in allowed if action.startswith("s3:PutBucket") or "Lifecycle" in action}
