"""Blocks: claims about literals over free leaves, closed by hashing, by exhaustion or by SAT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bespoke.errors import OpenConeError
from bespoke.netlist import FALSE, Adder, Netlist, NetlistBuilder
from bespoke.proof.circuit import Circuit, Reader, nets_of
from bespoke.proof.word import Word, extended, within

EXHAUSTIVE_LEAVES = 18
_EXHAUSTIVE_BITS = 4000 << EXHAUSTIVE_LEAVES  # of all gates over all states of the leaves

Cut = tuple[int, ...]
Logic = Callable[[NetlistBuilder, Sequence[Word]], Sequence[int]]


def _nothing(_builder: NetlistBuilder, _words: Sequence[Word]) -> Sequence[int]:
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The claim that literals are a function of words whose meaning and range are proven.

    Attributes
    ----------
    step : str
        Step of the proof that it belongs to.
    name : str
        Where it is, for messages.
    claimed : tuple of int
        Literals of the circuit, least significant first.
    words : sequence of Word
        What they depend on.
    logic : callable
        Builds the expected literals from copies of the words.
    facts : callable
        Builds literals from copies of the words that are known to be true for every input of the circuit, beside the
        ranges of the words.
    signed : bool
        How claimed and expected literals are extended to one width.
    deeper : tuple of int
        Nets that may be taken as free if the claim does not hold for any value of the words. The primary inputs are
        always the last resort.
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
    words: Sequence[Word]
    logic: Logic
    facts: Logic = _nothing
    signed: bool = False
    deeper: Cut = ()
    is_output: bool = False
    is_sum: bool = False
    adders: tuple[Adder, ...] = ()

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Sets of nets that may be taken as free: the claim with free leaves implies the claim itself."""
        return nets_of(*(word.literals for word in self.words)), self.deeper

    def expected(self, reader: Reader, width: int = 0) -> list[int]:
        """Literals in at least ``width`` bits that should be those of the claim."""
        literals = self.logic(reader.builder, [word.read(reader) for word in self.words])
        return extended(literals, width, signed=self.signed)


def _wrong_literal(circuit: Circuit, builder: NetlistBuilder, block: Block, leaves: dict[int, int]) -> int:
    """Literal of "the words are in their ranges, the facts are true, and the claim does not hold"."""
    reader = Reader(circuit, builder, leaves)
    words = [word.read(reader) for word in block.words]
    expected = block.expected(reader, len(block.claimed))
    claimed = extended(reader.word(block.claimed), len(expected), signed=block.signed)
    wrong = builder.any_of([builder.xor(a, b) for a, b in zip(claimed, expected, strict=True)])
    return builder.all_of([*(within(builder, word) for word in words), *block.facts(builder, words), wrong])


def build_miter(circuit: Circuit, blocks: Sequence[tuple[Block, Cut]]) -> tuple[Netlist, list[int]]:
    """Netlist of blocks, each over free leaves of its own, and a literal of each that is 1 where it is wrong.

    Raises
    ------
    OpenConeError
        If a claim or what is expected is no function of the leaves.
    """
    builder = NetlistBuilder("miter")
    ports = [builder.add_input(f"block{number}", len(cut)) for number, (_, cut) in enumerate(blocks)]
    wrong = [
        _wrong_literal(circuit, builder, block, dict(zip(cut, port.bits, strict=True)))
        for (block, cut), port in zip(blocks, ports, strict=True)
    ]
    return builder.build(), wrong


def close_at_once(circuit: Circuit, block: Block, cut: Cut) -> bool | None:
    """Decide a block over one cut by structural hashing or exhaustion.

    Returns True if it holds, False if this cut cannot show it, None if it takes SAT.
    """
    try:
        netlist, wrong = build_miter(circuit, [(block, cut)])
    except OpenConeError:
        return False
    if wrong == [FALSE]:
        return True
    if len(cut) > EXHAUSTIVE_LEAVES or netlist.gate_count << len(cut) > _EXHAUSTIVE_BITS:
        return None
    copy = Circuit(netlist)
    return copy.tables(wrong, copy.primary) == [0]
