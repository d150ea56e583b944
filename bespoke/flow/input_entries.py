"""The inputs of a circuit in its manifest: which ports carry a feature, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from bespoke.errors import ModelFileError, OutputError
from bespoke.model import BinaryCode, Boundary, InputCode, InputCoding, IntegerModel, ThermometerCode
from bespoke.numeric import whole_number
from bespoke.verilog import Ports, Word


def input_entries(coding: InputCoding, boundary: Boundary, ports: Ports) -> list[dict[str, Any]]:
    """An entry per feature, as plain data.

    A feature in binary has its ``port``. A thermometer code has ``levels``, each with ``port``, ``level`` on the grid,
    and ``value``: where the feature reaches it, in its own unit.
    """
    words, entries = iter(ports.inputs), []
    for index, (name, code) in enumerate(zip(boundary.names, boundary.codes, strict=True)):
        own = list(islice(words, len(code.ports(name))))
        facts = {"feature": name, "bits": code.bits, "low": coding.low[index], "span": coding.span[index]}
        entries.append(CODE_ENTRIES[type(code)](code, own, coding, index) | facts)
    return entries


def read_boundary(manifest: Mapping[str, Any], model: IntegerModel, where: str) -> Boundary:
    """What the ports of a stored design carry: a binary word of each feature for which the manifest has no levels.

    Raises
    ------
    OutputError
        If levels are not whole numbers that ascend on the grid of their feature.
    """
    coding = model.coding
    codes: list[InputCode] = list(map(BinaryCode, coding.bits))
    entries = manifest.get("inputs", [])
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if index < len(codes) and isinstance(entry, dict) and "levels" in entry:
            codes[index] = ThermometerCode(coding.bits[index], _levels(entry["levels"], coding.bits[index], where))
    return Boundary(coding.names, tuple(codes))


def _levels(entries: Any, bits: int, where: str) -> tuple[int, ...]:  # noqa: ANN401  what JSON has
    try:
        levels = tuple(whole_number(entry["level"], ModelFileError) for entry in entries)
    except (ModelFileError, KeyError, TypeError):
        levels = (0,)
    if list(levels) != sorted(set(levels)) or any(not 0 < level < 1 << bits for level in levels):
        allowed = f"whole numbers from 1 to {(1 << bits) - 1}, ascending"
        raise OutputError("malformed", where=f"{where}, levels", got=repr(entries)[:40], allowed=allowed)
    return levels


def _port(_: BinaryCode, ports: Sequence[Word], _coding: InputCoding, _index: int) -> dict[str, Any]:
    return {"port": ports[0].identifier}


def _level_entries(code: ThermometerCode, ports: Sequence[Word], coding: InputCoding, index: int) -> dict[str, Any]:
    pairs = zip(ports, code.levels, strict=True)
    values = [{"port": p.identifier, "level": level, "value": coding.at_level(index, level)} for p, level in pairs]
    return {"levels": values}


CODE_ENTRIES: dict[type[InputCode], Callable[[Any, Sequence[Word], InputCoding, int], dict[str, Any]]] = {
    BinaryCode: _port,
    ThermometerCode: _level_entries,
}
