"""The sensor side of a circuit: which levels it reads, and what the converters in front of it cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import Cell, CellLibrary
from bespoke.converters import ConverterCost, ConverterModel, Gate, Reading, converter_cost
from bespoke.estimate import Estimate, power_source
from bespoke.flow.options import CompileOptions
from bespoke.model import MAX_INPUT_BITS, Boundary, InputCode, InputCoding, IntegerModel, codes_by_name, input_code
from bespoke.netlist import MappedNetlist

_UW_PER_MW = 1000.0
_INV, _NAND, _NOR, _OR = (1, 0b01), (2, 0b0111), (2, 0b0001), (2, 0b1110)


@dataclass(frozen=True, slots=True)
class System:
    """A circuit with its converters.

    Attributes
    ----------
    area_mm2, power_mw : float
        Of both; the power is None where the library does not state that of the circuit.
    """

    area_mm2: float
    power_mw: float | None

    @staticmethod
    def of(figures: Estimate, converters: ConverterCost) -> System:
        """What an estimated circuit and its converters take together."""
        power = None if figures.power_mw is None else figures.power_mw + converters.power_mw
        return System(figures.area_mm2 + converters.area_mm2, power)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, with the power source that suffices."""
        source = power_source(self.power_mw)
        facts = {"area_mm2": self.area_mm2, "power_mw": self.power_mw}
        return {**facts, "power_source": source.name if source else None}


def sensor_side(
    mapped: MappedNetlist, boundary: Boundary, model: IntegerModel, library: CellLibrary, converters: ConverterModel
) -> ConverterCost:
    """Cost of the converters that a circuit needs: those of the bits that its cells and outputs read.

    Raises
    ------
    ConverterError
        If the model has no figure for a level, or no encoder for a binary word.
    """
    read = readings(mapped, boundary, model.coding.measured_count)
    return converter_cost(converters, read, encoder_gate(library), library.name, library.vdd)


def expected_cost(
    model: IntegerModel, options: CompileOptions, converters: ConverterModel, gate: Gate
) -> ConverterCost:
    """Cost of the converters of a circuit before there is one: it may leave out some of what its model reads."""
    boundary = Boundary.of(model, options.inputs)
    read = model.stages[0].read_levels(model.coding.intervals())
    return converter_cost(converters, map(_expected, boundary.names, boundary.codes, read), gate)


def level_powers_mw(
    coding: InputCoding, options: CompileOptions, converters: ConverterModel, gate: Gate
) -> NDArray[np.float64]:
    """Power in mW of the converter of a circuit that compares a feature with one level alone.

    Returns
    -------
    ndarray of float, shape (n_features, n_levels + 1)
        0 at level 0 and beyond the last level of a feature, which nothing compares with.

    Raises
    ------
    ConverterError
        If the model of converters has no figure for a level, or no encoder for a binary word.
    """
    found = np.zeros((coding.feature_count, 1 << max(coding.bits, default=0)))
    known: dict[tuple[InputCode, int], float] = {}
    wanted = codes_by_name(coding.names, options.inputs)
    for feature, (name, bits) in enumerate(zip(coding.names, coding.bits, strict=True)):
        for level in range(1, 1 << bits):
            code = input_code(name, bits, (level,), wanted[name])
            if (code, level) not in known:
                known[code, level] = converter_cost(converters, [_expected(name, code, (level,))], gate).power_mw
            found[feature, level] = known[code, level]
    return found


def _expected(name: str, code: InputCode, levels: Sequence[int]) -> Reading:
    """What is read of a feature of which a model tells some levels apart."""
    # Bits below the lowest one in all levels are not compared.
    lowest = min(((level & -level).bit_length() - 1 for level in levels), default=MAX_INPUT_BITS)
    used = [bit >= lowest for _, width in code.ports(name) for bit in range(width)]
    used = used if code.encoded_for([True] * len(used)) else [True] * len(used)
    return Reading(name, code.bits, code.levels_for(used), code.encoded_for(used))


def readings(mapped: MappedNetlist, boundary: Boundary, measured: int) -> Iterator[Reading]:
    """What a circuit reads of each feature that is measured: the first ones."""
    read = {net for instance in mapped.instances for net in instance.fanins}
    read |= {net for port in mapped.outputs for net in port.bits}
    ports = iter(mapped.inputs)
    for index, (name, code) in enumerate(zip(boundary.names, boundary.codes, strict=True)):
        own = [next(ports) for _ in code.ports(name)]
        used = [net in read for port in own for net in port.bits]
        if index < measured:
            yield Reading(name, code.bits, code.levels_for(used), code.encoded_for(used))


def encoder_gate(library: CellLibrary) -> Gate:
    """The smallest two-input OR that cells of a library make, with its mean static power over all states."""
    inverter, nand, nor, either = (_smallest(library, *wanted) for wanted in (_INV, _NAND, _NOR, _OR))
    ways = [either, *(_sum(nor, inverter), _sum(nand, inverter, inverter))]
    return min(gate for gate in ways if gate is not None)


def gate_power_mw(library: CellLibrary) -> float:
    """Mean static power in mW of NAND and NOR, over all states, for the area of the smallest NAND."""
    gates = [gate for gate in (_smallest(library, *_NAND), _smallest(library, *_NOR)) if gate is not None]
    unit = min((gate.area_mm2 for gate in gates), default=1.0)
    return fmean(gate.power_uw * unit / gate.area_mm2 for gate in gates) / _UW_PER_MW if gates else 0.0


def gate_area_mm2(library: CellLibrary) -> float:
    """Area of the smallest NAND, or NOR where there is none."""
    gates = [gate for gate in (_smallest(library, *_NAND), _smallest(library, *_NOR)) if gate is not None]
    return gates[0].area_mm2 if gates else 1.0


def _smallest(library: CellLibrary, inputs: int, truth: int) -> Gate | None:
    cells = [cell for cell in library.usable_cells if _is(cell, inputs, truth)]
    return min((Gate(cell.area_mm2, fmean(cell.static_power_uw)) for cell in cells), default=None)


def _is(cell: Cell, inputs: int, truth: int) -> bool:
    return (len(cell.inputs), len(cell.outputs)) == (inputs, 1) and cell.outputs[0].truth == truth


def _sum(*gates: Gate | None) -> Gate | None:
    known = [gate for gate in gates if gate is not None]
    if len(known) < len(gates):
        return None
    return Gate(sum(gate.area_mm2 for gate in known), sum(gate.power_uw for gate in known))
