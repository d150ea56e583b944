"""Models of converters as TOML files: those that come with bespoke, and the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bespoke.converters.model import ConverterModel
from bespoke.errors import ConverterError

_BUILT_IN = Path(__file__).parent / "data"
_ENCODERS = ("or", "free", "absent")
_MOST_BITS = 16


def converter_names() -> tuple[str, ...]:
    """Names of the models that come with bespoke."""
    return tuple(sorted(path.stem for path in _BUILT_IN.glob("*.toml")))


def load_converters(name: str | Path) -> ConverterModel:
    """Read a model by name, or from a file of the user.

    Parameters
    ----------
    name : str or Path
        A name of `converter_names`, or the path of a TOML file with fields of `ConverterModel`.

    Raises
    ------
    ConverterError
        If there is no such model, or the file is malformed.
    """
    path = Path(name)
    if path.suffix != ".toml":
        if str(name) not in converter_names():
            hint = "".join(get_close_matches(str(name), converter_names(), n=1))
            allowed = f"{', '.join(converter_names())}, or a .toml file"
            raise ConverterError("no such converters", got=name, allowed=allowed, hint=hint)
        path = _BUILT_IN / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConverterError("cannot be read", where=str(path), got=error.strerror) from None
    except ValueError as error:
        raise ConverterError("not TOML", where=str(path), got=error) from None
    return _model(path, data)


def _model(path: Path, data: dict[str, Any]) -> ConverterModel:
    known = {one.name for one in fields(ConverterModel)} - {"name"}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ConverterError("no such field", where=str(path), got=unknown[0], allowed=", ".join(sorted(known)))
    for name, (holds, allowed) in _RULES.items():
        if name in data and not holds(data[name]):
            raise ConverterError("not allowed", where=f"{path}, {name}", got=data[name], allowed=allowed)
    lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    model = ConverterModel(**{"name": path.stem, "title": "", "source": str(path), **data, **lists})
    powers = lists.get("power_per_level_uw")
    if powers is not None and (len(model.bits) != 1 or len(powers) != (1 << model.bits[0]) - 1):
        allowed = "one bits, and a power for each of its levels from 1 on"
        raise ConverterError("powers and bits do not fit", where=str(path), got=len(powers), allowed=allowed)
    return model


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_cost(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_COST = (_is_cost, "a number, 0 or more")
_TEXT = (_is_text, "a text")
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "title": _TEXT,
    "source": _TEXT,
    "technology": _TEXT,
    "vdd": (lambda value: _is_cost(value) and value > 0, "volts, above 0"),
    "bits": (
        lambda value: isinstance(value, list) and all(_is_whole(bits, 1, _MOST_BITS) for bits in value),
        f"a list of whole numbers from 1 to {_MOST_BITS}",
    ),
    "area_per_input_mm2": _COST,
    "area_per_level_mm2": _COST,
    "power_per_input_uw": _COST,
    "power_per_level_uw": (
        lambda value: all(map(_is_cost, value)) if isinstance(value, list) else _is_cost(value),
        "a number, 0 or more, or a list of them",
    ),
    "encoder": (_ENCODERS.__contains__, ", ".join(_ENCODERS)),
    "spare_comparators": (lambda value: _is_whole(value, 0, 1), "0 or 1"),
}
