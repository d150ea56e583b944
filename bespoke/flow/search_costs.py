"""What converters cost to a search, in the unit in which it counts gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bespoke.converters import ConverterModel, Gate, Reading, converter_cost
from bespoke.errors import ConverterError
from bespoke.flow.case import Case
from bespoke.flow.sensors import encoder_gate, gate_area_mm2, gate_power_mw
from bespoke.model import Boundary, InputCode
from bespoke.prune import InputCosts, Source
from bespoke.search import LevelCosts
from bespoke.search.level_costs import NO_BIT

_NO_FIGURE = 1e6  # of a level for which the model has none: no circuit is as large


@dataclass(frozen=True, slots=True)
class _Meter:
    """Cost of the converter of a feature: units for a mm2 and units for a mW."""

    model: ConverterModel
    gate: Gate
    per_mm2: float
    per_mw: float

    def __call__(self, bits: int, levels: tuple[int, ...], encoded: tuple[int, ...] = ()) -> float:
        try:
            cost = converter_cost(self.model, [Reading("", bits, levels, encoded)], self.gate)
        except ConverterError:
            return _NO_FIGURE
        return self.per_mm2 * cost.area_mm2 + self.per_mw * cost.power_mw

    def by_level(self, bits: int) -> list[float]:
        """Of levels 0, 1, ... alone."""
        return [0.0, *(self(bits, (level,)) for level in range(1, 1 << bits))]

    def by_lowest_bit(self, bits: int, *, is_unary: bool) -> list[float]:
        """Of all levels that bits from 0, 1, ... on need."""
        steps = [(lowest, tuple(range(1 << lowest, 1 << bits, 1 << lowest))) for lowest in range(bits)]
        return [self(bits, levels, () if is_unary else tuple(range(lowest, bits))) for lowest, levels in steps]


def level_costs(case: Case) -> LevelCosts | None:
    """Costs of the converters in front of the circuits of a case; None where all inputs are words that cost nothing.

    They are areas in that of the smallest NAND, or powers in that of gates of its area, whichever is to be small.
    """
    codes, options, model = case.exact.circuit.boundary.codes, case.options, case.exact.converters.model
    unary = [_is_unary(code) for code in codes]
    if not model.is_counted and not any(unary):
        return None
    power = gate_power_mw(case.library) if options.saves_power else 0.0
    units = (0.0, 1 / power) if power else (1 / gate_area_mm2(case.library), 0.0)
    meter = _Meter(model, encoder_gate(case.library), *units)
    first = meter.per_mm2 * model.area_per_input_mm2 + meter.per_mw * model.power_per_input_uw / 1000
    bits = max((code.bits for code in codes), default=0)
    levels, words = np.zeros((len(codes), 1 << bits)), np.zeros((len(codes), bits + 2))
    kinds = [(code.bits, is_unary) for code, is_unary in zip(codes, unary, strict=True)]
    found = {kind: (meter.by_level(kind[0]), meter.by_lowest_bit(kind[0], is_unary=kind[1])) for kind in set(kinds)}
    for feature, kind in enumerate(kinds):
        own, whole = found[kind]
        levels[feature, : len(own)], words[feature, : len(whole)] = own, whole
        levels[feature, 1 : len(own)] -= first
    return LevelCosts(levels, np.full(len(codes), first), words, np.array(unary, dtype=bool))


def input_costs(costs: LevelCosts | None, boundary: Boundary, measured: int) -> InputCosts | None:
    """Costs of the converters of the first features, in front of the input bits of a circuit; None where all are 0."""
    if costs is None or not (costs.levels.any() or costs.inputs.any() or costs.words.any()):
        return None
    sources, first = [], 0
    for feature, (name, code) in enumerate(zip(boundary.names, boundary.codes, strict=True)):
        width = sum(bits for _, bits in code.ports(name))
        bits = tuple(range(first, first + width))
        first += width
        if feature < measured:
            sources.append(_source(costs, feature, code, bits))
    return InputCosts(sources)


def _source(costs: LevelCosts, feature: int, code: InputCode, bits: tuple[int, ...]) -> Source:
    levels = [code.levels_for([bit == used for bit in bits]) for used in bits]
    if costs.is_unary[feature]:
        own = tuple(float(costs.levels[feature, list(own)].sum()) for own in levels)
        return Source(bits, own, float(costs.inputs[feature]), is_word=False)
    lowest = [min(((level & -level).bit_length() - 1 for level in own), default=NO_BIT) for own in levels]
    return Source(bits, tuple(float(costs.words[feature, bit]) for bit in lowest), 0.0, is_word=True)


def _is_unary(code: InputCode) -> bool:
    return not code.encoded_for([True] * sum(width for _, width in code.ports("")))
