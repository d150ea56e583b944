"""A model of converters: figures of their parts, and for what these hold."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class ConverterModel:
    """Area and power of flash converters.

    Attributes
    ----------
    name : str
    title : str
        One line on what they are.
    source : str
        Where the figures come from.
    technology : str
        Technology of the figures; empty for any.
    vdd : float or None
        Supply voltage of the figures in V; None for any.
    bits : tuple of int
        Bits for which they were made; empty for any.
    area_per_input_mm2, area_per_level_mm2 : float
        Of each feature with a level that is read, and of each such level.
    power_per_input_uw : float
        Of each feature with a level that is read.
    power_per_level_uw : float or tuple of float
        Of each level; one by one, those of the levels 1, 2, ... of a grid of ``bits[0]`` bits.
    encoder : {"or", "free", "absent"}
        What makes binary words of comparisons: ORs of the circuit's library, nothing that costs, or nothing at all.
    spare_comparators : int
        Comparators of a conventional converter, with all its levels, that the encoder does not need.
    """

    name: str
    title: str
    source: str
    technology: str = ""
    vdd: float | None = None
    bits: tuple[int, ...] = ()
    area_per_input_mm2: float = 0.0
    area_per_level_mm2: float = 0.0
    power_per_input_uw: float = 0.0
    power_per_level_uw: float | tuple[float, ...] = 0.0
    encoder: str = "absent"
    spare_comparators: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether anything costs at all."""
        costs = (self.area_per_input_mm2, self.area_per_level_mm2, self.power_per_input_uw)
        return any(costs) or bool(self.power_per_level_uw) or self.encoder == "or"

    def level_uw(self, level: int, bits: int) -> float | None:
        """Power in uW of the comparison with a level of a grid of ``bits`` bits; None if there is no figure."""
        if not isinstance(self.power_per_level_uw, tuple):
            return self.power_per_level_uw
        place = Fraction(level << self.bits[0], 1 << bits)
        is_known = place.denominator == 1 and 1 <= place <= len(self.power_per_level_uw)
        return self.power_per_level_uw[int(place) - 1] if is_known else None
