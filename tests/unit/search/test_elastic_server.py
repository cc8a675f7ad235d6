"""What the client raises becomes ours, with a place that holds no credentials."""

from pathlib import Path

import pytest
from elastic_transport import ApiResponseMeta, ConnectionTimeout, HttpHeaders, NodeConfig, TlsError
from elastic_transport import ConnectionError as NotConnected
from elasticsearch import ApiError, UnsupportedProductError

from search.elastic_server import open_server
from search.errors import IndexDamaged, IndexRefused, IndexUnavailable

NODE = NodeConfig("https", "es", 9200)


def answered(status: int, kind: str = "") -> ApiError:
    meta = ApiResponseMeta(status=status, http_version="1.1", headers=HttpHeaders(), duration=0, node=NODE)
    return ApiError("x", meta, {"error": {"type": kind, "reason": "a reason"}})


@pytest.mark.parametrize(
    ("raised", "ours", "says"),
    [
        (NotConnected("x"), IndexUnavailable, "no connection"),
        (ConnectionTimeout("x"), IndexUnavailable, "no answer in time"),
        (TlsError("x"), IndexRefused, "SOHOA_ELASTICSEARCH_CA"),
        (answered(429), IndexUnavailable, "a reason"),
        (answered(503), IndexUnavailable, "a reason"),
        (answered(401), IndexRefused, "SOHOA_ELASTICSEARCH_API_KEY"),
        (answered(403), IndexRefused, "SOHOA_INDEX"),
        (answered(404), IndexDamaged, "it is gone"),
        (answered(400), IndexDamaged, "a reason"),
        (answered(400, "resource_already_exists_exception"), IndexUnavailable, "another command"),
        (UnsupportedProductError("x", meta=answered(200).meta, body={}), IndexRefused, "SOHOA_ELASTICSEARCH_URL"),
    ],
)
def test_every_error_is_ours_and_says_what_to_do(raised: Exception, ours: type, says: str) -> None:
    server = open_server("https://es:9200", api_key="x", ca=None)
    with pytest.raises(ours, match=says), server.translated():
        raise raised


def test_a_server_that_cannot_read_its_keys_yet_is_unavailable() -> None:
    why = {"additional_unsuccessful_credentials": "API key: apikey authentication for id x encountered a failure"}
    refused = ApiError("x", answered(401).meta, {"error": {"type": "security_exception", "reason": "no", **why}})
    server = open_server("https://es:9200", api_key="x", ca=None)
    with pytest.raises(IndexUnavailable), server.translated():
        raise refused


def test_the_place_holds_no_credentials() -> None:
    assert open_server("https://who:secret@es:9200/", api_key=None, ca=None).place == "https://es:9200"


def test_certificates_that_cannot_be_read_name_the_setting(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match="SOHOA_ELASTICSEARCH_CA"):
        open_server("https://es:9200", api_key="x", ca=tmp_path / "missing.pem")
