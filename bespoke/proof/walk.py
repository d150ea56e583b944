"""What the walk through a model carries from stage to stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.errors import HintError
from bespoke.netlist import Certificate, Key, Port, SumHint
from bespoke.numeric import Interval
from bespoke.proof.adders import AdderChecker
from bespoke.proof.block import Block, Logic
from bespoke.proof.ledger import Ledger
from bespoke.proof.word import Word

DECISION = "decision"
# Step of the proof by the role of a signal, in the order of a verdict.
STEPS = {"input": "inputs", "inner": "words", "sum": "sums", "votes": "sums", "unit": "activations", "pair": DECISION}


@dataclass(frozen=True, slots=True)
class Walk:
    """The hints, where claims go, the truth of adders, the output port, and the number of stages."""

    certificate: Certificate
    ledger: Ledger
    adders: AdderChecker
    output: Port
    stage_count: int

    def hint(self, key: Key) -> SumHint:
        """Where a signal is, as far as the certificate knows: its literals exist; a word is a sum without adders.

        Raises
        ------
        HintError
            If the certificate does not say where it is.
        """
        hint = self.certificate.sums.get(key)
        if hint is None and key in self.certificate.words:
            hint = SumHint(self.certificate.words[key], ())
        if hint is None or not all(map(self.ledger.circuit.has, hint.result)):
            raise HintError(f"the certificate does not say where {key_text(key)} is", where=STEPS[key[0]])
        return hint

    def inner(self, number: int, position: int, interval: Interval) -> Word:
        """Word ``position`` inside stage ``number``, not proven yet.

        The first one of the last stage is looked for on the output port where the certificate is silent.

        Raises
        ------
        HintError
            If the certificate does not say where the word is.
        """
        key = ("inner", number, position)
        if key not in self.certificate.words and (number, position) == (self.stage_count - 1, 0):
            return Word(self.output.bits, interval, self.output.signed)
        return Word.of(self.hint(key).result, interval)

    def claim(
        self, key: Key, claimed: Sequence[int], words: Sequence[Word], logic: Logic, *, is_output: bool = False
    ) -> None:
        """Claim that literals of a signal are a function of proven words."""
        block = Block(STEPS[key[0]], key_text(key), tuple(claimed), words, logic, is_output=is_output)
        self.ledger.claim(block)

    def claim_output(self, words: Sequence[Word], logic: Logic, *, signed: bool = False) -> None:
        """Claim that the output port is a function of proven words."""
        port = self.output
        ends = self.ends(port.bits)
        self.ledger.claim(Block(DECISION, port.name, port.bits, words, logic, signed=signed, is_output=ends))

    def ends(self, literals: Sequence[int]) -> bool:
        """Whether literals are those of the output port of the circuit."""
        return tuple(literals) == self.ledger.circuit.netlist.outputs[0].bits


def key_text(key: Key) -> str:
    """Name of a signal for messages."""
    role, stage, number = key
    return f"{role} {number} of stage {stage}"
