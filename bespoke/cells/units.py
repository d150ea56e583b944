"""Units of a Liberty file, and numbers in it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from bespoke.cells.syntax import Attribute, Group
from bespoke.errors import LibertyError

_QUANTITY = re.compile(r"([\d.]+(?:[eE][+-]?\d+)?)\s*([fpnumk]?)([A-Za-z]+)")
_PREFIX = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3}
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Units:
    """Factors from a file's figures to those of `CellLibrary`."""

    time_ms: float
    load_pf: float
    power_uw: float
    energy_nj: float
    voltage_v: float
    area_mm2: float


def read_units(library: Group, *, where: str, area_unit_mm2: float) -> Units:
    """Units stated by a library group.

    Units that the file does not state are 1 ns, 1 pF, 1 nW and 1 V. Energies of ``internal_power`` have no
    unit of their own: it is the voltage unit squared times the capacitance unit ("Liberty User Guide",
    ``internal_power`` group).

    Raises
    ------
    LibertyError
        If a unit is not known.
    """
    voltage = _unit(library, "voltage_unit", "V", 1.0, where)
    farad = _capacitance(library, where)
    return Units(
        time_ms=_rounded(_unit(library, "time_unit", "s", 1e-9, where) * 1e3),
        load_pf=_rounded(farad * 1e12),
        power_uw=_rounded(_unit(library, "leakage_power_unit", "W", 1e-9, where) * 1e6),
        energy_nj=_rounded(voltage * voltage * farad * 1e9),
        voltage_v=voltage,
        area_mm2=area_unit_mm2,
    )


def scaled(value: float, factor: float) -> float:
    """Product without the noise of binary fractions: rounded to 12 significant digits."""
    return _rounded(value * factor)


def number(text: str, *, where: str) -> float:
    """Read one finite number.

    Raises
    ------
    LibertyError
        If it is not one.
    """
    try:
        value = float(text)
    except ValueError:
        raise LibertyError("not a number", where=where, got=f'"{text}"') from None
    if not math.isfinite(value):
        raise LibertyError("not a finite number", where=where, got=text)
    return value


def attribute_number(group: Group, name: str, *, where: str) -> float | None:
    """Number in an attribute of a group, or None without that attribute."""
    attribute = group.attribute(name)
    if attribute is None:
        return None
    text = attribute.values[0] if attribute.values else ""
    return number(text, where=f"{where}:{attribute.line} {name}")


def _unit(library: Group, name: str, symbol: str, default: float, where: str) -> float:
    attribute = library.attribute(name)
    return default if attribute is None else _quantity(attribute, "".join(attribute.values), symbol, where)


def _capacitance(library: Group, where: str) -> float:
    attribute = library.attribute("capacitive_load_unit")
    if attribute is None:
        return 1e-12
    return _quantity(attribute, "".join(attribute.values), "F", where)


def _quantity(attribute: Attribute, text: str, symbol: str, where: str) -> float:
    match = _QUANTITY.fullmatch(text.strip())
    if match:
        count, prefix, unit = match.groups()
        # The prefix may be read as part of a longer unit name, so both are taken together.
        name = (prefix + unit).lower()
        if name.endswith(symbol.lower()) and name[: -len(symbol)] in _PREFIX:
            value = number(count, where=f"{where}:{attribute.line} {attribute.name}") * _PREFIX[name[: -len(symbol)]]
            if value > 0:
                return value
    raise LibertyError(
        "unknown unit", where=f"{where}:{attribute.line} {attribute.name}", got=text, allowed=f"such as 1n{symbol}"
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
