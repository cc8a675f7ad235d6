"""Every knob, as one frozen object. The only module that reads the environment."""

import difflib
import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ocr.readers.named import all_modes, is_mode
from sohoa.errors import Misconfigured, UnknownMode

PREFIX = "SOHOA_"
TESTS = "SOHOA_TEST_"
"""Names that belong to the tests and are let through."""


def user_data_folder() -> Path:
    """Return where the embedded deployment lies when nobody says otherwise."""
    return Path(platformdirs.user_data_dir("sohoa", appauthor=False))


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user id without an account
        return f"uid {os.getuid()}"


class Settings(BaseSettings):
    """Every knob. Nothing is read at import: `load` constructs it once, in an edge."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    home: Path = Field(default_factory=user_data_folder, description="folder of all that the embedded deployment keeps")
    user: str = Field(default_factory=_user_name, description="account written into reviews, reuse and audit log")
    mode: str = Field(default="standard", description="how papers are read: fast, standard or FINDER/READER")
    workers: int = Field(default=0, ge=0, le=256, description="reading processes; 0 is one a core")
    page_seconds: int = Field(default=120, ge=5, description="time limit for reading one page")
    worker_memory_mb: int = Field(default=3000, ge=600, description="memory limit of one reading process")
    key_backup: Path | None = Field(default=None, description="copy of the key store, checked by `sohoa doctor`")
    retention_years: int | None = Field(
        default=None, description="retention where the document type names none; absent: permanent"
    )
    missing_pages: Literal["ask", "note"] = Field(
        default="ask", description="whether a page that is plainly missing waits for a person before the seal"
    )
    lease_seconds: int = Field(default=60, ge=10, description="how long a silent worker keeps its paper")
    watch: Path | None = Field(default=None, description="folder that `sohoa up` takes papers in from")
    watch_seconds: float = Field(default=5, ge=0.2, le=30, description="between two looks at the watched folder")
    watch_settle_seconds: float = Field(default=10, ge=0, description="how long a file must stand still to be whole")
    s3_endpoint: str | None = Field(
        default=None, pattern=r"^https?://[^/]+/?$", description="address of MinIO or another S3; absent: the disk"
    )
    s3_access_key: SecretStr | None = Field(default=None, description="account in the S3 store")
    s3_secret_key: SecretStr | None = Field(default=None, description="its secret")
    s3_admin_access_key: SecretStr | None = Field(
        default=None, description="account that administers the S3 store, for `doctor --worm` alone"
    )
    s3_admin_secret_key: SecretStr | None = Field(default=None, description="its secret")
    s3_bucket: str = Field(default="sohoa", description="bucket, made with versioning and object lock")
    s3_region: str = Field(default="us-east-1", description="region the S3 store signs for")
    s3_ca: Path | None = Field(default=None, description="certificates (PEM) that vouch for the S3 store")
    s3_lock: Literal["governance", "compliance"] = Field(
        default="compliance", description="how objects are locked: compliance binds the administrator too"
    )
    s3_encryption: Literal["none", "sse-s3"] = Field(
        default="none", description="whether the S3 store encrypts what it keeps"
    )
    elasticsearch_url: str | None = Field(
        default=None, pattern=r"^https?://[^/]+/?$", description="address of Elasticsearch 8; absent: an index on disk"
    )
    elasticsearch_api_key: SecretStr | None = Field(default=None, description="API key with rights on the alias only")
    elasticsearch_ca: Path | None = Field(default=None, description="certificates (PEM) that vouch for Elasticsearch")
    index: str = Field(default="sohoa", pattern=r"^[a-z][a-z0-9_-]{0,100}$", description="alias in Elasticsearch")
    database_url: SecretStr | None = Field(
        default=None, description="address of PostgreSQL, postgresql://user:password@host/name; absent: SQLite"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"


def load(*, home: Path | None = None) -> Settings:
    """Return the settings of the environment; `home` from the command line goes first.

    Raises:
        Misconfigured: an unknown SOHOA_ name, or a value that does not fit; names the variable, never its value.
        UnknownMode: no reader goes by the name in SOHOA_MODE.
    """
    _refuse_unknown(os.environ)
    try:
        settings = Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        places = sorted({PREFIX + str(e["loc"][0]).upper() for e in error.errors() if e["loc"]})
        raise Misconfigured(variables=", ".join(places)) from None
    _refuse_half(settings)
    if not is_mode(settings.mode):
        raise UnknownMode(settings.mode, modes=all_modes())
    return settings.model_copy(update={"home": settings.home.expanduser().resolve()})


def _refuse_half(settings: Settings) -> None:
    """Stop where an address is given without its account, or an account without its address: papers would go astray."""
    accounts = {"s3_endpoint": ("s3_access_key", "s3_secret_key")}
    missing = [n for n in accounts["s3_endpoint"] if settings.s3_endpoint is not None and getattr(settings, n) is None]
    for address, names in {**accounts, "elasticsearch_url": ("elasticsearch_api_key",)}.items():
        if getattr(settings, address) is None and any(getattr(settings, name) is not None for name in names):
            missing.append(address)
    if missing:
        raise Misconfigured(variables=", ".join(PREFIX + name.upper() for name in missing))


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """Stop on a name we do not know: pydantic-settings would ignore SOHOA_HOEM in silence."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in environment:
        if name.startswith(PREFIX) and not name.startswith(TESTS) and name not in known:
            nearest = difflib.get_close_matches(name, sorted(known), n=1)
            raise Misconfigured(variables=name, nearest=nearest[0] if nearest else "")
