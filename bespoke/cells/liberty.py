"""Reader of Liberty files: any combinational standard-cell library as a `CellLibrary`."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections import defaultdict
from pathlib import Path

from bespoke.cells.conversion import CellReader
from bespoke.cells.library import Cell, CellLibrary, supply_level
from bespoke.cells.syntax import Group, parse_liberty
from bespoke.cells.tables import TableReader, missing_templates, read_templates
from bespoke.cells.units import Units, read_units, scaled
from bespoke.errors import LibertyError, LibraryError, OptionError, VoltageError

SQUARE_MICROMETRE_MM2 = 1e-6
SAME_VOLTAGE_V = 1e-6


def read_liberty(
    path: str | Path, *, area_unit_mm2: float = SQUARE_MICROMETRE_MM2, vdd: float | None = None, name: str | None = None
) -> CellLibrary:
    """Read a Liberty file.

    Parameters
    ----------
    path : str or Path
        The file, plain or compressed by gzip (``.gz``).
    area_unit_mm2 : float
        Unit of ``area`` in mm2; Liberty states none, um2 is usual.
    vdd : float, optional
        Supply voltage in V where the file states none.
    name : str, optional
        Name of the library, else that in the file.

    Returns
    -------
    CellLibrary
        Combinational cells; all others stand in ``left_out`` with the reason.

    Raises
    ------
    LibertyError
        If the file cannot be read, is malformed (with file and line), or has no usable cell.
    OptionError
        If the area unit or the voltage is not positive.
    VoltageError
        If the file states another voltage than the one given.
    """
    library = read_part(path, area_unit_mm2=area_unit_mm2, vdd=vdd, name=name)
    check_usable(library, where=Path(path).name)
    return library


def read_part(
    path: str | Path, *, area_unit_mm2: float = SQUARE_MICROMETRE_MM2, vdd: float | None = None, name: str | None = None
) -> CellLibrary:
    """Read a Liberty file as `read_liberty` does; it may be one of several, and have no usable cell by itself.

    Raises
    ------
    LibertyError
        If the file cannot be read or its syntax is malformed. A cell that makes no sense is left out instead.
    OptionError, VoltageError
        As `read_liberty`.
    """
    for option, value in (("area unit", area_unit_mm2), ("supply voltage", vdd)):
        if value is not None and not 0 < value < math.inf:
            raise OptionError(f"the {option} must be positive", got=value, allowed="a number > 0")
    path = Path(path)
    where = path.name
    library = parse_liberty(_text(path), where=where)
    units = read_units(library, area_unit_mm2)
    reader = CellReader(
        tables=TableReader(units, read_templates(library)),
        default_leakage=library.number("default_cell_leakage_power"),
        default_capacitance=library.number("default_input_pin_cap") or 0.0,
    )
    cells, left_out, remarks = _cells(library, reader)
    return CellLibrary(
        name=name or library.name or path.stem,
        vdd=_supply(library, units, where, vdd),
        cells=cells,
        source=f"{library.name or path.stem} ({where})",
        left_out=left_out,
        remarks=tuple(f"{where}: {remark}" for remark in (*_table_remarks(library), *remarks)),
        rails=_rails(library),
    )


def check_usable(library: CellLibrary, *, where: str) -> None:
    """Check that a library has a cell with inputs and outputs.

    Raises
    ------
    LibertyError
        If not.
    """
    if not any(cell.inputs and cell.outputs for cell in library.cells.values()):
        reserved = {name: cell.reserved for name, cell in library.cells.items()}
        reasons = [f"{cell}: {reason}" for cell, reason in (library.left_out | reserved).items()][:5]
        got = "; ".join(reasons) or "no cell at all"
        raise LibertyError("the library has no combinational cell", where=where, got=got)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise LibertyError("the file cannot be read", where=str(path), got=reason) from None
    return content.decode("utf-8-sig", errors="replace")


def _cells(library: Group, reader: CellReader) -> tuple[dict[str, Cell], dict[str, str], list[str]]:
    """Cells by name, cells that are left out with the reason, and remarks."""
    named: dict[str, list[Group]] = defaultdict(list)
    for group in library.inner("cell"):
        named[group.name].append(group)
    cells: dict[str, Cell] = {}
    left_out: dict[str, str] = {}
    remarks = []
    for name, groups in named.items():
        try:
            cells[name] = _only([reader.cell(group) for group in groups], groups[-1])
        except LibertyError as error:
            left_out[name or "(no name)"] = str(error)
        except LibraryError as error:
            left_out[name] = error.what
        else:
            remarks += [f"{name} stands there {len(groups)} times, always the same"] if len(groups) > 1 else []
    return cells, left_out, remarks


def _only(cells: list[Cell], last: Group) -> Cell:
    """The cell that all groups of a name describe."""
    if not last.name:
        raise LibertyError("a cell without a name", where=last.where)
    if any(cell != cells[0] for cell in cells):
        raise LibertyError("two cells have the same name and differ", where=last.where, got=last.name)
    return cells[0]


def _table_remarks(library: Group) -> list[str]:
    missing = missing_templates(library)
    if not missing:
        return []
    names, plural = ", ".join(missing), "s" * (len(missing) > 1)
    return [f"no table template{plural} {names}: tables of two axes are read as transition time by load"]


def _rails(library: Group) -> dict[str, int]:
    """Logic levels of the supply pins that are not known by their names."""
    pins = {pin.name: pin for cell in library.inner("cell") for pin in cell.inner("pg_pin")}
    levels = {name: int(not re.search("ground|pwell", pin.text("pg_type"))) for name, pin in pins.items()}
    return {name: level for name, level in levels.items() if supply_level(name) != level}


def _supply(library: Group, units: Units, where: str, given: float | None) -> float:
    """Supply voltage: ``nom_voltage``, at which the figures hold, else that of the operating conditions in force."""
    stated = _stated_voltages(library)
    if not stated and given is not None:
        return float(given)
    voltages = sorted({scaled(value, units.voltage_v) for value in stated.values()})
    if len(voltages) > 1 and given is not None:
        voltages = [voltage for voltage in voltages if abs(voltage - given) < SAME_VOLTAGE_V] or voltages
    if len(voltages) != 1 or voltages[0] <= 0:
        got = ", ".join(f"{name} {value:g}" for name, value in stated.items()) or "nom_voltage None"
        allowed = "nom_voltage > 0, default_operating_conditions, or vdd given"
        what = "no supply voltage" if len(voltages) < 2 else "several supply voltages"
        raise LibertyError(what, where=where, got=got, allowed=allowed)
    check_voltage(voltages[0], given, where=where)
    return voltages[0]


def _stated_voltages(library: Group) -> dict[str, float]:
    """Voltages by where they stand, in the unit of the file: of ``nom_voltage`` or of what holds without it."""
    nominal = library.number("nom_voltage")
    if nominal is not None:
        return {"nom_voltage": nominal}
    default = library.text("default_operating_conditions")
    found = {group.name: group.number("voltage") for group in library.inner("operating_conditions")}
    stated = {name: voltage for name, voltage in found.items() if voltage is not None}
    return {default: stated[default]} if default in stated else stated


def check_voltage(stated: float, wanted: float | None, *, where: str) -> None:
    """Raise VoltageError if a voltage is wanted that is not the stated one."""
    if wanted is not None and abs(wanted - stated) >= SAME_VOLTAGE_V:
        raise VoltageError(
            "the file holds another supply voltage", where=where, got=f"{wanted:g} V", allowed=f"{stated:g} V"
        )
