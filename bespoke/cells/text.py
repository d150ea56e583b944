"""CellLibrary as JSON text.

The text is compact: figures of one cell on one line, and the axes of tables listed once, to which the tables
refer by number.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from bespoke.cells.expression import input_tables, parse_expression
from bespoke.cells.library import NO_TABLE, Arc, Cell, CellLibrary, Energy, InputPin, OutputPin, Table
from bespoke.errors import LibertyError, LibraryError
from bespoke.files import parse_json

FORMAT = "bespoke-cell-library"
FORMAT_VERSION = 1
UNITS = {
    "area": "mm2",
    "capacitance": "pF",
    "static_power": "uW, per input state, first pin = least significant bit",
    "delays and transitions": "ms",
    "energies": "nJ",
    "axes": "[transition times in ms, loads in pF]",
    "tables": "[axes, rows over transition time], null = no such edge",
    "arcs": "[input pin, sense, cell rise, cell fall, rise transition, fall transition]",
    "internal_energies": "[input pin, rise, fall, mask of input states or -1]",
}

Json = Any  # a JSON value
Axes = tuple[tuple[float, ...], tuple[float, ...]]


def library_to_json(library: CellLibrary) -> str:
    """JSON text of a library; equal libraries give equal bytes."""
    axes: dict[Axes, int] = {}

    def encoded(item: Arc | Energy | Table) -> Json:
        if not isinstance(item, Table):
            return [getattr(item, field.name) for field in fields(item)]
        return None if item == NO_TABLE else [axes.setdefault((item.slews_ms, item.loads_pf), len(axes)), item.values]

    def dumped(value: Json) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=encoded)

    cell_lines = ",\n".join(f"{json.dumps(name)}: {dumped(_plain(cell))}" for name, cell in library.cells.items())
    parts: dict[str, Json] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "name": library.name,
        "vdd": library.vdd,
        "source": library.source,
        "units": UNITS,
        "left_out": library.left_out,
        "axes": list(axes),
    }
    extra: dict[str, Json] = {"remarks": library.remarks, "rails": library.rails}
    parts |= {key: value for key, value in extra.items() if value}
    lines = [f"{json.dumps(key)}: {dumped(value)}" for key, value in parts.items()]
    return "{\n" + ",\n".join(lines) + ',\n"cells": {\n' + cell_lines + "\n}\n}\n"


def _plain(cell: Cell) -> Json:
    return {
        **({"reserved": cell.reserved} if cell.reserved else {}),
        "area": cell.area_mm2,
        "inputs": {pin.name: pin.capacitance_pf for pin in cell.inputs},
        "static_power": cell.static_power_uw,
        "outputs": {
            pin.name: {
                "function": pin.function,
                "truth": pin.truth,
                "max_capacitance": pin.max_capacitance_pf,
                "arcs": pin.arcs,
                "internal_energies": pin.energies,
            }
            for pin in cell.outputs
        },
    }


def library_from_json(text: str, *, where: str = "cell library JSON") -> CellLibrary:
    """Read what `library_to_json` wrote.

    Raises
    ------
    LibraryError
        If the text is not JSON, not a cell library, of another version, or malformed.
    """
    data = parse_json(text, LibraryError, where)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise LibraryError("not a cell library", where=where, allowed=f'"format": "{FORMAT}"')
    if data.get("version") != FORMAT_VERSION:
        raise LibraryError("unknown version", where=where, got=data.get("version"), allowed=str(FORMAT_VERSION))
    try:
        axes = [(_row(slews), _row(loads)) for slews, loads in data["axes"]]
        cells = {name: _cell(name, cell, axes) for name, cell in data["cells"].items()}
        return CellLibrary(
            name=str(data["name"]),
            vdd=float(data["vdd"]),
            cells=cells,
            source=str(data["source"]),
            left_out=dict(data["left_out"]),
            remarks=tuple(map(str, data.get("remarks", ()))),
            rails={str(pin): int(level) for pin, level in data.get("rails", {}).items()},
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, LibertyError) as error:
        raise LibraryError("malformed", where=where, got=f"{type(error).__name__}: {error}") from None


def _cell(name: str, data: Json, axes: list[Axes]) -> Cell:
    static = _row(data["static_power"])
    if static and len(static) != 1 << len(data["inputs"]):
        raise ValueError(f"{name} has {len(data['inputs'])} inputs and {len(static)} figures of static power")
    tables = input_tables(tuple(data["inputs"]))
    for pin, output in data["outputs"].items():
        stated = parse_expression(str(output["function"]).replace("1'b", ""), where=f"{name}.{pin}")
        if stated.truth(tables, len(static)) != output["truth"]:
            raise ValueError(f"the function of {name}.{pin} has not the truth table {output['truth']}")
    return Cell(
        name=name,
        area_mm2=float(data["area"]),
        inputs=tuple(InputPin(pin, float(capacitance)) for pin, capacitance in data["inputs"].items()),
        outputs=tuple(_output(pin, output, axes) for pin, output in data["outputs"].items()),
        static_power_uw=static,
        reserved=str(data.get("reserved", "")),
    )


def _output(name: str, data: Json, axes: list[Axes]) -> OutputPin:
    limit = data["max_capacitance"]
    return OutputPin(
        name=name,
        truth=int(data["truth"]),
        function=str(data["function"]),
        arcs=tuple(Arc(pin, sense, *(_table(t, axes) for t in tables)) for pin, sense, *tables in data["arcs"]),
        energies=tuple(
            Energy(pin, _table(rise, axes), _table(fall, axes), int(condition))
            for pin, rise, fall, condition in data["internal_energies"]
        ),
        max_capacitance_pf=None if limit is None else float(limit),
    )


def _table(data: Json, axes: list[Axes]) -> Table:
    if data is None:
        return NO_TABLE
    number, rows = data
    slews, loads = axes[number]
    values = tuple(_row(row) for row in rows)
    if len(values) != len(slews) or any(len(row) != len(loads) for row in values):
        raise ValueError("a table does not fit its axes")
    return Table(slews, loads, values)


def _row(values: list[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
