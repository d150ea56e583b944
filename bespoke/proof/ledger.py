"""What has been claimed, what is proven of it, and what is still open."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bespoke.errors import ToolError, ToolMissingError
from bespoke.proof.block import Block, Cut, build_miter, close_at_once
from bespoke.proof.cec import CecResult, check_false
from bespoke.proof.circuit import Circuit
from bespoke.proof.verdict import Status, Step

SINGLE_BLOCK_S = 10.0
OnStep = Callable[[str, int], None]
_Pending = tuple[Block, tuple[Cut, ...]]


@dataclass(slots=True)
class Entry:
    """What a step has come to so far.

    Attributes
    ----------
    counts : Counter
        What was checked and how.
    seconds : float
    parts : int
        Times that something was done for it.
    failures : list of str
        Why claims are not proven.
    not_run : str
        Why a block was not tried, if one was not.
    """

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    parts: int = 0
    failures: list[str] = field(default_factory=list)
    not_run: str = ""

    def step(self, name: str) -> Step:
        """The step of a verdict."""
        status: Status = "not finished" if self.failures else "not run" if self.not_run else "proven"
        detail, *more = self.failures or [self.not_run]
        detail += f" and {len(more)} more" if more else ""
        return Step(name, status, detail, dict(self.counts), self.seconds)


class Ledger:
    """Collects claims about a circuit and closes them.

    Parameters
    ----------
    circuit : Circuit
    refuted : bool
        Whether a counterexample is known; weighted sums that the certificate does not explain are then not
        left to SAT.
    on_step : callable
        Told the step, and how many parts of it are done, after each.

    Attributes
    ----------
    entries : dict of str to Entry
        By step.
    broken : list of Block
        Those that are not proven.
    suspects : list of dict of int to int
        Primary input bits by number on which some block is wrong: candidates for a counterexample.
    """

    def __init__(
        self, circuit: Circuit, *, refuted: bool = False, on_step: OnStep = lambda _step, _count: None
    ) -> None:
        self.circuit = circuit
        self._on_step = on_step
        self._refuted = refuted
        self.entries: defaultdict[str, Entry] = defaultdict(Entry)
        self.broken: list[Block] = []
        self.suspects: list[dict[int, int]] = []
        self._pending: list[_Pending] = []

    @contextmanager
    def timed(self, step: str) -> Iterator[Entry]:
        """The entry of a step, to which the time inside the context is added."""
        started = time.perf_counter()
        try:
            yield self.entries[step]
        finally:
            self.entries[step].seconds += time.perf_counter() - started
            self.entries[step].parts += 1
            self._on_step(step, self.entries[step].parts)

    def claim(self, block: Block) -> None:
        """Close a block by hashing or exhaustion, or keep it for SAT."""
        with self.timed(block.step) as entry:
            entry.counts["blocks"] += 1
            self._claim(block, tuple(dict.fromkeys((*block.cuts, self.circuit.primary))))

    def _claim(self, block: Block, cuts: tuple[Cut, ...]) -> None:
        for number, cut in enumerate(cuts):
            closed = close_at_once(self.circuit, block, cut)
            if closed:
                return
            if closed is None and not (self._refuted and block.is_sum):
                self._pending.append((block, cuts[number:]))
                return
        self._fail(block, f"{block.name} is not what it is claimed to be")

    def _fail(self, block: Block, reason: str) -> None:
        self.broken.append(block)
        self.entries[block.step].failures.append(reason)

    @property
    def failed(self) -> str | None:
        """The first step with a claim that is not proven."""
        return next((name for name, entry in self.entries.items() if entry.failures), None)

    @property
    def doubtful(self) -> bool:
        """Whether a claim has failed, or a weighted sum is left that the certificate does not explain."""
        return self.failed is not None or any(block.is_sum for block, _ in self._pending)

    def leave_pending(self, reason: str) -> None:
        """Give up what is left; its steps count as not run."""
        for block, _ in self._pending:
            self.entries[block.step].not_run = reason
        self._pending = []

    def close_pending(self, timeout_s: float) -> None:
        """Prove what is left by SAT: all at once, and one by one if that fails."""
        deadline = time.perf_counter() + timeout_s
        while self._pending:
            pending, self._pending = self._pending, []
            try:
                self._close_round(pending, deadline)
            except ToolMissingError as error:
                self._pending = pending
                self.leave_pending(str(error))
            except ToolError as error:
                for block, _ in pending:
                    self._fail(block, f"{block.name}: {error}")

    def _close_round(self, pending: Sequence[_Pending], deadline: float) -> None:
        with self.timed(pending[-1][0].step):
            together = self._sat(pending, deadline - time.perf_counter())
        is_enough = len(pending) == 1 or together.answer == "equal"
        for item in pending:
            with self.timed(item[0].step):
                limit = min(SINGLE_BLOCK_S, deadline - time.perf_counter())
                self._settle(*item, together if is_enough else self._sat([item], limit))

    def _settle(self, block: Block, cuts: tuple[Cut, ...], result: CecResult) -> None:
        if result.answer == "equal":
            self.entries[block.step].counts["by SAT"] += 1
        elif result.answer == "undecided":
            self._fail(block, f"{block.name}: time limit reached")
        else:
            if cuts[0] == self.circuit.primary:
                self.suspects.append(result.inputs)
            self._claim(block, cuts[1:])

    def _sat(self, items: Sequence[_Pending], timeout_s: float) -> CecResult:
        return check_false(*build_miter(self.circuit, [(block, cuts[0]) for block, cuts in items]), timeout_s)
