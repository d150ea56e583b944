"""The genes of a candidate: one table for each type of stage."""

from __future__ import annotations

from typing import Any

from bespoke.model import Affine, Compare, Gates, Lookup, Stage, Trees
from bespoke.search.genes.affine_part import SCALE_FREE, AffinePart, affine_parts
from bespoke.search.genes.biases import BIASES, balance
from bespoke.search.genes.bounds import BOUNDS
from bespoke.search.genes.comparators import COMPARATORS, ComparatorsPart
from bespoke.search.genes.dropped import DROPPED
from bespoke.search.genes.gene import Gene
from bespoke.search.genes.genome import GenomeLayout
from bespoke.search.genes.limits import LIMITS
from bespoke.search.genes.masked import MASKED, below_column
from bespoke.search.genes.subtrees import RELABEL, SUBTREES, weak_tests
from bespoke.search.genes.trees_part import TreeDraft, TreesPart
from bespoke.search.genes.weights import WEIGHTS

# A genome holds them, and a stage takes them on, in this order.
AFFINE_GENES = (WEIGHTS, MASKED, BIASES, DROPPED, LIMITS)
TREES_GENES = (RELABEL, BOUNDS, SUBTREES)
COMPARATOR_GENES = (COMPARATORS,)

# Genes of the joint search by type of stage; a stage without genes stays as it is.
GENES: dict[type[Stage], tuple[Gene[Any, Any], ...]] = {
    Affine: AFFINE_GENES,
    Trees: TREES_GENES,
    Compare: (),
    Lookup: (),
    Gates: (),
}

# What may change, by type of stage.
TECHNIQUES: dict[type[Stage], tuple[str, ...]] = {
    stage: tuple(dict.fromkeys(move.technique for gene in genes for move in gene.moves))
    for stage, genes in GENES.items()
}

__all__ = [
    "AFFINE_GENES",
    "COMPARATOR_GENES",
    "GENES",
    "SCALE_FREE",
    "TECHNIQUES",
    "TREES_GENES",
    "AffinePart",
    "ComparatorsPart",
    "GenomeLayout",
    "TreeDraft",
    "TreesPart",
    "affine_parts",
    "balance",
    "below_column",
    "weak_tests",
]
