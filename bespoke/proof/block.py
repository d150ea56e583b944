"""Blocks: claims about literals over free leaves, closed by hashing, by exhaustion or by SAT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bespoke.errors import OpenConeError
from bespoke.netlist import FALSE, Adder, Netlist, NetlistBuilder
from bespoke.proof.circuit import Circuit, Reader, nets_of, value_masks
from bespoke.proof.word import Word, extended, within

EXHAUSTIVE_LEAVES = 18
_EXHAUSTIVE_BITS = 4000 << EXHAUSTIVE_LEAVES  # of all gates over all states of the leaves

Spec = Callable[[NetlistBuilder, Reader], tuple[int, list[int]]]
Logic = Callable[[NetlistBuilder, Sequence[Word]], Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The claim that literals have a specified function wherever a condition holds.

    Attributes
    ----------
    step : str
        Step of the proof that it belongs to.
    name : str
        Where it is, for messages.
    claimed : tuple of int
        Literals of the circuit, least significant first.
    signed : bool
        How the claimed word is extended to the width of the specification.
    spec : callable
        Builds the condition and the expected literals from a `Reader` of the circuit's words. The condition
        must be true for every input of the circuit.
    cuts : tuple of tuple of int
        Sets of nets that may be taken as free, tried in this order; the claim with free leaves implies
        the claim itself. The primary inputs are always the last resort.
    is_output : bool
        Whether the claimed literals are the output port.
    is_sum : bool
        Whether it is a weighted sum, which SAT seldom proves.
    adders : tuple of Adder
        Hinted adders of a sum that are not true.
    """

    step: str
    name: str
    claimed: tuple[int, ...]
    spec: Spec
    cuts: tuple[tuple[int, ...], ...]
    signed: bool = False
    is_output: bool = False
    is_sum: bool = False
    adders: tuple[Adder, ...] = ()


def logic_block(
    step: str, name: str, claimed: Sequence[int], words: Sequence[Word], logic: Logic, **flags: bool
) -> Block:
    """Block of literals that are a function, given as logic, of words whose meaning and range are proven."""

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        read = [word.read(reader) for word in words]
        return builder.all_of([within(builder, word) for word in read]), list(logic(builder, read))

    return Block(step, name, tuple(claimed), spec, (nets_of(*(word.literals for word in words)),), adders=(), **flags)


def wrong_literal(circuit: Circuit, builder: NetlistBuilder, block: Block, leaves: dict[int, int]) -> int:
    """Literal of "the block's condition holds and its claim does not".

    Raises
    ------
    OpenConeError
        If claim or specification are no functions of the leaves.
    """
    reader = Reader(circuit, builder, leaves)
    condition, expected = block.spec(builder, reader)
    width = max(len(expected), len(block.claimed))
    claimed = extended(reader.word(block.claimed), width, signed=block.signed)
    wanted = extended(expected, width, signed=block.signed)
    wrong = builder.any_of([builder.xor(a, b) for a, b in zip(claimed, wanted, strict=True)])
    return builder.and_(condition, wrong)


@dataclass(frozen=True, slots=True, eq=False)
class Miter:
    """Blocks over disjoint free leaves in one netlist; output ``k`` is 1 where block ``k`` is wrong."""

    netlist: Netlist
    wrong: tuple[int, ...]


def build_miter(circuit: Circuit, blocks: Sequence[tuple[Block, tuple[int, ...]]]) -> Miter:
    """Netlist of several blocks, each over its cut."""
    builder = NetlistBuilder("miter")
    leaves = []
    for number, (_, cut) in enumerate(blocks):
        port = builder.add_input(f"block{number}", len(cut))
        leaves.append(dict(zip(cut, port.bits, strict=True)))
    wrong = [wrong_literal(circuit, builder, block, given) for (block, _), given in zip(blocks, leaves, strict=True)]
    return Miter(builder.build(), tuple(wrong))


def close_at_once(circuit: Circuit, block: Block, cut: tuple[int, ...]) -> bool | None:
    """Decide a block over one cut by structural hashing or exhaustion.

    Returns True if it holds, False if this cut cannot show it, None if it takes SAT.
    """
    try:
        miter = build_miter(circuit, [(block, cut)])
    except OpenConeError:
        return False
    wrong = miter.wrong[0]
    if wrong == FALSE:
        return True
    if len(cut) > EXHAUSTIVE_LEAVES or miter.netlist.gate_count << len(cut) > _EXHAUSTIVE_BITS:
        return None
    mask = (1 << (1 << len(cut))) - 1
    values = dict(enumerate([0, *value_masks(len(cut))]))
    copy = Circuit(miter.netlist)
    copy.run(copy.cone((wrong,), set(copy.primary)), values, mask)
    return values[wrong >> 1] ^ (mask if wrong & 1 else 0) == 0
