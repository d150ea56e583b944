"""What a netlist under construction consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bespoke.arith import Word
from bespoke.cells import GateCosts
from bespoke.netlist import Certificate, NetlistBuilder, SimpleGates
from bespoke.opt import Care, LoweringEffort

Words = tuple[Word, ...]


@dataclass(slots=True)
class Draft:
    """A netlist under construction with the hints for its proof.

    Attributes
    ----------
    builder : NetlistBuilder
    costs : GateCosts
    effort : {"greedy", "fast", "high"}
        How long to search for a smaller form.
    ports : tuple of int
        Literals of all inputs of the netlist.
    certificate : Certificate
        Grows with the netlist.
    gates : SimpleGates or None
        Gates over all inputs of the netlist that give the literals ``gate_outputs``.
    gate_outputs : tuple of int
    care : Care or None
        On which values of the inputs such gates have to be right.
    cut : tuple of int
        Literals behind which nothing but the choice among answers stands.
    """

    builder: NetlistBuilder
    costs: GateCosts
    effort: LoweringEffort = "greedy"
    ports: tuple[int, ...] = ()
    certificate: Certificate = field(default_factory=Certificate)
    gates: SimpleGates | None = None
    gate_outputs: tuple[int, ...] = ()
    care: Care | None = None
    cut: tuple[int, ...] = ()

    def note(self, role: str, stage: int, words: Sequence[Word]) -> None:
        """Enter all words of one role in a stage into the certificate."""
        self.certificate.words.update({(role, stage, number): word.bits for number, word in enumerate(words)})
