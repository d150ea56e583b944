"""Gates searched for on some values of their inputs, and kept only where they are right on all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Literal

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import Care, care_on, packed
from bespoke.opt.resubstitute import SearchEffort, resubstitute
from bespoke.opt.words import WORD, Integers, Words

Refute = Callable[[SimpleGates, float], Words | None]
Verdict = Literal["right", "wrong", "open"]

_FIRST_VALUES, _MORE_VALUES = 1024, 128  # that the search has, and that it gets after each round that was wrong
_LEAST_GAIN = 1e-9
_CHUNK = 1 << 12  # words for which all signals are held at once


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long to search.

    Attributes
    ----------
    count : int
        Of rounds, at most.
    work : int
        Of a search, as in `SearchEffort`.
    heats : tuple of float
        Of the searches of a round, which start side by side from the same gates; all fall to 0 from round to round.
    patience : int
        Rounds without a gain after the first gain that end the search.
    part : int, optional
        Gates that a search tries at most, which are others in each round; by default all.
    """

    count: int
    work: int
    heats: tuple[float, ...]
    patience: int
    part: int | None = None

    def efforts(self, left: float, gates: int, rng: np.random.Generator) -> list[SearchEffort]:
        """Those of a round when such a share of the rounds is left."""
        part = gates if self.part is None or self.part > gates else self.part
        return [
            SearchEffort(self.work, heat * left, int(rng.integers(gates - part + 1)), part if part < gates else None)
            for heat in self.heats
        ]


def no_others(gates: SimpleGates, _seconds: float = inf) -> Words:
    """No other values: those of `Samples` are all that the inputs take."""
    return np.zeros((gates.input_count, 0), dtype=np.uint64)


class Samples:
    """Values of the inputs of a circuit, of which a search knows a few.

    Parameters
    ----------
    gates : SimpleGates
        The circuit.
    care : Care
        Has the values, and boxes if there are any that describe the function.
    count : int
        Of the values; what is left of the last word repeats one.
    refute : callable
        Gives in some seconds other values, on some of which gates are wrong; without words if the gates are right on
        all that the inputs take, or None if that is not known. It is asked about gates that are right on all values.
    rng : numpy.random.Generator

    Attributes
    ----------
    care : Care
        With the values that have refuted something, too.
    """

    def __init__(self, gates: SimpleGates, care: Care, count: int, refute: Refute, rng: np.random.Generator) -> None:
        self._gates, self.care, self._count, self._refute, self._rng = gates, care, count, refute, rng
        self._wanted = list(_outputs(gates, care.vectors))
        self._known = rng.integers(count, size=_FIRST_VALUES)

    @property
    def known(self) -> Words:
        """The few, shape (n_inputs, n_words), the last one repeated until the words are full."""
        numbers = np.pad(self._known, (0, -len(self._known) % WORD), mode="edge")
        return packed((self.care.vectors[:, numbers // WORD] >> (numbers % WORD).astype(np.uint64) & np.uint64(1)) > 0)

    def verdict(self, found: SimpleGates, seconds: float) -> Verdict:
        """What is known about other gates in some seconds; where they are wrong, some of these values become known."""
        wrong = self._wrong(found)
        if not len(wrong):
            others = self._refute(found, seconds)
            if others is None:
                return "open"
            if not others.shape[1]:
                return "right"
            values = np.hstack([self.care.vectors, others])
            self.care, self._count = self.care._replace(vectors=values), values.shape[1] * WORD
            self._wanted = list(_outputs(self._gates, values))
            wrong = self._wrong(found)
        chosen = self._rng.choice(wrong, min(len(wrong), _MORE_VALUES), replace=False)
        self._known = np.concatenate([self._known, chosen])
        return "wrong"

    def _wrong(self, found: SimpleGates) -> Integers:
        """Numbers of the values on which some output is another one."""
        pairs = zip(_outputs(found, self.care.vectors), self._wanted, strict=True)
        words = np.concatenate([np.bitwise_or.reduce(ours ^ theirs, axis=0) for ours, theirs in pairs])
        return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little")[: self._count])


def searched_on_samples(
    gates: SimpleGates, costs: GateCosts, samples: Samples, rounds: Rounds, rng: np.random.Generator
) -> SimpleGates:
    """Cheaper gates with the function of a circuit, which ``samples`` have found right.

    It ends where nothing is known about what it found: the rest would not be known, either.

    Notes
    -----
    What a search finds with a few values is judged on all, and some of those on which it is wrong join the few: A.
    Solar-Lezama et al., "Combinatorial Sketching for Finite Programs", ASPLOS 2006.
    """
    last_gain = inf
    with ThreadPoolExecutor(min(len(rounds.heats), thread_count())) as threads:
        for number in range(rounds.count):
            if not gates.kinds:
                break
            search = partial(searched, gates, samples.known, costs)
            for found in threads.map(search, rounds.efforts(1 - number / rounds.count, len(gates.kinds), rng)):
                is_cheaper = found.cost(costs.simple) < gates.cost(costs.simple) - _LEAST_GAIN
                verdict = samples.verdict(found, inf) if is_cheaper else "wrong"
                if verdict == "open":
                    return gates
                if verdict == "right":
                    gates, last_gain = found, number
            if number - last_gain >= rounds.patience:
                break
    return gates


def searched(gates: SimpleGates, known: Words, costs: GateCosts, effort: SearchEffort) -> SimpleGates:
    """Gates that are right on some values of the inputs, cheaper if such are found."""
    return resubstitute(gates, care_on(known, len(gates.outputs)), effort, costs)


def _outputs(gates: SimpleGates, inputs: Words) -> Iterator[Words]:
    """Of some words after the other, shape (n_outputs, n_words)."""
    for start in range(0, inputs.shape[1], _CHUNK):
        part = inputs[:, start : start + _CHUNK]
        signals = gates.signals(list(part), ~np.zeros_like(part[0]))
        yield np.stack([signals[output] for output in gates.outputs])
