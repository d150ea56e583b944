"""What a netlist under construction consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bespoke.arith import Word
from bespoke.cells import GateCosts
from bespoke.netlist import Certificate, NetlistBuilder, SimpleGates
from bespoke.opt import LoweringEffort

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
    samples : ndarray of uint64, shape (n_inputs, n_words), or None
        Values of the inputs, 64 to a word, that tell such gates from others best.
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
    samples: NDArray[np.uint64] | None = None
    cut: tuple[int, ...] = ()

    def note(self, role: str, stage: int, words: Sequence[Word]) -> None:
        """Enter all words of one role in a stage into the certificate."""
        self.certificate.words.update({(role, stage, number): word.bits for number, word in enumerate(words)})
