"""Small sets of input vectors that show every fault that can be shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ToolMissingError
from bespoke.faults.detect import detecting_vectors
from bespoke.faults.fault import Faults
from bespoke.faults.graph import Integers, Subject
from bespoke.faults.miter import Miter, words_of
from bespoke.sim import MAX_EXHAUSTIVE_BITS, every_input, largest_words, random_inputs

POOL = 1024  # random vectors from which the set is chosen
BLOCKS = 15  # as many again, each time tried on the faults that are left
NEARBY = 256  # vectors tried around one that SAT found
PARENTS = 200  # vectors that showed something last, around which others are tried
ROUNDS = 800  # of `POOL` such vectors at most
_PATIENCE = 60  # rounds that show nothing new
_FLIPPED = 0.1
_BATCH = 64
_SHORT_S = 2.0  # for a call of SAT, before hard classes get more
_LARGEST_BATCH = 512
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VectorOptions:
    """How test vectors are looked for.

    Attributes
    ----------
    seed : int
        Seed of the random vectors.
    timeout_s : float
        Time in s for one call of SAT, and
    budget_s : float
        for all; faults that are left then are undecided.
    """

    seed: int = 42
    timeout_s: float = 20.0
    budget_s: float = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class VectorSet:
    """Vectors and the faults that they show; classes are those of `Faults`.

    Attributes
    ----------
    words : ndarray of int64, shape (n_vectors, n_ports)
    detected, redundant, undecided : ndarray of int64
        Numbers of the classes that a vector shows, that provably no input shows, and that are neither.
    random_vectors : int
        Random vectors until all faults were shown that random vectors showed, and
    random_left : int
        the number of detected classes that then still were not, after `POOL` times (1 + `BLOCKS`) of them.
    """

    words: Integers
    detected: Integers
    redundant: Integers
    undecided: Integers
    random_vectors: int
    random_left: int


@dataclass
class _Search:
    """Vectors found so far, and for each class the number of the first random vector that showed it."""

    circuit: Subject
    faults: Faults
    rng: np.random.Generator
    left: Integers
    pool: list[Integers] = field(default_factory=list)
    redundant: list[int] = field(default_factory=list)
    undecided: list[int] = field(default_factory=list)

    def shown(self, classes: Integers, words: Integers) -> Bools:
        """Which vectors show which classes, shape (n_classes, n_vectors)."""
        numbers = self.faults.representatives[classes]
        found = detecting_vectors(self.circuit, self.faults, numbers, words)
        bits = np.unpackbits(found.astype("<u8").view(np.uint8), axis=1, bitorder="little", count=len(words))
        return bits.astype(bool)

    def take(self, words: Integers) -> Integers:
        """Try vectors on what is left and keep those that show something first; their numbers by class shown."""
        shown = self.shown(self.left, words)
        hit = shown.any(axis=1)
        first = shown[hit].argmax(axis=1)
        self.pool.append(words[np.unique(first)])
        self.left = self.left[~hit]
        return np.asarray(first, dtype=np.int64)


def find_vectors(
    circuit: Subject,
    faults: Faults,
    options: VectorOptions | None = None,
    on_left: Callable[[int], None] = lambda _: None,
) -> VectorSet:
    """Find few vectors that show all single stuck-at faults that any input shows.

    Random vectors show most faults. Vectors near those that showed something last show many others: a fault of a sum is
    seen where two sums are nearly equal, and so are its neighbours. For what is left then all inputs of up to 16 bits
    are tried, or SAT either finds a vector or proves that there is none. Then a small set is chosen: vectors without
    which a fault would not be shown, the one that shows most of what is left again and again, and in the end those go
    that have become superfluous.

    Parameters
    ----------
    circuit : Subject
    faults : Faults
    options : VectorOptions, optional
    on_left : callable, optional
        Told how many classes are still to be shown, or to be proven redundant.
    """
    chosen = options or VectorOptions()
    bits = tuple(port.width for port in circuit.netlist.inputs)
    search = _Search(circuit, faults, np.random.default_rng(chosen.seed), np.arange(faults.class_count))
    start = random_inputs(bits, POOL, chosen.seed)
    first = search.take(start)
    search.pool = [start]
    last = int(first.max(initial=-1)) + 1
    for block in range(1, BLOCKS + 1):
        if not len(search.left):
            break
        first = search.take(random_inputs(bits, POOL, chosen.seed + block))
        last = POOL * block + int(first.max()) + 1 if len(first) else last
    by_random = faults.class_count - len(search.left)
    if sum(bits) <= MAX_EXHAUSTIVE_BITS:
        _by_trial(search, bits)
    _by_descent(search, bits)
    _by_sat(search, bits, chosen, on_left)
    detected = np.setdiff1d(np.arange(faults.class_count), [*search.redundant, *search.undecided])
    pool = np.concatenate(search.pool)
    words = pool[_cover(search.shown(detected, pool))]
    redundant, undecided = (np.array(each, dtype=np.int64) for each in (search.redundant, search.undecided))
    return VectorSet(words, detected, redundant, undecided, last, len(detected) - by_random)


def _by_trial(search: _Search, bits: tuple[int, ...]) -> None:
    """Decide the classes that are left by all inputs."""
    every = every_input(bits)
    for at in range(0, len(every) if len(search.left) else 0, POOL):
        search.take(every[at : at + POOL])
    search.redundant += search.left.tolist()
    search.left = search.left[:0]


def _by_descent(search: _Search, bits: tuple[int, ...]) -> None:
    """Try vectors near those that were the first to show something, again and again."""
    rng, most, idle = search.rng, largest_words(bits), 0
    parents = np.concatenate(search.pool)[-PARENTS:]
    for _ in range(ROUNDS):
        if not len(search.left) or idle == _PATIENCE:
            return
        near = parents[rng.integers(0, len(parents), POOL)]
        flipped, stepped = np.split(near, 2)
        rates = rng.choice([0.02, 0.05, 0.1], len(flipped))
        for column, width in enumerate(bits):
            for bit in range(width):
                flipped[:, column] ^= (rng.random(len(flipped)) < rates).astype(np.int64) << bit
        moved = rng.random(stepped.shape) < rng.choice([0.1, 0.3], (len(stepped), 1))
        stepped += moved * rng.integers(-2, 3, stepped.shape)
        idle = 0 if len(search.take(np.clip(near, 0, most))) else idle + 1
        parents = np.concatenate([parents, search.pool[-1]])[-PARENTS:]


def _by_sat(search: _Search, bits: tuple[int, ...], options: VectorOptions, on_left: Callable[[int], None]) -> None:
    """Decide the classes that are left: first those that take little time, so that hard ones do not use it up."""
    if not len(search.left):
        return
    miter, end = Miter(search.circuit), time.monotonic() + options.budget_s
    for timeout_s in (min(_SHORT_S, options.timeout_s), options.timeout_s):
        search.undecided, size = [], _BATCH
        while len(search.left) and time.monotonic() < end:
            on_left(len(search.left) + len(search.undecided))
            batch = search.left[:size].tolist()
            numbers = search.faults.representatives[batch]
            try:
                result = miter.check([search.faults[int(number)] for number in numbers], timeout_s)
            except ToolMissingError:
                end = 0.0
                break
            if result.answer == "different":
                before = len(search.left)
                search.take(_around(search, words_of(search.circuit, result.inputs), bits))
                if len(search.left) < before:
                    continue
            if result.answer == "equal":
                search.redundant += batch
                size = min(_LARGEST_BATCH, 2 * size)
            elif size > 1:
                size = 1
                continue
            else:
                search.undecided += batch
            search.left = search.left[len(batch) :]
        search.left = np.array([*search.undecided, *search.left.tolist()], dtype=np.int64)
        search.take(np.concatenate(search.pool))  # those found later may show what was put off
    search.undecided = search.left.tolist()


def _around(search: _Search, words: Integers, bits: tuple[int, ...]) -> Integers:
    """The vector and others that differ from it in some bits."""
    near = np.repeat(words, 1 + NEARBY, axis=0)
    for column, width in enumerate(bits):
        for bit in range(width):
            near[1:, column] ^= (search.rng.random(NEARBY) < _FLIPPED).astype(np.int64) << bit
    return near & largest_words(bits)


def _cover(shown: Bools) -> Integers:
    """Few vectors that show every class, ascending; ``shown`` has shape (n_classes, n_vectors)."""
    left, counts = np.ones(len(shown), dtype=bool), shown.sum(axis=0, dtype=np.int64)
    chosen: list[int] = []
    needed = np.flatnonzero(shown[shown.sum(axis=1) == 1].any(axis=0)).tolist()
    while left.any():
        best = needed.pop() if needed else int(counts.argmax())
        newly = left & shown[:, best]
        counts -= shown[newly].sum(axis=0, dtype=np.int64)
        left &= ~newly
        chosen.append(best)
    times = shown[:, chosen].sum(axis=1, dtype=np.int64)
    for best in chosen[::-1]:
        if (times[shown[:, best]] > 1).all():
            times -= shown[:, best]
            chosen.remove(best)
    return np.sort(np.array(chosen, dtype=np.int64))
