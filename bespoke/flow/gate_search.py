"""How long gates are searched for, by which search, and from which forms of a circuit."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from math import inf

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.errors import ToolError
from bespoke.external import find_program
from bespoke.flow.options import CompileOptions
from bespoke.lowering import Lowered
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import Certificate, Netlist, SimpleGates
from bespoke.opt import (
    ABC,
    MOST_TABLE_BITS,
    MOST_WINDOWED_GATES,
    TRAVELLERS,
    WINDOWS,
    WORD,
    LoweringEffort,
    Rounds,
    Samples,
    SearchEffort,
    TimeLimit,
    Words,
    annealed_on_values,
    annealed_slowly,
    as_simple_gates,
    care_on,
    netlist_of,
    no_others,
    restarted,
    searched,
    searched_in_windows,
    searched_on_samples,
    travelled,
)
from bespoke.proof import check_equal, with_converters
from bespoke.sim import pack_words, random_inputs

_SAMPLES = 1 << 14
_NEAR = 1 << 10  # values beside one on which gates are wrong
_SHARES = (0.02, 0.05, 0.15, 0.3)  # of their bits that are others
_PROOF_S, _LEAST_PROOF_S, _LEAST_S = 30.0, 1.0, 0.1
_HEATS = 0.3, 0.6
_PART = 60  # gates that a search tries
# By effort: gates up to which a circuit is searched on samples, and for how long.
_ROUNDS = {
    "fast": (200, Rounds(24, 500_000, _HEATS, 24, part=_PART)),
    "high": (600, Rounds(24, 1_000_000, _HEATS, 24, part=_PART)),
}
_LONG = SearchEffort(50_000_000, 1.0)  # for a small tree once more, from the gates that ABC maps it to
# With a limit, chains of the whole circuit get a share of it, if that suffices for all gates.
_SLOW_SHARE, _SLOW_SECONDS_PER_GATE = 0.7, 0.025


def searched_gates(
    forms: Sequence[Netlist], lowered: Lowered, model: IntegerModel, costs: GateCosts, options: CompileOptions
) -> list[SimpleGates]:
    """Cheaper gates for forms of one function.

    On the values that its inputs take if these are few, else in parts and on samples of the values; with little effort
    on samples alone where good ones are known.
    """

    def cheapest_of(gates: Iterable[SimpleGates]) -> SimpleGates:
        return min(gates, key=lambda each: each.cost(costs.simple))

    simple = cheapest_of([lowered.gates] if lowered.gates else map(as_simple_gates, forms))
    rng = np.random.default_rng(options.seed)
    on_values = annealed_on_values(simple, costs, lowered.boundary.values_of, rng, thorough=options.effort == "high")
    is_sampled = _is_sampled(options, forms[0].gate_count, lowered) and (
        not on_values or options.effort_seconds is not None
    )
    is_quick = is_sampled and options.effort == "fast"
    found = on_values or ([] if is_quick else [searched_in_windows(simple, costs, WINDOWS[options.effort])])
    mapped = [] if options.power_share else restarted(forms[0], simple, costs)
    found = [*found, *mapped]
    if not is_sampled:
        return found
    refuter = _Refuter(forms[0], model, lowered.boundary, rng)
    care = lowered.care or care_on(refuter.random_words(options.seed), len(simple.outputs))
    samples = Samples(simple, care, care.vectors.shape[1] * WORD, refuter, rng)
    if mapped and lowered.care and options.effort == "high":
        other = searched(cheapest_of(mapped), care.vectors, costs, _LONG)
        found += [other] if samples.verdict(other, inf) == "right" else []
    cheapest = cheapest_of([simple, *found])
    if options.effort_seconds is None:
        return [*found, searched_on_samples(cheapest, costs, samples, _ROUNDS[options.effort][1], rng)]
    started, seconds, slow = time.monotonic(), options.effort_seconds, []
    if seconds > _SLOW_SECONDS_PER_GATE * len(simple.kinds):
        start = simple if lowered.care else cheapest  # boxes may not know that others are right
        slow = [annealed_slowly(start, costs, samples, _SLOW_SHARE * seconds, rng)]
    left = max(_LEAST_S, seconds - (time.monotonic() - started))
    return [*found, *slow, travelled(cheapest_of([cheapest, *slow]), costs, samples, left, rng)]


def _is_sampled(options: CompileOptions, gates: int, lowered: Lowered) -> bool:
    """Whether to search for so many gates on samples."""
    most = _ROUNDS[options.effort][0] if options.effort_seconds is None else MOST_WINDOWED_GATES
    return gates <= most and (options.effort == "high" or (lowered.care is not None and find_program(ABC) is not None))


class _Refuter:
    """Values of the ports on which gates differ from a netlist, found by SAT: ``refute`` of `Samples`."""

    def __init__(self, netlist: Netlist, model: IntegerModel, boundary: Boundary, rng: np.random.Generator) -> None:
        self._netlist, self._model, self._boundary, self._rng = netlist, model, boundary, rng

    def __call__(self, gates: SimpleGates, seconds: float) -> Words | None:
        """Values, shape (n_inputs, n_words), one of which shows that gates are wrong, and others near it.

        Without words if the gates are right, None if SAT does not tell in some seconds.
        """
        found = netlist_of(gates, self._netlist)
        limit = max(_LEAST_PROOF_S, min(_PROOF_S, seconds))
        try:
            result = check_equal(self._behind(self._netlist), self._behind(found), limit)
        except ToolError:  # the circuit is right without what this would find
            return None
        if result.answer == "undecided":
            return None
        if result.answer == "equal":
            self._netlist = found  # what is like it is easier to prove
            return no_others(gates)
        bits = np.array(self._model.coding.bits)
        first = np.cumsum(bits) - bits
        word = [sum(result.inputs.get(int(f + b), 0) << b for b in range(n)) for f, n in zip(first, bits, strict=True)]
        return self.words(self._near(np.array(word), bits))

    def random_words(self, seed: int) -> Words:
        """What converters put on all input bits for random features, shape (n_inputs, n_words)."""
        return self.words(random_inputs(self._model.coding.bits, _SAMPLES, seed))

    def _behind(self, netlist: Netlist) -> Netlist:
        """A netlist behind converters."""
        return with_converters(netlist, Certificate(), self._model, self._boundary)[0]

    def _near(self, word: IntArray, bits: IntArray) -> IntArray:
        """Features, and some that have a few other bits."""
        places = np.arange(int(bits.max()))
        flipped = self._rng.random((_NEAR, len(bits), len(places))) < self._rng.choice(_SHARES, (_NEAR, 1, 1))
        flipped[0] = False
        masks: IntArray = ((flipped & (places < bits[:, None])) << places).sum(axis=2)
        return word ^ masks

    def words(self, features: IntArray) -> Words:
        """What converters put on all input bits, shape (n_inputs, n / 64), for as many features as fill the words."""
        columns = pack_words(self._boundary.encode(features), self._netlist.inputs)
        size = len(features) // 8
        return np.stack([np.frombuffer(column.to_bytes(size, "little"), np.uint64) for column in columns])


def table_limit(options: CompileOptions, boundary: Boundary) -> TimeLimit | None:
    """How long the gates of a table are searched for, if the user says so and the circuit is small enough."""
    bits = sum(width for _, width in boundary.ports())
    if options.effort_seconds is None or bits > MOST_TABLE_BITS:
        return None
    return TimeLimit(options.effort_seconds, options.seed)


def lowering_effort(options: CompileOptions, boundary: Boundary) -> LoweringEffort:
    """How long lowering searches: not long where a search for gates follows that has all the time."""
    return options.effort if table_limit(options, boundary) is None else "fast"


def search_remark(options: CompileOptions, boundary: Boundary, gates: int) -> str:
    """What a limit in seconds makes of a circuit whose netlist has so many gates."""
    limit = table_limit(options, boundary)
    if limit is None and gates > MOST_WINDOWED_GATES:
        return f"gates were not searched for: that is for circuits of up to {MOST_WINDOWED_GATES} gates"
    workers = limit.workers if limit else min(TRAVELLERS, thread_count())
    cores = "1 core" if workers == 1 else f"{workers} cores"
    return f"gates were searched for {options.effort_seconds:g} s on {cores}: another machine may find others"
