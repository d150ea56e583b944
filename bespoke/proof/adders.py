"""Truth of adder hints on the actual gates."""

from __future__ import annotations

from bespoke.errors import OpenConeError
from bespoke.netlist import Adder
from bespoke.proof.circuit import Circuit, nets_of

MAX_CUT = 16
_QUICK_GATES = 24
_MAX_GATES = 400


class AdderChecker:
    """Checks ``sum(addends) = total + 2 * carry`` on the gates of a circuit; each distinct hint once.

    Parameters
    ----------
    circuit : Circuit
    """

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._known: dict[Adder, bool] = {}

    def holds(self, adder: Adder) -> bool:
        """Whether the hint is true for every input; False also where that could not be told."""
        if adder not in self._known:
            self._known[adder] = self._check(adder)
        return self._known[adder]

    def _check(self, adder: Adder) -> bool:
        quick = nets_of(adder.addends)
        return self.fits(adder) and (self._on_cut(adder, quick, _QUICK_GATES) or self._on_deeper_cuts(adder))

    def fits(self, adder: Adder) -> bool:
        """Whether the hint is about literals that exist, and has two or three addends."""
        return len(adder.addends) in (2, 3) and all(map(self._circuit.has, _literals(adder)))

    def _on_cut(self, adder: Adder, leaves: tuple[int, ...], limit: int) -> bool:
        """Check with the leaves free, which is sufficient for any leaves."""
        try:
            *addends, total, carry = self._circuit.tables(_literals(adder), leaves, limit)
        except OpenConeError:
            return False
        x, y, z = (*addends, 0)[:3]
        return total == x ^ y ^ z and carry == (x & y) | (z & (x ^ y))

    def _on_deeper_cuts(self, adder: Adder) -> bool:
        """Check with the highest leaf replaced by its fanins, again and again while the cut stays small."""
        circuit = self._circuit
        leaves = set(nets_of(_literals(adder)))
        while leaves and len(leaves) <= MAX_CUT:
            if self._on_cut(adder, tuple(sorted(leaves)), _MAX_GATES):
                return True
            top = max(leaves)
            if top < circuit.first_gate:
                return False
            leaves.remove(top)
            leaves.update(nets_of((circuit.a[top], circuit.b[top])))
        return False


def _literals(adder: Adder) -> tuple[int, ...]:
    return (*adder.addends, adder.total, adder.carry)
