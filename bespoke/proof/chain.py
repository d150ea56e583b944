"""The proof chain: integer model = lowered netlist = mapped netlist."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from itertools import islice

from bespoke.errors import HintError
from bespoke.model import Boundary, IntegerModel
from bespoke.netlist import Certificate, Netlist
from bespoke.proof.adders import AdderChecker
from bespoke.proof.circuit import Circuit
from bespoke.proof.converters import with_converters
from bespoke.proof.decision import near_borders
from bespoke.proof.ledger import Ledger, OnStep
from bespoke.proof.refute import broken_words
from bespoke.proof.shortcut import prove_stages
from bespoke.proof.stages import prove_inputs
from bespoke.proof.vectors import Comparison, output_words, stimuli
from bespoke.proof.verdict import Counterexample, Step, Verdict
from bespoke.proof.walk import STEPS, Walk
from bespoke.proof.word import Word, input_words

_SEARCH_S = 20.0


def prove_lowered(
    model: IntegerModel,
    netlist: Netlist,
    certificate: Certificate,
    *,
    boundary: Boundary | None = None,
    timeout_s: float = 120.0,
    on_step: OnStep = lambda _step, _count: None,
) -> Verdict:
    """First link of the chain: a lowered netlist has the function of an integer model, for every input.

    Parameters
    ----------
    model : IntegerModel
        The reference.
    netlist : Netlist
        The lowered netlist.
    certificate : Certificate
        Hints about ``netlist``; nothing in it is taken for granted.
    boundary : Boundary, optional
        How the features come to the netlist; by default, as a binary word each. Of other codes, those are considered
        that an ideal converter gives.
    timeout_s : float
        Seconds for SAT.
    on_step : callable
        Told the step, and how many parts of it are done, after each.

    Returns
    -------
    Verdict
        Steps ``ports``, ``inputs`` (words of thermometer codes), ``words`` (inside stages), ``sums``, ``activations``,
        ``decision`` as far as there are any. The second link is `prove_mapped`.

    Raises
    ------
    NetlistError
        If the netlist breaks an invariant.
    """
    started = time.perf_counter()
    circuit, ports = Circuit(netlist), boundary or Boundary.binary(model.coding)
    problem = _port_problem(model, netlist, ports)
    seconds = time.perf_counter() - started
    if problem:
        return Verdict((Step("ports", "refuted", problem, seconds=seconds),))
    netlist, certificate = with_converters(netlist, certificate, model, ports)
    circuit = Circuit(netlist)
    compared = Comparison(netlist.inputs, lambda words: model.predict(words)[:, None], partial(output_words, circuit))
    found = compared.difference([stimuli(netlist.inputs)])
    count = {"ports": len(ports.ports()) + 1}
    first = Step("ports", "proven", counts=count, seconds=time.perf_counter() - started)
    ledger = Ledger(circuit, refuted=found is not None, on_step=on_step)
    _walk(model, certificate, ledger)
    if found is None and ledger.doubtful:
        found = compared.difference(islice(near_borders(model), 1))
    if found is None:
        ledger.close_pending(timeout_s)
    else:
        ledger.leave_pending("a counterexample is known")
    if found is None and ledger.failed:
        with ledger.timed(ledger.failed):
            found = compared.difference(broken_words(ledger, min(_SEARCH_S, timeout_s)))
    return Verdict((first, *_steps(ledger, found)))


def _port_problem(model: IntegerModel, netlist: Netlist, boundary: Boundary) -> str:
    """What is wrong with the ports, or an empty string."""
    if (boundary.names, len(boundary.codes)) != (model.coding.names, model.coding.feature_count):
        return "the features of the boundary are not those of the model"
    if [(port.name, port.width) for port in netlist.inputs] != list(boundary.ports()):
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
    netlist = ledger.circuit.netlist
    walk = Walk(certificate, ledger, AdderChecker(ledger.circuit), netlist.outputs[0], len(model.stages))
    try:
        words = prove_inputs(walk, input_words(netlist.inputs))
        prove_stages(walk, enumerate(model.stages), model.decision, words)
    except HintError as error:
        ledger.entries[str(error.where)].failures.append(error.what)


def _steps(ledger: Ledger, found: Counterexample | None) -> list[Step]:
    """Steps of the walk; the counterexample goes to the first one that failed."""
    names = [name for name in dict.fromkeys(STEPS.values()) if name in ledger.entries]
    steps = [ledger.entries[name].step(name) for name in names]
    if found:
        failed = next((step for step in steps if step.status == "not finished"), None)
        if failed is None:
            steps.append(Step("vectors", "refuted", "model and circuit differ on a vector", counterexample=found))
        else:
            steps[steps.index(failed)] = replace(failed, status="refuted", counterexample=found)
    return steps
