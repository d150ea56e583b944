"""What the converters in front of one circuit cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from bespoke.converters.model import ConverterModel
from bespoke.errors import ConverterError

_UW_PER_MW = 1000.0
_SAME_VOLTAGE_V = 0.005


class Reading(NamedTuple):
    """What a circuit reads of one feature.

    Attributes
    ----------
    feature : str
    bits : int
        Of the feature's grid.
    levels : tuple of int
        Levels that have to be told apart.
    encoded : tuple of int
        Bits of a binary word that are made of them; none of a thermometer code.
    """

    feature: str
    bits: int
    levels: tuple[int, ...]
    encoded: tuple[int, ...] = ()


class Gate(NamedTuple):
    """A two-input OR of a library: area in mm2 and mean static power in uW."""

    area_mm2: float
    power_uw: float


@dataclass(frozen=True, slots=True)
class FeatureCost:
    """The converter of one feature: its parts, area in mm2 and power in mW."""

    feature: str
    levels: tuple[int, ...]
    comparators: int
    encoder_gates: int
    area_mm2: float
    power_mw: float


@dataclass(frozen=True, slots=True)
class ConverterCost:
    """All converters of a circuit.

    Attributes
    ----------
    model : ConverterModel
    features : tuple of FeatureCost
        Of the features that are read.
    remarks : tuple of str
        Where the figures are used beyond what they were made for.
    """

    model: ConverterModel
    features: tuple[FeatureCost, ...]
    remarks: tuple[str, ...] = ()

    @property
    def level_count(self) -> int:
        """Levels with which features are compared."""
        return sum(len(each.levels) for each in self.features)

    @property
    def area_mm2(self) -> float:
        """Area in mm2."""
        return sum(each.area_mm2 for each in self.features)

    @property
    def power_mw(self) -> float:
        """Power in mW."""
        return sum(each.power_mw for each in self.features)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "model": self.model.name,
            "levels": self.level_count,
            "comparators": sum(each.comparators for each in self.features),
            "encoder_gates": sum(each.encoder_gates for each in self.features),
            "area_mm2": self.area_mm2,
            "power_mw": self.power_mw,
            "features": [asdict(each) for each in self.features],
        }


def converter_cost(
    model: ConverterModel, readings: Iterable[Reading], gate: Gate, technology: str = "", vdd: float | None = None
) -> ConverterCost:
    """Cost of the converters that give a circuit what it reads.

    Parameters
    ----------
    model : ConverterModel
    readings : iterable of Reading
        One per feature; of one without levels there is no converter.
    gate : Gate
        OR of the circuit's library, for encoders.
    technology, vdd : str, float, optional
        Of the circuit, which are compared with those of the figures.

    Raises
    ------
    ConverterError
        If the model has no figure for a level, or no encoder for a binary word.
    """
    read = [reading for reading in readings if reading.levels]
    features = tuple(_feature(model, reading, gate, len(reading.levels)) for reading in read)
    return ConverterCost(model, features, tuple(_remarks(model, read, technology, vdd)) if read else ())


def conventional(model: ConverterModel, bits: int, inputs: int, gate: Gate) -> ConverterCost:
    """Cost of ``inputs`` converters with all levels of ``bits`` bits and a whole binary word each, as published."""
    levels = tuple(range(1, 1 << bits))
    reading = Reading("", bits, levels, tuple(range(bits)))
    return ConverterCost(model, (_feature(model, reading, gate, len(levels) + model.spare_comparators),) * inputs)


def _feature(model: ConverterModel, reading: Reading, gate: Gate, comparators: int) -> FeatureCost:
    gates = _encoder_gates(model, reading)
    spare = comparators - len(reading.levels)
    powers = [_level_uw(model, level, reading) for level in reading.levels]
    power = model.power_per_input_uw + sum(powers) + spare * max(powers) + gates * gate.power_uw
    area = model.area_per_input_mm2 + comparators * model.area_per_level_mm2 + gates * gate.area_mm2
    return FeatureCost(reading.feature, reading.levels, comparators, gates, area, power / _UW_PER_MW)


def _level_uw(model: ConverterModel, level: int, reading: Reading) -> float:
    power = model.level_uw(level, reading.bits)
    if power is None:
        raise ConverterError(
            "no figure for this level",
            where=f"converters {model.name}, {reading.feature}",
            got=f"{level} of {reading.bits} bits",
            allowed=f"levels of {model.bits[0]} bits: --input-bits {model.bits[0]}",
        )
    return power


def _encoder_gates(model: ConverterModel, reading: Reading) -> int:
    """ORs that make a binary word: for each bit, as many as there are values with it but one."""
    if model.encoder == "absent" and reading.encoded:
        where = f"converters {model.name}, {reading.feature}"
        raise ConverterError("no encoder for binary words", where=where, got="binary", allowed="--inputs unary")
    values = (0, *reading.levels)
    counts = [sum(value >> bit & 1 for value in values) for bit in reading.encoded]
    return sum(max(0, count - 1) for count in counts) if model.encoder == "or" else 0


def _remarks(model: ConverterModel, read: Sequence[Reading], technology: str, vdd: float | None) -> Iterable[str]:
    # The levels of a coarser grid are levels of a finer one.
    finer = sorted({reading.bits for reading in read if model.bits and reading.bits > max(model.bits)})
    if finer:
        yield f"converters {model.name}: figures of {max(model.bits)} bits, features of {', '.join(map(str, finer))}"
    if model.vdd is not None and vdd is not None and abs(model.vdd - vdd) > _SAME_VOLTAGE_V:
        yield f"converters {model.name}: figures of {model.vdd:g} V, a circuit of {vdd:g} V"
    if model.technology and technology and model.technology != technology:
        yield f"converters {model.name}: figures of {model.technology}, a circuit of {technology}"
