"""What signals are on boxes of inputs: the description by which a changed circuit is known to be right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.compiled import borrowing
from bespoke.opt.circuit import AND, INV, NAND, NOR, OR, WIRE
from bespoke.opt.words import WORD, Integers, Words

NO_FEATURE = -1
NOW, THEN = 0, 1
_ALL, _NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0)


class Boxes(NamedTuple):
    """Boxes of inputs, and the outputs that are wanted on each.

    Attributes
    ----------
    limits : ndarray of uint64, shape (n_limits, n_table_words)
        Values of one feature between two limits, as a set.
    members : ndarray of uint64, shape (n_limits, n_box_words)
        Boxes with these limits.
    start : ndarray of int64, shape (n_features + 1,)
        First of the limits of each feature.
    wanted : ndarray of uint64, shape (2, n_outputs, n_box_words)
        Boxes on which each output has to be 0, and on which it has to be 1.
    """

    limits: Words
    members: Words
    start: Integers
    wanted: Words


class Care(NamedTuple):
    """On which inputs a circuit has to keep its outputs.

    Attributes
    ----------
    bits : tuple of int
        Width of each feature; the circuit's inputs are their bits, least significant first.
    vectors : ndarray of uint64, shape (n_inputs, n_words)
        Concrete values of each input, 64 to a word, which tell most wrong changes at once.
    boxes : Boxes
        Have the last word on each change. Without any, the vectors have it.
    """

    bits: tuple[int, ...]
    vectors: Words
    boxes: Boxes

    @property
    def has_boxes(self) -> bool:
        """Whether boxes have the last word."""
        return self.boxes.wanted.size > 0


class Spans(NamedTuple):
    """Values that signals take, at present (first index `NOW`) and after a change (`THEN`).

    Attributes
    ----------
    boxes : ndarray of uint64, shape (2, 2, n_signals, n_box_words)
        Boxes in which a signal may be 0, and in which it may be 1.
    truth : ndarray of uint64, shape (2, n_signals, n_table_words)
        Of a signal that depends on one feature: its values over all values of that feature.
    feature : ndarray of int64, shape (2, n_signals)
        That feature, or -1.
    """

    boxes: Words
    truth: Words
    feature: Integers


def boxes_of(bits: tuple[int, ...], low: Integers, high: Integers, wanted: NDArray[np.bool_]) -> Boxes:
    """Boxes of inputs.

    Parameters
    ----------
    bits : tuple of int
        Width of each feature.
    low, high : ndarray of int64, shape (n_boxes, n_features)
        Least and greatest inputs of each box. Together, the boxes cover all inputs that matter.
    wanted : ndarray of bool, shape (n_outputs, n_boxes)
    """
    values = np.arange(max(WORD, 1 << max(bits, default=0)))
    limits, members, start = [], [], [0]
    for feature, width in enumerate(bits):
        pairs, numbers = np.unique(np.stack([low[:, feature], high[:, feature]], axis=1), axis=0, return_inverse=True)
        inside = values & (1 << width) - 1
        limits.append(packed((inside >= pairs[:, :1]) & (inside <= pairs[:, 1:])))
        members.append(packed(numbers.reshape(-1) == np.arange(len(pairs))[:, None]))
        start.append(start[-1] + len(pairs))
    return Boxes(
        np.concatenate(limits), np.concatenate(members), np.array(start), np.stack([packed(~wanted), packed(wanted)])
    )


def packed(flags: NDArray[np.bool_]) -> Words:
    """Rows of flags as words, the first flag as the least significant bit, filled up with zeros."""
    rows, count = flags.shape
    octets = np.zeros((rows, -(-count // WORD) * (WORD // 8)), dtype=np.uint8)
    octets[:, : -(-count // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return octets.view("<u8").astype(np.uint64)


def address_vectors(addresses: NDArray[np.int64], count: int) -> NDArray[np.uint64]:
    """Bits of addresses as words, the last address repeated until the words are full."""
    filled = np.pad(addresses, (0, -len(addresses) % WORD), mode="edge")
    return packed((filled >> np.arange(count)[:, None] & 1).astype(np.bool_))


def care_on(vectors: Words, outputs: int) -> Care:
    """Of a circuit that has to keep so many outputs on some values of its inputs, shape (n_inputs, n_words)."""
    none, inputs = np.zeros((0, 1), dtype=np.uint64), len(vectors)
    start = np.zeros(inputs + 1, dtype=np.int64)
    boxes = Boxes(none, none[:, :0], start, np.zeros((2, outputs, 0), dtype=np.uint64))
    return Care((1,) * inputs, vectors, boxes)


def spans_for(boxes: Boxes, bits: tuple[int, ...], size: int) -> Spans:
    """Spans for ``size`` signals with the tables of the inputs; `fill_sources` completes them."""
    tables = boxes.limits.shape[1]
    spans = Spans(
        boxes=np.zeros((2, 2, size, boxes.wanted.shape[-1]), dtype=np.uint64),
        truth=np.zeros((2, size, tables), dtype=np.uint64),
        feature=np.full((2, size), NO_FEATURE, dtype=np.int64),
    )
    spans.boxes[NOW, 0, 0] = spans.boxes[NOW, 1, 1] = boxes.wanted[0, 0] | boxes.wanted[1, 0]
    values, signal = np.arange(tables * WORD), 2
    for feature, width in enumerate(bits):
        spans.feature[NOW, signal : signal + width] = feature
        spans.truth[NOW, signal : signal + width] = packed((values >> np.arange(width)[:, None] & 1).astype(np.bool_))
        signal += width
    return spans


@borrowing
def fill_sources(boxes: Boxes, spans: Spans, sources: int) -> None:
    """Find the boxes of the inputs."""
    for signal in range(2, sources):
        _fill_boxes(boxes, spans, NOW, signal)


@borrowing
def _fill_boxes(boxes: Boxes, spans: Spans, when: int, signal: int) -> None:
    """Find the boxes of a signal of one feature."""
    feature, truth = spans.feature[when, signal], spans.truth[when, signal]
    zero, one = spans.boxes[when, 0, signal], spans.boxes[when, 1, signal]
    for w in range(len(zero)):
        zero[w] = one[w] = np.uint64(0)
    for limit in range(boxes.start[feature], boxes.start[feature + 1]):
        inside, members = boxes.limits[limit], boxes.members[limit]
        may_be_zero, may_be_one = False, False
        for w in range(len(truth)):
            may_be_one |= (truth[w] & inside[w]) != 0
            may_be_zero |= (~truth[w] & inside[w]) != 0
        for w in range(len(members)):
            if may_be_zero:
                zero[w] |= members[w]
            if may_be_one:
                one[w] |= members[w]


@borrowing
def gate_words(kind: int, a: Words, b: Words, out: Words) -> None:
    """Output of a gate or wire, word by word: a conjunction with complemented inputs, output, or both."""
    inverted_in = _ALL if kind in (NOR, OR) else _NONE
    inverted_out = _ALL if kind in (INV, NAND, OR) else _NONE
    for w in range(len(out)):
        out[w] = ((a[w] ^ inverted_in) & (b[w] ^ inverted_in)) ^ inverted_out


@borrowing
def copy_words(words: Words, out: Words) -> None:
    """Write words to others."""
    for w in range(len(out)):
        out[w] = words[w]


@borrowing
def differ(words: Words, others: Words) -> bool:
    """Whether any word differs."""
    for w in range(len(words)):  # noqa: SIM110  a generator is not compiled to a loop
        if words[w] != others[w]:
            return True
    return False


@borrowing
def span_of_gate(boxes: Boxes, spans: Spans, gate: tuple[int, int, int], when: tuple[int, int, int], out: int) -> None:
    """Write the span of a gate or wire: exact for one feature, else by three-valued logic.

    ``gate`` are its kind and fanins; ``when`` tells for the fanins and the output whether it is now or then.
    """
    (kind, a, b), (when_a, when_b, when_out) = gate, when
    feature = spans.feature[when_a, a]
    if kind != WIRE and feature != spans.feature[when_b, b]:
        feature = NO_FEATURE
    spans.feature[when_out, out] = feature
    if feature != NO_FEATURE:
        gate_words(kind, spans.truth[when_a, a], spans.truth[when_b, b], spans.truth[when_out, out])
        _fill_boxes(boxes, spans, when_out, out)
        return
    inverts = kind in (INV, NAND, NOR)
    for value in range(2):
        # A conjunction may be 0 where either fanin may be; it may be 1 only where both may be.
        both = WIRE if kind in (WIRE, INV) else (AND if (kind in (NAND, AND)) == (value == 1) else OR)
        target = spans.boxes[when_out, 1 - value if inverts else value, out]
        gate_words(both, spans.boxes[when_a, value, a], spans.boxes[when_b, value, b], target)


@borrowing
def is_wanted(boxes: Boxes, spans: Spans, when: int, output: int, signal: int) -> bool:
    """Whether a signal has the value that is wanted of an output on every box."""
    zero, one = spans.boxes[when, 0, signal], spans.boxes[when, 1, signal]
    return not (differ(zero, boxes.wanted[0, output]) or differ(one, boxes.wanted[1, output]))


@borrowing
def has_changed(spans: Spans, signal: int) -> bool:
    """Whether a signal's span then differs from the present one."""
    if spans.feature[NOW, signal] != spans.feature[THEN, signal]:
        return True
    for value in range(2):
        if differ(spans.boxes[NOW, value, signal], spans.boxes[THEN, value, signal]):
            return True
    return spans.feature[NOW, signal] != NO_FEATURE and differ(spans.truth[NOW, signal], spans.truth[THEN, signal])


@borrowing
def keep_span(spans: Spans, signal: int) -> None:
    """Make the span then the present one."""
    spans.feature[NOW, signal] = spans.feature[THEN, signal]
    for value in range(2):
        copy_words(spans.boxes[THEN, value, signal], spans.boxes[NOW, value, signal])
    copy_words(spans.truth[THEN, signal], spans.truth[NOW, signal])
