"""The design space of a model."""

from __future__ import annotations

from collections.abc import Callable

from bespoke.cells import GateCosts
from bespoke.errors import UnsupportedModelError
from bespoke.model import (
    Affine,
    Compare,
    Gates,
    InexactSums,
    IntArray,
    IntegerModel,
    Lookup,
    Masks,
    Shortcut,
    Stage,
    Trees,
)
from bespoke.search.affine import AffineDesigns
from bespoke.search.design_space import DesignSpace
from bespoke.search.level_costs import LevelCosts
from bespoke.search.trees import TreesDesigns

_ALLOWED = "affine, with or without one lookup in front, or one tree"
Maker = Callable[[IntegerModel, IntArray, IntArray, GateCosts, LevelCosts | None], DesignSpace]


def _sums(
    model: IntegerModel, words: IntArray, _targets: IntArray, costs: GateCosts, levels: LevelCosts | None
) -> DesignSpace:
    return AffineDesigns(model, words, costs, converters=levels)


# By the first stage. None where there are no genes.
SPACES: dict[type[Stage], Maker | None] = {
    Affine: _sums,
    Lookup: _sums,
    Trees: TreesDesigns,
    InexactSums: None,
    Compare: None,
    Gates: None,
    Masks: None,
    Shortcut: None,
}


def design_space(
    model: IntegerModel, words: IntArray, targets: IntArray, costs: GateCosts, converters: LevelCosts | None = None
) -> DesignSpace:
    """All models with the shape of a given one, with the genes of its stages.

    Parameters
    ----------
    model : IntegerModel
        Weighted sums without masks, with or without tables in front of them, or a single tree.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs, at least one row.
    targets : ndarray of int64, shape (n_rows,)
        Wanted output words.
    costs : GateCosts
        Of the library that circuits will be built of.
    converters : LevelCosts, optional
        Of what stands in front of the circuits, in the unit of the gates.

    Raises
    ------
    UnsupportedModelError
        If the model is another one.
    """
    make = SPACES[type(model.stages[0])]
    if make is None or (make is _sums and not model.after(Lookup)[1].has_only(Affine)):
        got = ", ".join(stage.name for stage in model.stages)
        raise UnsupportedModelError("no genes for these stages", where="search", got=got, allowed=_ALLOWED)
    return make(model, words, targets, costs, converters)
