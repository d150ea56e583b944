"""The proof chain: integer model = lowered netlist = mapped netlist."""

from __future__ import annotations

import time

from bespoke.cells.library import CellLibrary
from bespoke.errors import HintError
from bespoke.model import IntegerModel
from bespoke.netlist import Certificate, MappedNetlist, Netlist
from bespoke.numeric import Interval
from bespoke.proof.activations import prove_outputs
from bespoke.proof.circuit import Circuit
from bespoke.proof.decision import prove_decision
from bespoke.proof.hints import Hints
from bespoke.proof.ledger import Ledger
from bespoke.proof.mapping import prove_mapped
from bespoke.proof.refute import by_blocks, by_vectors, near_borders
from bespoke.proof.stages import STAGE_PROOFS
from bespoke.proof.sums import SumProver
from bespoke.proof.verdict import Counterexample, Status, Step, Verdict
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word

_SEARCH_S = 20.0
_STEPS = ("words", "sums", "activations", "decision")


def prove(
    model: IntegerModel,
    netlist: Netlist,
    certificate: Certificate,
    mapped: MappedNetlist,
    library: CellLibrary,
    *,
    timeout_s: float = 120.0,
) -> Verdict:
    """Prove that a mapped netlist has the function of an integer model, for every input.

    Parameters
    ----------
    model : IntegerModel
        The reference.
    netlist : Netlist
        The lowered netlist.
    certificate : Certificate
        Hints about ``netlist``; nothing in it is taken for granted.
    mapped : MappedNetlist
    library : CellLibrary
        Its truth tables say what the cells of ``mapped`` do.
    timeout_s : float
        Seconds for the SAT part of either link of the chain.

    Returns
    -------
    Verdict
        Steps ``ports``, ``words`` (inside stages), ``sums``, ``activations``, ``decision`` as far as there are any
        (model = lowered), then ``mapping`` (lowered = mapped).

    Raises
    ------
    NetlistError, LibraryError
        If a netlist breaks an invariant or uses an unknown cell.
    """
    lowered = prove_lowered(model, netlist, certificate, timeout_s=timeout_s)
    return Verdict((*lowered.steps, prove_mapped(netlist, mapped, library, model=model, timeout_s=timeout_s)))


def prove_lowered(
    model: IntegerModel, netlist: Netlist, certificate: Certificate, *, timeout_s: float = 120.0
) -> Verdict:
    """First link of the chain: integer model = lowered netlist; see `prove`."""
    started = time.perf_counter()
    circuit = Circuit(netlist)
    problem = _port_problem(model, netlist)
    seconds = time.perf_counter() - started
    if problem:
        return Verdict((Step("ports", "refuted", problem, seconds=seconds),))
    found = by_vectors(model, circuit)
    ports = Step("ports", "proven", counts={"ports": len(netlist.inputs) + 1}, seconds=time.perf_counter() - started)
    ledger = Ledger(circuit, refuted=found is not None)
    _walk(model, certificate, ledger)
    if found is None and ledger.doubtful:
        found = near_borders(model, circuit)
    if found is None:
        ledger.close_pending(timeout_s)
    else:
        ledger.leave_pending("a counterexample is known")
    if found is None and ledger.failures:
        with ledger.timed(ledger.failures[0].step):
            found = by_blocks(model, ledger, min(_SEARCH_S, timeout_s))
    return Verdict((ports, *_steps(ledger, found)))


def _port_problem(model: IntegerModel, netlist: Netlist) -> str:
    """What is wrong with the ports, or an empty string."""
    wanted = list(zip(model.coding.names, model.coding.bits, strict=True))
    if [(port.name, port.width) for port in netlist.inputs] != wanted:
        return "the input ports are not the features of the model"
    if any(port.signed for port in netlist.inputs):
        return "an input port is signed"
    name = "prediction" if model.decision.is_classifier else "value"
    if [port.name for port in netlist.outputs] != [name]:
        return f"the only output port must be {name}"
    output = netlist.outputs[0]
    if not Word(output.bits, model.output_interval(), output.signed).reads_whole_range:
        return f"port {name} is too narrow"
    return ""


def _walk(model: IntegerModel, certificate: Certificate, ledger: Ledger) -> None:
    netlist, hints = ledger.circuit.netlist, Hints(certificate, ledger.circuit)
    walk = Walk(hints, ledger, SumProver(ledger, hints), netlist.outputs[0], len(model.stages))
    words = tuple(Word(port.bits, Interval.unsigned(port.width), signed=False) for port in netlist.inputs)
    try:
        for number, stage in enumerate(model.stages):
            words, affine = STAGE_PROOFS[type(stage)](walk, stage, number, words)
            if number + 1 < walk.stage_count:
                words = prove_outputs(walk, number, affine, words)
        prove_decision(walk, model.decision, affine, words)
    except HintError as error:
        ledger.fail(str(error.where), error.what)


def _steps(ledger: Ledger, found: Counterexample | None) -> list[Step]:
    """Steps of the walk; the counterexample goes to the first one that failed."""
    seen = {*ledger.counts, *(failure.step for failure in ledger.failures)}
    steps: list[Step] = []
    for name in (name for name in _STEPS if name in seen):
        reasons = [failure.reason for failure in ledger.failures if failure.step == name]
        status: Status = "proven"
        if reasons:
            status = "not finished"
        elif name in ledger.not_run:
            status, reasons = "not run", [ledger.not_run[name]]
        here = found if status == "not finished" and not any(step.counterexample for step in steps) else None
        counts = dict(ledger.counts.get(name, {}))
        detail = reasons[0] + (f" and {len(reasons) - 1} more" if len(reasons) > 1 else "") if reasons else ""
        steps.append(Step(name, "refuted" if here else status, detail, counts, ledger.seconds.get(name, 0.0), here))
    if found and not any(step.counterexample for step in steps):
        steps.append(Step("vectors", "refuted", "model and circuit differ on a vector", counterexample=found))
    return steps
