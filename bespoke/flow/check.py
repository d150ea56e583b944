"""Comparison of a design's Verilog with its integer model: by simulation, by Icarus Verilog, by proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bespoke.cells import CellLibrary, GateCosts
from bespoke.errors import LibraryError, NetlistError, ToolError, ToolMissingError, ToolTimeoutError, VerilogError
from bespoke.flow.circuit import Circuit, Reference, lowered_again
from bespoke.flow.vectors import Vectors
from bespoke.flow.verification import NOT_RUN, Check, Verification, summary
from bespoke.lowering import Lowered
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import MappedNetlist, Port
from bespoke.proof import Verdict, prove, prove_lowered, prove_mapped
from bespoke.prune import EditList
from bespoke.sim import mapped_outputs
from bespoke.verilog import (
    MODULE,
    Boundary,
    model_boundary,
    read_netlist,
    run_icarus,
    write_cells,
    write_testbench,
    write_vectors,
)

ICARUS_TIMEOUT_S = 900.0
_EDITED = "the circuit is pruned: netlist.v is compared with the edited netlist, rtl.v with the model before"


@dataclass(frozen=True, eq=False)
class Sources:
    """The texts whose function is compared with the model's.

    Attributes
    ----------
    model : IntegerModel
    library : CellLibrary
    netlist, rtl, cells : str
        Verilog texts.
    edits : EditList
        Edits after which ``netlist`` has the function of the edited netlist, ``rtl`` still that of the model.
    """

    model: IntegerModel
    library: CellLibrary
    netlist: str
    rtl: str
    cells: str
    edits: EditList = field(default_factory=EditList)

    @staticmethod
    def of(circuit: Circuit) -> Sources:
        """The texts of a circuit."""
        cells = write_cells(circuit.library, circuit.mapped.cell_histogram())
        return Sources(circuit.model, circuit.library, circuit.verilog, circuit.rtl, cells, circuit.edits)

    @cached_property
    def lowered(self) -> Lowered:
        """The lowered netlist, made from the model alone."""
        return lowered_again(self.model, self.edits, GateCosts.of(self.library))

    @cached_property
    def reference(self) -> Reference:
        """What the netlist must compute, made from the model and the edits alone.

        Raises
        ------
        NetlistError
            If the edits do not fit the model.
        """
        if not self.edits.edits:
            return Reference(self.model)
        return Reference.of(self.model, self.lowered.netlist, self.edits)


def check_sources(
    sources: Sources,
    vectors: Vectors,
    *,
    icarus_vectors: Vectors | None = None,
    formal: bool = True,
    notes: Sequence[str] = (),
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> Verification:
    """Compare every executor with its reference on the given vectors, and prove the netlist.

    The reference is the integer model; for the netlist of a pruned circuit it is the edited netlist.

    Parameters
    ----------
    sources : Sources
    vectors : Vectors
    icarus_vectors : Vectors, optional
        Vectors for Icarus Verilog, if not the same.
    formal : bool
        Whether to run the proof chain.
    notes : sequence of str
        Remarks to hand on.
    on_stage : callable
        Told what is being done.

    Raises
    ------
    NetlistError
        If the edits do not fit the model.
    """
    reference = sources.reference
    boundary = model_boundary(sources.model, module=MODULE)
    chosen = icarus_vectors or vectors
    on_stage("simulators")
    # Icarus Verilog is a process of its own: it runs beside the rest.
    with ThreadPoolExecutor(1) as beside:
        icarus = beside.submit(_icarus, sources, reference, boundary, chosen.words)
        mapped, fault = _read(sources, boundary)
        if mapped is None:
            simulator, proof = Check("refuted", fault), Check("not run", "the netlist cannot be read")
        else:
            simulator = _simulate(sources, reference, mapped, vectors.words)
            on_stage("proof")
            proof = _prove(sources, reference, mapped) if formal else NOT_RUN
        on_stage("Icarus Verilog")
        counts = {"simulator": vectors.counts, "icarus": chosen.counts}
        remarks = (*notes, _EDITED) if reference.edited is not None else tuple(notes)
        return Verification(simulator, icarus.result(), proof, counts, remarks)


def _read(sources: Sources, boundary: Boundary) -> tuple[MappedNetlist | None, str]:
    """The netlist as its text has it, with the model's port names; or what is wrong with it."""
    try:
        mapped = read_netlist(sources.netlist, sources.library)
    except (VerilogError, NetlistError, LibraryError) as error:
        return None, f"netlist.v cannot be read: {error}"
    found = [(port.name, port.width) for port in (*mapped.inputs, *mapped.outputs)]
    wanted = [(word.identifier, word.width) for word in boundary.words]
    if found != wanted:
        difference = next((pair for pair in zip(found, wanted, strict=False) if pair[0] != pair[1]), None)
        got, allowed = difference or (f"{len(found)} ports", f"{len(wanted)} ports")
        return None, f"the ports of netlist.v are not those of the model: {got} instead of {allowed}"
    ports = [
        Port(word.name, port.bits, word.signed)
        for port, word in zip((*mapped.inputs, *mapped.outputs), boundary.words, strict=True)
    ]
    count = len(mapped.inputs)
    return replace(mapped, inputs=tuple(ports[:count]), outputs=tuple(ports[count:])), ""


def _simulate(sources: Sources, reference: Reference, mapped: MappedNetlist, words: IntArray) -> Check:
    expected = reference.outputs(words)
    got = mapped_outputs(mapped, sources.library, words)[:, 0]
    wrong = np.flatnonzero(got != expected)
    counts = {"vectors": len(words), "mismatches": len(wrong)}
    if not len(wrong):
        return Check("agree", counts=counts)
    row = int(wrong[0])
    return Check("refuted", "", counts, _example(sources.model, words[row], int(expected[row]), int(got[row])))


def _prove(sources: Sources, reference: Reference, mapped: MappedNetlist) -> Check:
    verdict = _verdict(sources, reference, mapped)
    counts = {f"{step.name}: {name}": number for step in verdict.steps for name, number in step.counts.items()}
    example = verdict.counterexample
    found = None
    if example is not None:
        found = {"inputs": dict(example.features), "expected": example.expected, "got": example.actual}
    return Check(verdict.status, verdict.detail, counts, found)


def _verdict(sources: Sources, reference: Reference, mapped: MappedNetlist) -> Verdict:
    """Model = lowered = mapped netlist; with edits model = lowered netlist, and edited = mapped netlist."""
    model, lowered = sources.model, sources.lowered
    if reference.edited is None:
        return prove(model, lowered.netlist, lowered.certificate, mapped, sources.library)
    first = prove_lowered(model, lowered.netlist, lowered.certificate)
    return Verdict((*first.steps, prove_mapped(reference.edited, mapped, sources.library)))


def _icarus(sources: Sources, reference: Reference, boundary: Boundary, words: IntArray) -> Check:
    testbench = write_testbench(boundary, len(words), module=MODULE)

    def run(texts: Sequence[str], judge: Reference) -> Check:
        return _run_icarus(judge, boundary, texts, testbench, words)

    return summary(
        {
            "netlist": run([sources.netlist, sources.cells], reference),
            "rtl": run([sources.rtl], Reference(sources.model)),
        }
    )


def _run_icarus(
    reference: Reference, boundary: Boundary, texts: Sequence[str], testbench: str, words: IntArray
) -> Check:
    model, expected = reference.model, reference.outputs(words)
    try:
        run = run_icarus(texts, testbench, write_vectors(boundary, words, expected), timeout_s=ICARUS_TIMEOUT_S)
    except ToolMissingError as error:
        return Check("not run", str(error))
    except ToolTimeoutError as error:
        return Check("not finished", str(error))
    except ToolError as error:
        return Check("refuted", str(error))
    counts = {"vectors": run.vectors, "mismatches": run.mismatches}
    if run.agrees:
        return Check("agree", counts=counts)
    example: Mapping[str, object] | None = None
    if run.first is not None:
        row = run.first.index
        example = _example(model, words[row], int(expected[row]), run.first.got)
    return Check("refuted", "", counts, example)


def _example(model: IntegerModel, words: IntArray, expected: int, got: int | str) -> dict[str, object]:
    inputs = dict(zip(model.coding.names, words.tolist(), strict=True))
    return {"inputs": inputs, "expected": expected, "got": got}
