"""Recorded changes of a netlist."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from bespoke.errors import NetlistError
from bespoke.netlist.netlist import GateKind, Netlist, literal_text
from bespoke.numeric import whole_number

WIRE = -1


class Edit(NamedTuple):
    """A net of a netlist is defined anew: ``net := literal`` or ``net := gate(kind, a, b)``.

    Everything that reads the net reads the new function. Edits are made one after the other.

    Attributes
    ----------
    net : int
        Net of the original netlist.
    a : int
        Literal of the original netlist, 0 and 1 included, that does not depend on the net when the edit is made.
    kind : int
        `WIRE`, or a `GateKind`.
    b : int
        The other fanin of a gate, as ``a``; that of a wire is not read.
    """

    net: int
    a: int
    kind: int = WIRE
    b: int = 0

    @property
    def literals(self) -> tuple[int, ...]:
        """What the new function reads."""
        return (self.a,) if self.kind == WIRE else (self.a, self.b)

    def __str__(self) -> str:
        words = [literal_text(literal) for literal in self.literals]
        return f"n{self.net} = " + (words[0] if self.kind == WIRE else f"{_kind_name(self.kind)} {' '.join(words)}")

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        if self.kind == WIRE:
            return {"net": self.net, "literal": self.a}
        return {"net": self.net, "gate": _kind_name(self.kind), "a": self.a, "b": self.b}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Edit:
        """Inverse of `to_json`.

        Raises
        ------
        NetlistError
            If the kind of gate is unknown, or a net or literal is no whole number.
        """
        numbers = {name: whole_number(value, NetlistError) for name, value in data.items() if name != "gate"}
        if "literal" in data:
            return Edit(numbers["net"], numbers["literal"])
        kinds = {_kind_name(kind): int(kind) for kind in GateKind}
        if data["gate"] not in kinds:
            raise NetlistError("unknown kind of gate", where="edit", got=data["gate"], allowed=", ".join(kinds))
        return Edit(numbers["net"], numbers["a"], kinds[data["gate"]], numbers["b"])


def netlist_digest(netlist: Netlist) -> str:
    """SHA-256 of the text of a netlist, whose nets edits name."""
    return hashlib.sha256(str(netlist).encode()).hexdigest()


def _kind_name(kind: int) -> str:
    return GateKind(kind).name.lower()
