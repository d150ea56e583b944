"""Circuits of ``alkaid`` (a distributed-arithmetic compiler, LGPL, installed for this benchmark only) as gates.

An alkaid program is a list of operations on fixed-point words. Here each operation becomes gates, an adder a
ripple-carry chain, in a `Netlist` that any mapper can take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bespoke.arith.compressor import full_adder
from bespoke.netlist import FALSE, TRUE, NetlistBuilder


class Fixed(NamedTuple):
    """Literals of a two's-complement or unsigned number, times ``2**exponent``."""

    bits: tuple[int, ...]
    signed: bool
    exponent: int

    def bit(self, position: int) -> int:
        """Literal of weight ``2**position``."""
        index = position - self.exponent
        if index < 0 or not self.bits:
            return FALSE
        if index < len(self.bits):
            return self.bits[index]
        return self.bits[-1] if self.signed else FALSE

    def field(self, low: int, high: int) -> list[int]:
        """Literals of the weights ``2**low`` to ``2**(high - 1)``."""
        return [self.bit(position) for position in range(low, high)]

    def plus(self, shift: int) -> Fixed:
        """The number times ``2**shift``."""
        return self._replace(exponent=self.exponent + shift)


def build_graph(builder: NetlistBuilder, program: Any, inputs: Sequence[Fixed]) -> list[Fixed]:  # noqa: ANN401  CombLogic
    """Gates of an alkaid program on the given inputs; the outputs as words."""
    words: list[Fixed] = []
    shifted = [word.plus(shift) for word, shift in zip(inputs, program.inp_shifts, strict=True)]
    for op in program.ops:
        if op.opcode == -1:
            words.append(shifted[op.data[0]])
            continue
        if op.opcode not in _OPERATIONS:
            raise SystemExit(f"alkaid operation {op.opcode} has no gates here")
        signed, integers, fraction = op.qint.kif
        low, high = -fraction, integers + bool(signed)
        bits = _OPERATIONS[op.opcode](builder, op, [words[address] for address in op.addr], (low, max(low, high)))
        words.append(Fixed(tuple(bits), bool(signed), low))
    zero = Fixed((), signed=False, exponent=0)
    assert not any(program.out_negs)
    return [
        words[index].plus(shift) if index >= 0 else zero
        for index, shift in zip(program.out_idxs, program.out_shifts, strict=True)
    ]


Span = tuple[int, int]
Operation = Callable[[NetlistBuilder, Any, list[Fixed], Span], list[int]]


def _sum(builder: NetlistBuilder, a: Fixed, b: Fixed, span: Span, *, subtract: bool) -> list[int]:
    """``a + b`` or ``a - b`` in the weights of ``span``."""
    low = min(a.exponent, b.exponent, span[0])
    flip = TRUE if subtract else FALSE
    carry = flip
    total = []
    for x, y in zip(a.field(low, span[1]), b.field(low, span[1]), strict=True):
        adder = full_adder(builder, x, y ^ flip, carry)
        total.append(adder.total)
        carry = adder.carry
    return total[span[0] - low :]


def _negate(builder: NetlistBuilder, _: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    return _sum(builder, Fixed((), signed=False, exponent=span[0]), words[0], span, subtract=True)


def _add(builder: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    return _sum(builder, words[0], words[1].plus(op.data[0]), span, subtract=op.opcode == 1)


def _relu(builder: NetlistBuilder, _: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    word = words[0]
    positive = word.bits[-1] ^ 1 if word.signed and word.bits else TRUE
    return [builder.and_(positive, bit) for bit in word.field(*span)]


def _quantise(_: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    return words[0].plus(op.data[0]).field(*span)


def _constant(value: int, exponent: int) -> Fixed:
    width = value.bit_length() + 1
    return Fixed(tuple(value >> position & 1 for position in range(width)), signed=True, exponent=exponent)


def _add_constant(builder: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    return _sum(builder, words[0], _constant(op.data[0], -op.data[1]), span, subtract=False)


def _define(_: NetlistBuilder, op: Any, __: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    return _constant(op.data[0], span[0]).field(*span)


def _select(builder: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    if_true, if_false, key = words
    pairs = zip(if_true.field(*span), if_false.plus(op.data[0]).field(*span), strict=True)
    return [builder.mux(key.bits[-1], a, b) for a, b in pairs]


def _bits_of_one(builder: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    bits = words[0].bits
    if op.data[0] == 0:
        return [bit ^ 1 for bit in words[0].field(*span)]
    return [builder.any_of(bits) if op.data[0] == 1 else builder.all_of(bits)]


def _bits_of_two(builder: NetlistBuilder, op: Any, words: list[Fixed], span: Span) -> list[int]:  # noqa: ANN401  Op
    gate = (builder.and_, builder.or_, builder.xor)[op.data[1]]
    pairs = zip(words[0].field(*span), words[1].plus(op.data[0]).field(*span), strict=True)
    return [gate(a, b) for a, b in pairs]


# By the operation codes of alkaid's intermediate form, version 4.
_OPERATIONS: dict[int, Operation] = {
    -2: _negate,
    0: _add,
    1: _add,
    2: _relu,
    3: _quantise,
    4: _add_constant,
    5: _define,
    6: _select,
    9: _bits_of_one,
    10: _bits_of_two,
}
