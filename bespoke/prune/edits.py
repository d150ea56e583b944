"""What pruning did to a lowered netlist, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from bespoke.arith import gate_cost
from bespoke.cells import GateCosts, load_library
from bespoke.errors import NetlistError, OutputError
from bespoke.files import parse_json
from bespoke.netlist import Edit, Netlist, apply_edits, netlist_digest
from bespoke.opt import LOWERING_EFFORTS, LoweringEffort, optimise

EDITS = "edits.json"
CUTS = "cuts.json"  # of older versions
_FORMAT = ("bespoke-edits", 2)


@dataclass(frozen=True, slots=True)
class Pruned:
    """A pruned netlist.

    Attributes
    ----------
    netlist : Netlist
        Exactly optimised after the edits; same ports as the original.
    edits : tuple of Edit
        In the order in which they were made.
    loss : float
        Loss on the stimuli.
    cost : float
        Estimated cost before mapping, in NAND2 cells (`bespoke.arith.gate_cost`).
    """

    netlist: Netlist
    edits: tuple[Edit, ...]
    loss: float
    cost: float

    @staticmethod
    def of(netlist: Netlist, edits: Sequence[Edit], loss: float, costs: GateCosts) -> Pruned:
        """What edits leave of a netlist."""
        left = optimise(apply_edits(netlist, edits))
        return Pruned(left, tuple(edits), loss, gate_cost(left, costs))


@dataclass(frozen=True, slots=True)
class EditList:
    """Edits of a lowered netlist, and how that netlist is made from its model again.

    Attributes
    ----------
    edits : tuple of Edit
        In the order in which they are made; empty for a circuit that computes its integer model.
    effort : {"greedy", "fast", "high"}
        How the model was lowered, see `bespoke.lowering.lower`.
    costs : GateCosts or None
        With what it was lowered; None where nothing says so, as there are no edits.
    lowered : str
        SHA-256 of the text of the lowered netlist, whose nets the edits name.
    """

    edits: tuple[Edit, ...] = ()
    effort: LoweringEffort = "greedy"
    costs: GateCosts | None = None
    lowered: str = ""

    @staticmethod
    def of(netlist: Netlist, edits: Sequence[Edit], costs: GateCosts, *, effort: LoweringEffort) -> EditList:
        """Edits of a netlist that was lowered with some costs."""
        return EditList(tuple(edits), effort, costs, netlist_digest(netlist) if edits else "")

    def apply(self, netlist: Netlist) -> Netlist:
        """The lowered netlist after the edits.

        Raises
        ------
        NetlistError
            If it is not the netlist that the edits belong to.
        """
        if self.edits and netlist_digest(netlist) != self.lowered:
            raise NetlistError(
                "the edits belong to another lowered netlist than that of the model",
                where=EDITS,
                allowed="the model and the version of bespoke that they were made with",
            )
        return apply_edits(netlist, self.edits) if self.edits else netlist

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "format": _FORMAT[0],
            "version": _FORMAT[1],
            "lowered": self.lowered,
            "lowering": self.effort,
            "costs": asdict(self.costs) if self.costs else None,
            "edits": [edit.to_json() for edit in self.edits],
        }


def edit_list_from_text(text: str, *, where: str) -> EditList:
    """Inverse of `EditList.to_json`, from JSON text; older lists are read, too.

    Raises
    ------
    OutputError
        If the text is not a list of edits.
    """
    data = parse_json(text, OutputError, where, "not a list of edits")
    try:
        return _READERS[data["format"], data["version"]](data)
    except (ValueError, KeyError, TypeError, AttributeError, NetlistError) as error:
        raise OutputError("not a list of edits", where=where, got=f"{type(error).__name__} {error}") from None


def lowering_effort_of(data: Mapping[str, Any]) -> LoweringEffort:
    """How a model was lowered, by a list of edits or a manifest; older ones say whether it was thorough, or nothing.

    Raises
    ------
    ValueError
        If it is no known effort.
    """
    found = data.get("lowering", "high" if data.get("thorough") is True else "greedy")
    if found not in LOWERING_EFFORTS:
        raise ValueError(f"lowering {found!r}; allowed: {', '.join(LOWERING_EFFORTS)}")
    return cast(LoweringEffort, found)


def _edits(data: Mapping[str, Any]) -> EditList:
    data["lowering" if data["version"] == _FORMAT[1] else "thorough"]  # either version says it
    costs = {name: float(cost) for name, cost in data["costs"].items()} if data["costs"] else None
    edits = tuple(Edit.from_json(edit) for edit in data["edits"])
    return EditList(edits, lowering_effort_of(data), GateCosts(**costs) if costs else None, str(data["lowered"]))


def _cuts(data: Mapping[str, Any]) -> EditList:
    """Literals for nets, of a model that was lowered with the costs of EGFET whatever its library."""
    edits = tuple(Edit.from_json({name: cut[name] for name in ("net", "literal")}) for cut in data["cuts"])
    return EditList(edits, lowering_effort_of(data), GateCosts.of(load_library("egfet")), str(data["lowered"]))


_Reader = Callable[[Mapping[str, Any]], EditList]
_READERS: dict[tuple[str, int], _Reader] = {_FORMAT: _edits, ("bespoke-edits", 1): _edits, ("bespoke-cuts", 1): _cuts}
