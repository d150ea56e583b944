"""The genes of a candidate: one table for each type of stage."""

from __future__ import annotations

from typing import Any

from bespoke.model import Affine, Compare, Gates, InexactSums, Lookup, Masks, Shortcut, Stage, Trees
from bespoke.search.genes.affine_part import SCALE_FREE, AffinePart, AffineSite, affine_parts, lost
from bespoke.search.genes.gene import FloatArray, Gene
from bespoke.search.genes.products import MASKED, WEIGHTS, below_column
from bespoke.search.genes.subtrees import RELABEL, SUBTREES, weak_tests
from bespoke.search.genes.sums import BIASES, DROPPED, LIMITS
from bespoke.search.genes.thresholds import BOUNDS, COMPARATORS
from bespoke.search.genes.trees_part import TreeDraft, TreeSite, TreesPart

# A genome holds them, and a stage takes them on, in this order.
AFFINE_GENES = (WEIGHTS, MASKED, BIASES, DROPPED, LIMITS)
TREES_GENES = (RELABEL, BOUNDS, SUBTREES)
COMPARATOR_GENES = (COMPARATORS,)

# Genes of the joint search by type of stage; a stage without genes stays as it is.
GENES: dict[type[Stage], tuple[Gene[Any, Any], ...]] = {
    Affine: AFFINE_GENES,
    Trees: TREES_GENES,
    InexactSums: (),
    Compare: (),
    Lookup: (),
    Gates: (),
    Masks: (),
    Shortcut: (),
}
