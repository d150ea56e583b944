"""What the certificate says about a circuit, looked up with care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.errors import HintError
from bespoke.netlist import Certificate, Key, SumHint
from bespoke.proof.circuit import Circuit


@dataclass(frozen=True, slots=True)
class Hints:
    """Hints of a certificate about nets that exist; nothing else about them is known."""

    certificate: Certificate
    circuit: Circuit

    def sum(self, key: Key, step: str) -> SumHint:
        """Hint about a sum.

        Raises
        ------
        HintError
            If there is none.
        """
        hint = self.certificate.sums.get(key)
        if hint is None or not self._exist(hint.result):
            raise _unknown(key, step)
        return hint

    def word(self, key: Key, step: str) -> tuple[int, ...]:
        """Literals of a word.

        Raises
        ------
        HintError
            If there are none.
        """
        literals = self.certificate.words.get(key)
        if literals is None or not self._exist(literals):
            raise _unknown(key, step)
        return literals

    def _exist(self, literals: Sequence[int]) -> bool:
        return all(map(self.circuit.has, literals))


def key_text(key: Key) -> str:
    """Name of a signal for messages."""
    role, stage, number = key
    return f"{role} {number} of stage {stage}"


def _unknown(key: Key, step: str) -> HintError:
    return HintError(f"the certificate does not say where {key_text(key)} is", where=step)
