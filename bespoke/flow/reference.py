"""The function that a circuit must have: that of its integer model, or, after cuts, that of the pruned netlist."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bespoke.errors import NetlistError, OutputError
from bespoke.lowering import Lowered, lower
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import Netlist
from bespoke.prune import Cut, apply_cuts, limit_index
from bespoke.sim import simulate

CUTS = "cuts.json"
CUTS_FORMAT = "bespoke-cuts"
CUTS_VERSION = 1


@dataclass(frozen=True, slots=True)
class CutList:
    """Cuts of gate-level pruning, and which netlist they belong to.

    Attributes
    ----------
    cuts : tuple of Cut
        In the order in which they are made; empty for a circuit that computes its integer model.
    thorough : bool
        How the model was lowered, see `bespoke.lowering.lower`.
    lowered : str
        SHA-256 of the text of the lowered netlist, whose nets the cuts name.
    """

    cuts: tuple[Cut, ...] = ()
    thorough: bool = False
    lowered: str = ""

    @staticmethod
    def of(netlist: Netlist, cuts: Sequence[Cut], *, thorough: bool) -> CutList:
        """Cuts of a lowered netlist."""
        return CutList(tuple(cuts), thorough, _digest(netlist)) if cuts else CutList()

    def apply(self, netlist: Netlist) -> Netlist:
        """The lowered netlist after the cuts.

        Raises
        ------
        NetlistError
            If it is not the netlist that the cuts belong to.
        """
        if not self.cuts:
            return netlist
        if _digest(netlist) != self.lowered:
            raise NetlistError(
                "the cuts belong to another lowered netlist than that of the model",
                where=CUTS,
                allowed="the model and the version of bespoke that they were made with",
            )
        return apply_cuts(netlist, self.cuts)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "format": CUTS_FORMAT,
            "version": CUTS_VERSION,
            "lowered": self.lowered,
            "thorough": self.thorough,
            "cuts": [cut._asdict() for cut in self.cuts],
        }


def cuts_from_text(text: str, *, where: str) -> CutList:
    """Inverse of `CutList.to_json`, from JSON text.

    Raises
    ------
    OutputError
        If the text is not a list of cuts.
    """
    try:
        data = json.loads(text)
        if (data["format"], data["version"]) != (CUTS_FORMAT, CUTS_VERSION):
            raise OutputError("not a list of cuts of this version", where=where, allowed=str(CUTS_VERSION))
        cuts = [Cut(int(c["net"]), int(c["literal"]), float(c["loss"]), float(c["gain"])) for c in data["cuts"]]
        return CutList(tuple(cuts), bool(data["thorough"]), str(data["lowered"]))
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError("not a list of cuts", where=where, got=f"{type(error).__name__} {error}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a circuit is compared with.

    Attributes
    ----------
    model : IntegerModel
    pruned : Netlist or None
        The lowered netlist after its cuts; None if there are none.
    """

    model: IntegerModel
    pruned: Netlist | None = None

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), that the circuit must give for input words (n, n_features)."""
        return self.model.predict(words) if self.pruned is None else simulate(self.pruned, words)[:, 0]


def reference_of(model: IntegerModel, lowered: Netlist, cuts: CutList) -> Reference:
    """What a circuit made from a lowered netlist and cuts must compute.

    Raises
    ------
    NetlistError
        As `CutList.apply`.
    """
    return Reference(model, pruned_netlist(model, cuts.apply(lowered)) if cuts.cuts else None)


def pruned_netlist(model: IntegerModel, netlist: Netlist) -> Netlist:
    """The netlist left by cuts as a circuit of the model's kind: a classifier puts out classes only."""
    return limit_index(netlist, len(model.decision.classes)) if model.decision.is_classifier else netlist


def lowered_again(model: IntegerModel, cuts: CutList) -> Lowered:
    """The lowered netlist that the cuts belong to, made from the model alone."""
    return lower(model, thorough=cuts.thorough)


def _digest(netlist: Netlist) -> str:
    return hashlib.sha256(str(netlist).encode()).hexdigest()
