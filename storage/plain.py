"""Frozen dataclasses to JSON and back, checked against their type hints. Knows no class in particular.

Understands what the domain model uses: str, int, float, bool, None, str enums, aware datetimes, unions, tuples,
mappings with text as keys, and dataclasses of these.
"""

import dataclasses
import json
import math
import types
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Misfit(ValueError):
    """A value does not fit its type. The message says where, and what was found; never the value itself."""


def dump_json(plain: object) -> bytes:
    """Return canonical JSON: keys sorted, one value a line, UTF-8, a newline at the end.

    Raises Misfit for what JSON or UTF-8 cannot say.
    """
    try:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
        return f"{text}\n".encode()
    except (TypeError, ValueError) as error:
        raise Misfit(str(error)) from None


def load_json(data: bytes) -> dict[str, Any]:
    """Return the object that `data` holds, or raise Misfit: also for a key given twice, NaN and the like."""
    try:
        plain = json.loads(data.decode(), object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Misfit(f"not JSON: {error}") from None
    if not isinstance(plain, dict):
        raise Misfit("not a JSON object")
    return plain


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        raise ValueError("a key is given twice")
    return plain


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def to_plain(value: object) -> Any:
    """Return the value in terms of dict, list, str, int, float, bool and None; datetimes as ISO 8601 in UTC.

    Raises Misfit for a datetime without zone, a number that JSON cannot say, or a type not listed above.
    """
    # Enum before the scalars: a StrEnum is a str too, and must come out as its bare value.
    match value:
        case Enum():
            return to_plain(value.value)
        case None | str() | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case datetime() if value.tzinfo is not None:
            return _in_utc(value)
        case Mapping():
            return {str(name): to_plain(part) for name, part in value.items()}
        case tuple() | list():
            return [to_plain(part) for part in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise Misfit(f"a {type(value).__name__} that JSON cannot carry")


def _in_utc(moment: datetime) -> str:
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        raise Misfit("a time before year 1 or after year 9999") from None


def from_plain(kind: type[T], plain: object) -> T:
    """Return the dataclass `kind` made of plain values, or raise Misfit.

    A field with a default may be absent; a field nobody knows may not be there.
    """
    return cast(T, _read(kind, plain, ""))


def _read(kind: Any, plain: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), plain, where)
    if origin is tuple:
        return _read_tuple(get_args(kind), plain, where)
    if origin is not None and issubclass(origin, Mapping):
        return _read_mapping(get_args(kind)[1], plain, where)
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(cast(type[Any], kind), plain, where)
    return _read_scalar(kind, plain, where)


def _read_scalar(kind: type, plain: object, where: str) -> object:
    # bool is an int to Python, not to us.
    if kind is float and type(plain) is int:
        return float(plain)
    if type(plain) is kind:
        return _sound_text(plain, where) if isinstance(plain, str) else plain
    if isinstance(plain, str) and issubclass(kind, Enum | datetime):
        try:
            read = kind.fromisoformat(plain) if issubclass(kind, datetime) else kind(plain)
        except ValueError:
            raise Misfit(f"{where}: not a {kind.__name__}") from None
        if isinstance(read, datetime) and read.tzinfo is None:
            raise Misfit(f"{where}: a time without its zone")
        return read
    raise Misfit(f"{where}: {type(plain).__name__} where {kind.__name__} belongs")


def _sound_text(text: str, where: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Misfit(f"{where}: half of a surrogate pair") from None
    return text


def _read_union(kinds: tuple[Any, ...], plain: object, where: str) -> Any:
    if plain is None and types.NoneType in kinds:
        return None
    for kind in kinds:
        if kind is not types.NoneType and isinstance(plain, list) == (get_origin(kind) is tuple):
            return _read(kind, plain, where)
    raise Misfit(f"{where}: {type(plain).__name__} does not belong here")


def _read_tuple(kinds: tuple[Any, ...], plain: object, where: str) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise Misfit(f"{where}: {type(plain).__name__} where a list belongs")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(plain)
    if len(kinds) != len(plain):
        raise Misfit(f"{where}: {len(plain)} values where {len(kinds)} belong")
    return tuple(_read(kind, part, f"{where}[{n}]") for n, (kind, part) in enumerate(zip(kinds, plain, strict=True)))


def _read_mapping(kind: Any, plain: object, where: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise Misfit(f"{where}: {type(plain).__name__} where an object belongs")
    return {_sound_text(name, where): _read(kind, part, f"{where}.{name}") for name, part in plain.items()}


def _read_dataclass(kind: type[Any], plain: object, where: str) -> Any:
    if not isinstance(plain, dict):
        raise Misfit(f"{where or kind.__name__}: {type(plain).__name__} where an object belongs")
    hints = _hints(cast(Hashable, kind))
    if unknown := sorted(set(plain) - set(hints)):
        raise Misfit(f"{where or kind.__name__}: unknown {', '.join(map(ascii, unknown))}")
    required = {f.name for f in dataclasses.fields(kind) if _has_no_default(f)}
    if absent := sorted(required - set(plain)):
        raise Misfit(f"{where or kind.__name__}: no {', '.join(absent)}")
    below = f"{where}." if where else ""
    return kind(**{name: _read(hints[name], part, below + name) for name, part in plain.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
