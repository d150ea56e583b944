"""Units of a Liberty file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bespoke.cells.syntax import Group, number
from bespoke.errors import LibertyError

_QUANTITY = re.compile(r"([\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z]+)")
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


def read_units(library: Group, area_unit_mm2: float) -> Units:
    """Units stated by a library group.

    Units that the file does not state are 1 ns, 1 pF, 1 nW and 1 V. Energies of ``internal_power`` have no
    unit of their own: it is the voltage unit squared times the capacitance unit ("Liberty User Guide",
    ``internal_power`` group).

    Raises
    ------
    LibertyError
        If a unit is not known.
    """
    voltage = _unit(library, "voltage_unit", "V", 1.0)
    farad = _unit(library, "capacitive_load_unit", "F", 1e-12)
    return Units(
        time_ms=scaled(_unit(library, "time_unit", "s", 1e-9), 1e3),
        load_pf=scaled(farad, 1e12),
        power_uw=scaled(_unit(library, "leakage_power_unit", "W", 1e-9), 1e6),
        energy_nj=scaled(voltage * voltage * farad, 1e9),
        voltage_v=voltage,
        area_mm2=area_unit_mm2,
    )


def scaled(value: float, factor: float) -> float:
    """Product without the noise of binary fractions: rounded to 12 significant digits."""
    return float(f"{value * factor:.{_DIGITS}g}")


def _unit(library: Group, name: str, symbol: str, default: float) -> float:
    attribute = library.attribute(name)
    if attribute is None:
        return default
    text = "".join(attribute.values)
    match = _QUANTITY.fullmatch(text.strip())
    factors = {prefix + symbol.lower(): factor for prefix, factor in _PREFIX.items()}
    if match and match[2].lower() in factors:
        value = number(match[1], where=attribute.where) * factors[match[2].lower()]
        if value > 0:
            return value
    raise LibertyError("unknown unit", where=attribute.where, got=text, allowed=f"such as 1n{symbol}")
