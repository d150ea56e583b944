"""What the walk through a model carries from stage to stage."""

from __future__ import annotations

from dataclasses import dataclass

from bespoke.netlist import Port
from bespoke.numeric import Interval
from bespoke.proof.hints import Hints
from bespoke.proof.ledger import Ledger
from bespoke.proof.sums import SumProver
from bespoke.proof.word import Word

WORDS = "words"


@dataclass(frozen=True, slots=True)
class Walk:
    """The hints, where claims go, the output port, and the number of stages."""

    hints: Hints
    ledger: Ledger
    sums: SumProver
    output: Port
    stage_count: int

    def inner(self, number: int, position: int, interval: Interval) -> Word:
        """Word ``position`` inside stage ``number``, not proven yet.

        The first one of the last stage is looked for on the output port where the certificate is silent.

        Raises
        ------
        HintError
            If the certificate does not say where the word is.
        """
        key = ("inner", number, position)
        if key not in self.hints.certificate.words and (number, position) == (self.stage_count - 1, 0):
            return Word(self.output.bits, interval, self.output.signed)
        return Word.of(self.hints.word(key, WORDS), interval)
