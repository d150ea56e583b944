"""Truth of adder hints on the actual gates."""

from __future__ import annotations

from bespoke.errors import OpenConeError
from bespoke.netlist import TRUE, Adder
from bespoke.proof.circuit import Circuit, nets_of, value_masks

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

    @property
    def checked(self) -> int:
        """Number of distinct adders seen."""
        return len(self._known)

    def holds(self, adder: Adder) -> bool:
        """Whether the hint is true for every input; False also where that could not be told."""
        known = self._known.get(adder)
        if known is None:
            known = self._known[adder] = self._check(adder)
        return known

    def _check(self, adder: Adder) -> bool:
        literals = (*adder.addends, adder.total, adder.carry)
        if len(adder.addends) not in (2, 3) or not all(self._circuit.has(literal) for literal in literals):
            return False
        return self._on_cut(adder, nets_of(adder.addends), _QUICK_GATES) or self._on_deeper_cuts(adder)

    def _on_cut(self, adder: Adder, leaves: tuple[int, ...], limit: int) -> bool:
        """Check with the leaves free, which is sufficient for any leaves."""
        circuit = self._circuit
        literals = (*adder.addends, adder.total, adder.carry)
        try:
            gates = circuit.cone(literals, set(leaves), limit)
        except OpenConeError:
            return False
        mask = (1 << (1 << len(leaves))) - 1
        values = {0: 0, **dict(zip(leaves, value_masks(len(leaves)), strict=True))}
        circuit.run(gates, values, mask)
        *addends, total, carry = (values[literal >> 1] ^ (mask if literal & TRUE else 0) for literal in literals)
        x, y, z = addends if len(addends) == 3 else (*addends, 0)
        return total == x ^ y ^ z and carry == (x & y) | (z & (x ^ y))

    def _on_deeper_cuts(self, adder: Adder) -> bool:
        """Check with the highest leaf replaced by its fanins, again and again while the cut stays small."""
        circuit = self._circuit
        leaves = set(nets_of((*adder.addends, adder.total, adder.carry)))
        while leaves and len(leaves) <= MAX_CUT:
            if self._on_cut(adder, tuple(sorted(leaves)), _MAX_GATES):
                return True
            top = max(leaves)
            if top < circuit.first_gate:
                return False
            leaves.remove(top)
            leaves.update(nets_of((circuit.a[top], circuit.b[top])))
        return False
