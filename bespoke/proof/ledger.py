"""What has been claimed, what is proven of it, and what is still open."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bespoke.errors import ToolError, ToolMissingError
from bespoke.netlist import FALSE
from bespoke.proof.block import Block, build_miter, close_at_once
from bespoke.proof.cec import check_equal
from bespoke.proof.circuit import Circuit

SINGLE_BLOCK_S = 10.0
Cuts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that is not proven, with its block if it has one."""

    step: str
    reason: str
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    block: Block
    cuts: Cuts


class Ledger:
    """Collects claims about a circuit and closes them.

    Parameters
    ----------
    circuit : Circuit
    refuted : bool
        Whether a counterexample is known; weighted sums that the certificate does not explain are then not
        tried any further.

    Attributes
    ----------
    failures : list of Failure
    counts : dict of str to Counter
        Per step: what was checked and how.
    seconds : dict of str to float
        Per step.
    suspects : list of dict of int to int
        Primary input bits by number on which some block is wrong: candidates for a counterexample.
    not_run : dict of str to str
        Steps with a block that was not tried, and why.
    """

    def __init__(self, circuit: Circuit, *, refuted: bool = False) -> None:
        self.circuit = circuit
        self._refuted = refuted
        self.failures: list[Failure] = []
        self.counts: dict[str, Counter[str]] = {}
        self.seconds: dict[str, float] = {}
        self.suspects: list[dict[int, int]] = []
        self.not_run: dict[str, str] = {}
        self._pending: list[_Pending] = []

    def count(self, step: str, what: str, number: int = 1) -> None:
        """Add to the figures of a step."""
        self.counts.setdefault(step, Counter())[what] += number

    def fail(self, step: str, reason: str, block: Block | None = None) -> None:
        """Note a claim that is not proven."""
        self.failures.append(Failure(step, reason, block))

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the time inside the context to a step."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started

    def claim(self, block: Block) -> None:
        """Close a block by hashing or exhaustion, or keep it for SAT."""
        with self.timed(block.step):
            self.count(block.step, "blocks")
            self._claim(block, (*block.cuts, self.circuit.primary))

    def _claim(self, block: Block, cuts: Cuts) -> None:
        for number, cut in enumerate(cuts):
            closed = close_at_once(self.circuit, block, cut)
            if closed:
                return
            if closed is None and self._refuted and block.is_sum:
                break
            if closed is None:
                self._pending.append(_Pending(block, cuts[number:]))
                return
        self.fail(block.step, f"{block.name} is not what the certificate says", block)

    @property
    def doubtful(self) -> bool:
        """Whether a claim has failed, or a weighted sum is left that the certificate does not explain."""
        return bool(self.failures) or any(item.block.is_sum for item in self._pending)

    def leave_pending(self, reason: str) -> None:
        """Give up what is left; its steps count as not run."""
        self.not_run |= {item.block.step: reason for item in self._pending}
        self._pending = []

    def close_pending(self, timeout_s: float) -> None:
        """Prove what is left by SAT: all at once, and one by one if that fails."""
        deadline = time.perf_counter() + timeout_s
        while self._pending:
            pending, self._pending = self._pending, []
            try:
                self._close_round(pending, deadline)
            except ToolMissingError as error:
                self.not_run |= {item.block.step: str(error) for item in pending}
                return
            except ToolError as error:
                for item in pending:
                    self.fail(item.block.step, f"{item.block.name}: {error}", item.block)

    def _close_round(self, pending: list[_Pending], deadline: float) -> None:
        if len(pending) > 1:
            with self.timed(pending[-1].block.step):
                if self._sat(pending, deadline - time.perf_counter())[0] == "equal":
                    for item in pending:
                        self.count(item.block.step, "by SAT")
                    return
        for item in pending:
            with self.timed(item.block.step):
                self._close_one(item, deadline)

    def _close_one(self, item: _Pending, deadline: float) -> None:
        block = item.block
        answer, inputs = self._sat([item], min(SINGLE_BLOCK_S, deadline - time.perf_counter()))
        if answer == "equal":
            self.count(block.step, "by SAT")
        elif answer == "undecided":
            self.fail(block.step, f"{block.name}: time limit reached", block)
        else:
            if item.cuts[0] == self.circuit.primary:
                self.suspects.append(inputs)
            self._claim(block, item.cuts[1:])

    def _sat(self, items: list[_Pending], timeout_s: float) -> tuple[str, dict[int, int]]:
        miter = build_miter(self.circuit, [(item.block, item.cuts[0]) for item in items])
        result = check_equal(miter.netlist, miter.wrong, [FALSE] * len(miter.wrong), timeout_s)
        return result.answer, result.inputs
