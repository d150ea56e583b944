"""Small functions of the kinds that circuits of models are made of, as tables over single bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Named = Iterator[tuple[str, Flags]]
_TREES = ((2, 2, 2), (2, 2, 3), (4, 1, 3), (5, 1, 3), (3, 2, 2))  # features, bits of each, depth
_NEURONS = (4, 4, 4, 5, 5, 5)  # inputs
_RANDOM = (4,) * 24 + (5,) * 8  # inputs
_WEIGHTS = (-3, -2, -1, 1, 2, 3)


def small_functions(seed: int) -> dict[str, Flags]:
    """Values by address, shape (n_outputs, 2**n), of all functions; ``seed`` chooses those of them that are random."""
    return {
        f"{kind} {name}": values
        for number, (kind, make) in enumerate(_KINDS.items())
        for name, values in make(np.random.default_rng((seed, number)))
    }


def _words(*widths: int) -> list[Integers]:
    """The words that each address is made of, the lowest bits first."""
    addresses, words = np.arange(1 << sum(widths)), []
    for width in widths:
        words.append(addresses & (1 << width) - 1)
        addresses = addresses >> width
    return words


def _bits(numbers: NDArray[np.generic]) -> Flags:
    """The bits of numbers from 0 on, shape (n_bits, n)."""
    whole = numbers.astype(np.int64)
    return (whole >> np.arange(max(1, int(whole.max()).bit_length()))[:, None] & 1).astype(np.bool_)


def _reading_all(make: Callable[[], Integers]) -> Flags:
    """The bits of the first numbers of which some depend on each input."""
    while True:
        values = _bits(make())
        addresses = np.arange(values.shape[1])
        bits = range(len(addresses).bit_length() - 1)
        if all((values != values[:, addresses ^ 1 << bit]).any() for bit in bits):
            return values


def _trees(random: np.random.Generator) -> Named:
    """Classes of complete trees with random tests."""
    for features, width, depth in _TREES:
        words = _words(*[width] * features)
        for name, classes in (("first", 2), ("second", 2), ("third", 3)):
            make = partial(_grown, words, depth, classes, random)
            yield f"of {features} words of {width}, depth {depth}, {name}", _reading_all(make)


def _grown(words: list[Integers], depth: int, classes: int, random: np.random.Generator) -> Integers:
    """Class of each address in a random tree."""
    below = np.zeros(len(words[0]), dtype=np.int64)  # number of the node in its layer
    for layer in range(depth):
        features = random.integers(len(words), size=1 << layer)
        bounds = random.integers(1, 1 + int(words[0].max()), size=1 << layer)
        tests = np.array([words[feature] >= bound for feature, bound in zip(features, bounds, strict=True)])
        below = 2 * below + tests[below, np.arange(len(below))]
    return random.integers(classes, size=1 << depth)[below]


def _neurons(random: np.random.Generator) -> Named:
    """Weighted sums of bits: whether they reach a threshold, or clipped to two bits."""
    for inputs in _NEURONS:
        weights = random.choice(_WEIGHTS, size=inputs)
        total = weights @ np.array(_words(*[1] * inputs))
        text = " ".join(f"{weight:+}" for weight in weights)
        middle = int(np.median(total))
        yield f"{text} >= {middle}", _bits(total >= middle)
        if inputs == 4:
            yield f"{text} to 2 bits", _bits(np.clip(total, 0, 3))


def _sums(_: np.random.Generator) -> Named:
    for widths in ((1, 1), (1, 1, 1), (2, 1), (2, 2), (1, 1, 1, 1), (2, 1, 1)):
        words = _words(*widths)
        yield "of words of " + ", ".join(map(str, widths)), _bits(np.sum(words, axis=0))
    a, b = _words(2, 2)
    yield "carry of words of 2, 2", _bits(a + b >= 4)
    yield "difference of words of 2, 2, if above 0", _bits(np.maximum(a - b, 0))
    for factor in (3, 5):
        (word,) = _words(3)
        yield f"{factor} times a word of 3", _bits(factor * word)


def _comparators(_: np.random.Generator) -> Named:
    for bits, bound in ((4, 6), (5, 11), (6, 43)):
        (word,) = _words(bits)
        yield f"{bits} bits >= {bound}", _bits(word >= bound)
    (word,) = _words(4)
    yield "4 bits in 3..9", _bits((word >= 3) & (word <= 9))
    yield "4 bits, levels 4, 7, 11", np.array([word >= bound for bound in (4, 7, 11)])
    a, b = _words(2, 2)
    yield "2 bits > 2 bits", _bits(a > b)
    yield "2 bits = 2 bits", _bits(a == b)
    yield "2 bits > and = 2 bits", np.array([a > b, a == b])
    a, b = _words(3, 2)
    yield "3 bits > 2 bits", _bits(a > b)
    a, b = _words(3, 3)
    yield "3 bits > 3 bits", _bits(a > b)


def _decisions(_: np.random.Generator) -> Named:
    """Winners, largest values, and codes of winners."""
    a, b = _words(2, 2)
    yield "larger of two words of 2", _bits(np.maximum(a, b))
    yield "argmax of three bits", _bits(np.argmax(_words(1, 1, 1), axis=0))
    yield "argmax of four bits", _bits(np.argmax(_words(1, 1, 1, 1), axis=0))
    yield "argmax of words of 2, 1, 1", _bits(np.argmax(_words(2, 1, 1), axis=0))
    yield "argmax of words of 2, 2, 1", _bits(np.argmax(_words(2, 2, 1), axis=0))
    for bits in (2, 3):
        (word,) = _words(bits)
        yield f"decoder of {bits} bits", np.array([word == each for each in range(1 << bits)])
    (word,) = _words(3)
    yield "decoder of 3 bits below 6", np.array([word == each for each in range(6)])
    yield "thermometer of 3 bits", np.array([word >= each for each in range(1, 8)])
    (word,) = _words(4)
    digits = np.array([0x7E, 0x30, 0x6D, 0x79, 0x33, 0x5B, 0x5F, 0x70, 0x7F, 0x7B] + [0] * 6)
    for place, segment in enumerate("gfedcba"):
        yield f"segment {segment} of a digit", _bits(digits[word] >> place & 1)


def _counts(_: np.random.Generator) -> Named:
    for bits in (3, 4, 5):
        count = np.sum(_words(*[1] * bits), axis=0)
        yield f"of {bits} bits at least {bits // 2 + 1}", _bits(count >= bits // 2 + 1)
        yield f"of {bits} bits at least 2", _bits(count >= 2)
    count = np.sum(_words(1, 1, 1, 1), axis=0)
    yield "of 4 bits, parity", _bits(count & 1)
    yield "of 4 bits, middle bit", _bits(count >> 1 & 1)
    yield "of 4 bits exactly 2", _bits(count == 2)
    yield "of 5 bits at least 4", _bits(np.sum(_words(1, 1, 1, 1, 1), axis=0) >= 4)


def _random(random: np.random.Generator) -> Named:
    for number, inputs in enumerate(_RANDOM):
        share = 0.5 if inputs == 4 else 0.25
        yield f"{inputs} inputs, {number:02}", _reading_all(partial(_drawn, inputs, share, random))


def _drawn(inputs: int, share: float, random: np.random.Generator) -> Integers:
    """A bit of each address, of which so many are 1 in the mean."""
    return (random.random(1 << inputs) < share).astype(np.int64)


_KINDS: Mapping[str, Callable[[np.random.Generator], Named]] = MappingProxyType(
    {
        "tree": _trees,
        "neuron": _neurons,
        "sum": _sums,
        "compare": _comparators,
        "decide": _decisions,
        "count": _counts,
        "random": _random,
    }
)
