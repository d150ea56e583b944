"""Operators as circuits of a technology: their figures, and their verified Verilog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bespoke.arith.operators import FAMILIES, Operator, error_distribution, error_figures
from bespoke.cells import CellLibrary, GateCosts, load_library
from bespoke.errors import VerificationError
from bespoke.estimate import Estimate, estimate
from bespoke.flow.texts import json_text
from bespoke.model import IntArray
from bespoke.netlist import MappedNetlist, Netlist
from bespoke.numeric import ErrorFigures
from bespoke.opt import MOST_SEARCHED_BITS, SearchEffort, as_simple_gates, optimise, search_small_circuit
from bespoke.proof import Step, prove_mapped
from bespoke.sim import corners, every_input, mapped_outputs, random_inputs, simulate_mapped
from bespoke.techmap import map_cheapest
from bespoke.verilog import read_netlist, write_cells, write_netlist

OPERATOR_FORMAT = "bespoke-operator"
MOST_TRIED_BITS = 20  # input bits up to which a circuit is compared on every input
MOST_LISTED_ERRORS = 100_000  # rows of errors.csv
_RANDOM_INPUTS = 100_000
_ESTIMATE_INPUTS = 1000
_SEED = 42
_EFFORT = SearchEffort(work=4_000_000, heat=0.15)


@dataclass(frozen=True, eq=False)
class OperatorCircuit:
    """An operator in the cells of a library.

    Attributes
    ----------
    family : str
    operator : Operator
    library : CellLibrary
    netlist : Netlist
        As built.
    mapped : MappedNetlist
    estimate : Estimate
        For 1,000 random inputs.
    """

    family: str
    operator: Operator
    library: CellLibrary
    netlist: Netlist
    mapped: MappedNetlist
    estimate: Estimate

    @property
    def verilog(self) -> str:
        """Structural Verilog."""
        header = [f"{self.operator.title}: {self.operator}", self.operator.source]
        header += [f"technology {self.library.name} at {self.library.vdd:g} V"]
        return write_netlist(self.mapped, self.library, module=self.family, header=header)


@dataclass(frozen=True, slots=True)
class OperatorCheck:
    """That a circuit computes its operator.

    Attributes
    ----------
    inputs : int
        Inputs on which the Verilog, read back, was simulated and compared with the integers, without a difference.
    is_exhaustive : bool
        Whether these are all inputs.
    mapping : Step
        Proof that the netlist of cells is the one that was built.
    """

    inputs: int
    is_exhaustive: bool
    mapping: Step

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"inputs": self.inputs, "every_input": self.is_exhaustive, "mapping": self.mapping.status}


def operator_circuit(family: str, operator: Operator, library: CellLibrary) -> OperatorCircuit:
    """Build an operator and map it; gates of small ones are searched for.

    Raises
    ------
    LibraryError
        If the library's cells cannot realise every function.
    """
    costs = GateCosts.of(library)
    netlist = operator.netlist(costs)
    forms = [optimise(netlist), netlist]
    is_small = netlist.input_count <= MOST_SEARCHED_BITS
    gates = search_small_circuit(netlist, costs, _EFFORT) if is_small else as_simple_gates(netlist)
    mapped = map_cheapest(forms, library, gates=[gates])
    words = random_inputs(_widths(operator), _ESTIMATE_INPUTS, _SEED)
    found = estimate(mapped, library, simulate_mapped(mapped, library, words).activity)
    return OperatorCircuit(family, operator, library, netlist, mapped, found)


def check_operator(circuit: OperatorCircuit) -> OperatorCheck:
    """Compare the Verilog with the integers on every input, or on many where there are too many; prove the mapping.

    Raises
    ------
    VerificationError
        If there is a difference.
    ToolMissingError
        If the proof needs a program that is not installed.
    """
    operator, widths = circuit.operator, _widths(circuit.operator)
    is_exhaustive = sum(widths) <= MOST_TRIED_BITS
    words = every_input(widths) if is_exhaustive else _many_inputs(widths)
    mapped = read_netlist(circuit.verilog, circuit.library)
    found, wanted = mapped_outputs(mapped, circuit.library, words)[:, 0], operator.apply(words)
    wrong = np.flatnonzero(found != wanted)
    if len(wrong):
        row = wrong[0]
        inputs = ", ".join(f"{name} = {word}" for (name, _), word in zip(operator.inputs, words[row], strict=True))
        raise VerificationError(
            f"the circuit is wrong for {inputs}", where=circuit.family, got=int(found[row]), allowed=str(wanted[row])
        )
    step = prove_mapped(circuit.netlist, circuit.mapped, circuit.library)
    if step.status == "refuted":
        raise VerificationError("the cells do not compute what was built", where=circuit.family, got=step.detail)
    return OperatorCheck(len(words), is_exhaustive, step)


def operator_facts(circuit: OperatorCircuit, figures: ErrorFigures) -> dict[str, Any]:
    """All that is known about an operator as plain data."""
    operator, found = circuit.operator, circuit.estimate
    return {
        "format": OPERATOR_FORMAT,
        "family": circuit.family,
        "title": operator.title,
        "source": operator.source,
        "parameters": operator.parameters(),
        "inputs": dict(operator.inputs),
        "output": {"y": operator.output_bits},
        "technology": circuit.library.name,
        "vdd": circuit.library.vdd,
        "gates": len(circuit.mapped.instances),
        "area_mm2": found.area_mm2,
        "power_mw": found.power_mw,
        "delay_ms": found.delay_ms,
        "errors": figures.to_json(),
    }


def operator_files(circuit: OperatorCircuit) -> dict[str, str]:
    """Verilog of an operator and of its cells, its facts with the check, and for adders each error, by file name.

    The errors are left out where they are too many to list.

    Raises
    ------
    VerificationError
        If the circuit does not compute its operator.
    """
    check = check_operator(circuit)
    facts = operator_facts(circuit, error_figures(circuit.operator)) | {"verification": check.to_json()}
    slices = circuit.operator.slices()
    errors = error_distribution(slices) if slices else None
    return {
        f"{circuit.family}.v": circuit.verilog,
        "cells.v": write_cells(circuit.library, circuit.mapped.cell_histogram()),
        "operator.json": json_text(facts),
        **({"errors.csv": _errors_text(*errors)} if errors and len(errors[0]) <= MOST_LISTED_ERRORS else {}),
    }


def _errors_text(errors: IntArray, counts: IntArray) -> str:
    rows = zip(errors.tolist(), counts.tolist(), strict=True)
    return "error,inputs\n" + "".join(f"{error},{count}\n" for error, count in rows if count)


def operator_table(technology: str, vdd: float | None) -> list[dict[str, Any]]:
    """Facts of an operator of each family with its default parameters."""
    library = load_library(technology, vdd)
    circuits = [operator_circuit(name, kind(), library) for name, kind in FAMILIES.items()]
    return [operator_facts(circuit, error_figures(circuit.operator)) for circuit in circuits]


def _widths(operator: Operator) -> tuple[int, ...]:
    return tuple(bits for _, bits in operator.inputs)


def _many_inputs(widths: tuple[int, ...]) -> IntArray:
    return np.vstack([corners(widths), random_inputs(widths, _RANDOM_INPUTS, _SEED)])
