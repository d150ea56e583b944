"""Reader of Liberty files: any combinational standard-cell library as a `CellLibrary`."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

from bespoke.cells.conversion import CellReader
from bespoke.cells.library import Cell, CellLibrary
from bespoke.cells.syntax import Group, parse_liberty
from bespoke.cells.tables import TableReader, read_templates
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
    for option, value in (("area unit", area_unit_mm2), ("supply voltage", vdd)):
        if value is not None and not 0 < value < math.inf:
            raise OptionError(f"the {option} must be positive", got=value, allowed="a number > 0")
    path = Path(path)
    where = path.name
    library = parse_liberty(_text(path), where=where)
    units = read_units(library, area_unit_mm2)
    reader = CellReader(
        tables=TableReader(units, read_templates(library)),
        default_leakage=library.number("default_cell_leakage_power") or 0.0,
        default_capacitance=library.number("default_input_pin_cap") or 0.0,
    )
    cells, left_out = _cells(library, reader)
    if not cells:
        reasons = "; ".join(f"{cell}: {reason}" for cell, reason in list(left_out.items())[:5]) or "no cell at all"
        raise LibertyError("the library has no combinational cell", where=where, got=reasons)
    return CellLibrary(
        name=name or library.name or path.stem,
        vdd=_supply(library, units, where, vdd),
        cells=cells,
        source=f"{library.name or path.stem} ({where})",
        left_out=left_out,
    )


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise LibertyError("the file cannot be read", where=str(path), got=reason) from None
    return content.decode("utf-8-sig", errors="replace")


def _cells(library: Group, reader: CellReader) -> tuple[dict[str, Cell], dict[str, str]]:
    cells: dict[str, Cell] = {}
    left_out: dict[str, str] = {}
    for group in library.inner("cell"):
        if not group.name:
            raise LibertyError("a cell without a name", where=group.where)
        if group.name in cells or group.name in left_out:
            raise LibertyError("two cells have the same name", where=group.where, got=group.name)
        try:
            cells[group.name] = reader.cell(group)
        except LibraryError as error:
            left_out[group.name] = error.what
    return cells, left_out


def _supply(library: Group, units: Units, where: str, given: float | None) -> float:
    stated = library.number("nom_voltage")
    for conditions in library.inner("operating_conditions"):
        if stated is None:
            stated = conditions.number("voltage")
    if stated is None and given is not None:
        return float(given)
    if stated is None or stated <= 0:
        raise LibertyError(
            "no supply voltage", where=where, got=f"nom_voltage {stated}", allowed="nom_voltage > 0, or vdd given"
        )
    voltage = scaled(stated, units.voltage_v)
    check_voltage(voltage, given, where=where)
    return voltage


def check_voltage(stated: float, wanted: float | None, *, where: str) -> None:
    """Raise VoltageError if a voltage is wanted that is not the stated one."""
    if wanted is not None and abs(wanted - stated) >= SAME_VOLTAGE_V:
        raise VoltageError(
            "the file holds another supply voltage", where=where, got=f"{wanted:g} V", allowed=f"{stated:g} V"
        )
