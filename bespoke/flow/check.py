"""Comparison of a design's Verilog with its integer model: by simulation, by Icarus Verilog, by proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from bespoke.errors import (
    LibraryError,
    NetlistError,
    OptionError,
    ToolError,
    ToolMissingError,
    ToolTimeoutError,
    VerilogError,
)
from bespoke.external import beside
from bespoke.flow.circuit import Reference
from bespoke.flow.compared import Sources
from bespoke.flow.vectors import Vectors
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import MappedNetlist
from bespoke.proof import Verdict, prove_lowered, prove_mapped
from bespoke.sim import mapped_outputs
from bespoke.verilog import Budget, read_netlist, run_icarus, write_testbench, write_vectors

VERIFY_S = 60.0  # for simulations, if nobody says otherwise
_MOST_S = 1e6  # eleven days: systems count the time that they wait for a process in ms, in 31 bits
_ICARUS_SHARES = {"netlist": 0.6, "rtl": 0.3}  # of that
_TIMEOUT_SHARE = 1.8  # of that: what needs so much longer is ended
_SURE_WORK = 1_000_000  # cells times vectors that Icarus Verilog does in about a second
# For SAT between the netlists: some time, more for large circuits, but within a quarter of an hour with all else.
_SAT_S, _MOST_SAT_S, _SAT_S_PER_CELL = 120.0, 600.0, 0.002
_EDITED = "the circuit is pruned: netlist.v is compared with the edited netlist, rtl.v with the model before"
Status = Literal["agree", "proven", "not finished", "refuted", "not run"]
_WORST_FIRST: tuple[Status, ...] = ("refuted", "not finished", "not run", "proven", "agree")


@dataclass(frozen=True, slots=True)
class Check:
    """One executor against the integer model.

    Attributes
    ----------
    status : {"agree", "proven", "not finished", "refuted", "not run"}
    detail : str
        Why it is not simply "agree" or "proven".
    counts : dict of str to int
        How much was compared: ``vectors`` and ``mismatches`` of a simulation, the blocks of a proof.
    counterexample : dict, optional
        Of a refuted check: ``inputs`` (words by feature name), ``expected`` and ``got`` (output words).
    parts : dict of str to Check
        Checks that this one sums up.
    """

    status: Status
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    counterexample: Mapping[str, Any] | None = None
    parts: Mapping[str, Check] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        data: dict[str, Any] = {"status": self.status, **self.counts}
        if self.detail:
            data["detail"] = self.detail
        if self.counterexample is not None:
            data["counterexample"] = dict(self.counterexample)
        return data | {name: part.to_json() for name, part in self.parts.items()}


NOT_RUN = Check("not run")


def summary(parts: Mapping[str, Check]) -> Check:
    """One check that is as bad as the worst of its parts."""
    status = next(status for status in _WORST_FIRST if any(part.status == status for part in parts.values()))
    worst = {name: part for name, part in parts.items() if part.status == status}
    detail = "; ".join(f"{name}: {part.detail}" for name, part in worst.items() if part.detail)
    example = next((part.counterexample for part in worst.values() if part.counterexample is not None), None)
    return Check(status, detail, {}, example, parts)


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether integer model, simulator, Icarus Verilog and proof agree about a design.

    Attributes
    ----------
    simulator : Check
        Integer model against the built-in simulator, on the netlist as read back from its Verilog text.
    icarus : Check
        Integer model against Icarus Verilog; parts ``netlist`` and ``rtl``.
    formal : Check
        The proof chain from the integer model to the netlist.
    vectors : dict of str to dict
        Per simulator (``simulator``, ``icarus``): number of input vectors by origin.
    notes : tuple of str
        Remarks, such as files that were changed since they were written.
    differences : tuple of str
        What a folder states otherwise than it is found from its model, netlist, stimuli and library.
    """

    simulator: Check = NOT_RUN
    icarus: Check = NOT_RUN
    formal: Check = NOT_RUN
    vectors: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def checks(self) -> dict[str, Check]:
        """The checks by name."""
        return {"simulator": self.simulator, "icarus": self.icarus, "formal": self.formal}

    @property
    def agrees(self) -> bool:
        """Whether nothing was refuted."""
        return not self.differences and all(check.status != "refuted" for check in self.checks.values())

    @property
    def counterexample(self) -> Mapping[str, Any] | None:
        """First counterexample, if there is one."""
        return next((check.counterexample for check in self.checks.values() if check.counterexample is not None), None)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        checks = {name: check.to_json() for name, check in self.checks.items()}
        vectors = {name: dict(counts) for name, counts in self.vectors.items()}
        differences = {"differences": list(self.differences)} if self.differences else {}
        return {**checks, "vectors": vectors, **differences, "notes": list(self.notes)}


def check_sources(
    sources: Sources,
    vectors: Vectors,
    *,
    icarus_vectors: Vectors | None = None,
    formal: bool = True,
    seconds: float | None = None,
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
    seconds : float, optional
        For what is not proof, a minute by default. Icarus Verilog applies as many of the vectors as fit, evenly taken
        from all.
    on_stage : callable
        Told what is being done.

    Raises
    ------
    NetlistError
        If the edits do not fit the model.
    OptionError
        If the time is no positive number, or more than the system can wait.
    """
    limit = VERIFY_S if seconds is None else seconds
    if not 0 < limit <= _MOST_S:
        what, allowed = "no time for a verification", f"more than 0 s, up to {_MOST_S:g} s"
        raise OptionError(what, where="verify_seconds", got=limit, allowed=allowed)
    reference, chosen = sources.reference, icarus_vectors or vectors
    on_stage("simulators")
    mapped, fault = _read(sources)
    # Icarus Verilog is a process of its own: it runs beside the rest.
    with beside(partial(_icarus, sources, mapped, chosen.words, limit)) as icarus:
        if mapped is None:
            simulator, proof = Check("refuted", fault), Check("not run", "the netlist cannot be read")
        else:
            simulator = _simulate(sources, mapped, vectors.words)
            on_stage("proof")
            proof = _prove(sources, mapped, on_stage) if formal else NOT_RUN
        on_stage("Icarus Verilog")
        found = icarus.result()
    whole = len(chosen.words)
    applied = min(_applied(part, whole) for part in found.parts.values())
    is_whole = applied >= whole
    counts = {"simulator": vectors.counts, "icarus": chosen.counts if is_whole else {"selected": applied}}
    notes = [] if is_whole else [_fewer(applied, whole, limit)]
    return Verification(simulator, found, proof, counts, (*notes, *([_EDITED] if reference.edited is not None else [])))


def _applied(part: Check, whole: int) -> int:
    """Vectors that a simulator ran: none if it was ended. One that is not there leaves none out."""
    return part.counts.get("vectors", 0 if part.status == "not finished" else whole)


def _fewer(applied: int, wanted: int, seconds: float) -> str:
    words = f"Icarus Verilog ran {applied:,} of {wanted:,} vectors, as many as fit into {seconds:g} s in all"
    return f"{words}; --verify-seconds says how long"


def _read(sources: Sources) -> tuple[MappedNetlist | None, str]:
    """The netlist as its text has it, with the model's port names; or what is wrong with it."""
    words = sources.ports.words
    try:
        # What has no line break could be the path of another file.
        mapped = read_netlist(f"{sources.netlist}\n", sources.library)
    except (VerilogError, NetlistError, LibraryError) as error:
        return None, f"netlist.v cannot be read: {error}"
    ports = (*mapped.inputs, *mapped.outputs)
    found = [(port.name, port.width) for port in ports]
    wanted = [(word.identifier, word.width) for word in words]
    if found != wanted:
        difference = next((pair for pair in zip(found, wanted, strict=False) if pair[0] != pair[1]), None)
        got, allowed = difference or (f"{len(found)} ports", f"{len(wanted)} ports")
        return None, f"the ports of netlist.v are not those of the model: {got} instead of {allowed}"
    return sources.named(mapped), ""


def _simulate(sources: Sources, mapped: MappedNetlist, words: IntArray) -> Check:
    expected = sources.reference.outputs(words)
    got = mapped_outputs(mapped, sources.library, sources.boundary.encode(words))[:, 0]
    wrong = np.flatnonzero(got != expected)
    counts = {"vectors": len(words), "mismatches": len(wrong)}
    first = (int(wrong[0]), int(got[wrong[0]])) if len(wrong) else None
    return _compared(sources.model, words, expected, counts, first)


def _prove(sources: Sources, mapped: MappedNetlist, on_stage: Callable[[str], None]) -> Check:
    verdict = _verdict(sources, mapped, on_stage)
    counts = {f"{step.name}: {name}": number for step in verdict.steps for name, number in step.counts.items()}
    example = verdict.counterexample
    found = None
    if example is not None:
        found = {"inputs": dict(example.features), "expected": example.expected, "got": example.actual}
    return Check(verdict.status, verdict.detail, counts, found)


def _verdict(sources: Sources, mapped: MappedNetlist, on_stage: Callable[[str], None]) -> Verdict:
    """Model = lowered = mapped netlist; with edits model = lowered netlist, and edited = mapped netlist."""
    on_stage("proof, netlist made anew from the model")
    model, boundary, lowered = sources.model, sources.boundary, sources.lowered
    told = partial(_told, on_stage)
    first = prove_lowered(model, lowered.netlist, lowered.certificate, boundary=boundary, on_step=told)
    on_stage("proof, mapping; " + _proven(first))
    compared = sources.reference.edited or lowered.netlist
    timeout = min(_MOST_SAT_S, max(_SAT_S, _SAT_S_PER_CELL * len(mapped.instances)))
    link = prove_mapped(compared, mapped, sources.library, model=model, boundary=boundary, timeout_s=timeout)
    return Verdict((*first.steps, link))


def _told(on_stage: Callable[[str], None], step: str, count: int) -> None:
    on_stage(f"proof, {step}: {count} parts")


def _proven(verdict: Verdict) -> str:
    names = [step.name for step in verdict.steps if step.status == "proven"]
    return f"proven so far: {', '.join(names) or 'nothing'}"


def _icarus(sources: Sources, mapped: MappedNetlist | None, words: IntArray, seconds: float) -> Check:
    sure = max(1, _SURE_WORK // max(1, len(mapped.instances) if mapped else 1))
    if sure < len(words):  # not all may fit: the first ones are then evenly taken from all
        order = np.random.default_rng(0).permutation(len(words))
        words = words[order]
    ports, testbench = sources.ports, write_testbench(sources.ports, len(words))
    given = sources.boundary.encode(words)

    def run(name: str, texts: Callable[[], Sequence[str]], judge: Reference) -> Check:
        expected, budget = judge.outputs(words), Budget(seconds * _ICARUS_SHARES[name], sure)
        vectors, timeout = write_vectors(ports, given, expected), seconds * _TIMEOUT_SHARE
        try:
            run = run_icarus(texts(), testbench, vectors, timeout_s=timeout, budget=budget)
        except ToolMissingError as error:
            return Check("not run", str(error))
        except ToolTimeoutError as error:
            return Check("not finished", str(error))
        except (ToolError, VerilogError) as error:
            return Check("refuted", str(error))
        counts = {"vectors": run.vectors, "mismatches": run.mismatches}
        first = (run.first.index, run.first.got) if run.first else None
        return _compared(sources.model, words, expected, counts, first)

    return summary(
        {
            "netlist": Check("not run", "the netlist cannot be read")
            if mapped is None
            else run("netlist", lambda: sources.simulated_netlist(mapped), sources.reference),
            "rtl": run("rtl", lambda: [sources.simulated_rtl()], Reference(sources.model, sources.boundary)),
        }
    )


def _compared(
    model: IntegerModel,
    words: IntArray,
    expected: IntArray,
    counts: Mapping[str, int],
    first: tuple[int, int | str] | None,
) -> Check:
    """What a simulation found: of its mismatches the ``first`` with its row and output, if that is known."""
    example = None
    if first is not None:
        row, got = first
        inputs = dict(zip(model.coding.names, words[row].tolist(), strict=True))
        example = {"inputs": inputs, "expected": int(expected[row]), "got": got}
    return Check("refuted" if counts["mismatches"] else "agree", "", counts, example)
