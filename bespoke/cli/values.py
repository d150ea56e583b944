"""Readers of the values of options, each of which refuses what it cannot read in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Value = TypeVar("Value")


def reader(read: Callable[[str], Value], fault: str) -> Callable[[str], Value]:
    """Reader of what ``read`` reads, or refuses with a ValueError; ``fault`` says what the text is not."""

    def reading(text: str) -> Value:
        try:
            return read(text)
        except ValueError:
            raise click.BadParameter(f"'{text}' is {fault}") from None

    return reading


def listed(read: Callable[[str], Any], what: str) -> Callable[[str], tuple[Any, ...]]:
    """Reader of a list with commas, each part of which ``read`` reads or refuses with a ValueError."""
    return reader(lambda text: tuple(read(part) for part in text.split(",")), f"not a list of {what}")


layers = listed(int, "layer sizes such as 4 or 5,3")
numbers = listed(float, "numbers such as 0,0.1,0.3")


def named(text: str) -> str:
    """A name: what is not only blanks, without those around it."""
    if not text.strip():
        raise ValueError
    return text.strip()


_feature_names = listed(named, "names of features")


def input_bits(text: str) -> int | dict[str, int]:
    """Read ``B`` (all features) or ``name=B,name=B`` (some of them)."""
    if "=" not in text:
        return _input_bits(text)
    found: dict[str, int] = {}
    for item in text.split(","):
        feature, _, bits = item.rpartition("=")
        if not feature:
            raise click.BadParameter(f"'{item}' is not of the form name=B")
        if feature in found:
            raise click.BadParameter(f"feature '{feature}' is named twice")
        found[feature] = _input_bits(bits)
    return found


def input_words(text: str) -> str | tuple[str, ...]:
    """Read ``auto``, ``all``, ``none`` or ``name,name``."""
    return text if text in ("auto", "all", "none") else _feature_names(text)


def input_codes(text: str) -> str | dict[str, str]:
    """Read ``CODE`` (all features) or ``name=CODE,name=CODE`` (some of them)."""
    if "=" not in text:
        return text
    pairs = [item.rpartition("=") for item in text.split(",")]
    found = {feature: code for feature, _, code in pairs}
    if not all(found) or len(found) < len(pairs):
        raise click.BadParameter(f"'{text}' is not of the form name=CODE,name=CODE with each feature once")
    return found


def weight_bits(text: str) -> int | tuple[int, ...]:
    """Read ``B`` (all layers) or ``B1,B2,...`` (one a layer)."""
    bits = tuple(map(_layer_bits, text.split(",")))
    return bits[0] if len(bits) == 1 else bits


def _voltage(text: str) -> float | str | tuple[float, ...]:
    """Read ``V``, ``V..V`` or ``best``."""
    if text == "best":
        return text
    volts = tuple(float(part.removesuffix("V")) for part in text.split(".."))
    if len(volts) > 2:
        raise ValueError
    return volts if len(volts) == 2 else volts[0]


def _seconds(text: str) -> float:
    if not 0 < float(text) <= 1e6:
        raise ValueError
    return float(text)


def _share(text: str) -> float:
    """Read ``area``, ``power`` or the share of power in a mix of both."""
    share = {"area": 0.0, "power": 1.0}.get(text)
    share = float(text) if share is None else share
    if not 0 <= share <= 1:
        raise ValueError
    return share


patterns = listed(named, "names of cells")
_input_bits = reader(int, "not a number of bits; allowed: B or name=B,name=B")
_layer_bits = reader(int, "not a number of bits; allowed: B or B1,B2,... (one a layer)")
supply_voltage = reader(_voltage, "not a voltage; allowed: volts, or best or lowest..highest with --period-ms")
seconds = reader(_seconds, "no time; allowed: seconds, above 0, up to a million")
power_share = reader(_share, "no objective; allowed: area, power, or a share of power from 0 to 1")
