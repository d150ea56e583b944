"""Joint search: design space, data and seed to the front of loss and cost."""

from bespoke.search.affine import AffineDesigns
from bespoke.search.choose import assured_gains
from bespoke.search.design_space import DesignSpace
from bespoke.search.explore import Found, explore
from bespoke.search.folds import Fold, exact_held_loss, held_out_wrong
from bespoke.search.genes import GENES, SCALE_FREE, TECHNIQUES
from bespoke.search.loss import METRICS, LabelledWords, Metric
from bespoke.search.margins import DECISION_MARGINS
from bespoke.search.options import SEARCHERS, SearcherName, SearchOptions
from bespoke.search.outputs import FloatArray
from bespoke.search.searcher import SearchState, SearchTask
from bespoke.search.spaces import SPACES, design_space
from bespoke.search.streams import Stream
from bespoke.search.trees import ComparatorDesigns, TreesDesigns

__all__ = [
    "DECISION_MARGINS",
    "GENES",
    "METRICS",
    "SCALE_FREE",
    "SEARCHERS",
    "SPACES",
    "TECHNIQUES",
    "AffineDesigns",
    "ComparatorDesigns",
    "DesignSpace",
    "FloatArray",
    "Fold",
    "Found",
    "LabelledWords",
    "Metric",
    "SearchOptions",
    "SearchState",
    "SearchTask",
    "SearcherName",
    "Stream",
    "TreesDesigns",
    "assured_gains",
    "design_space",
    "exact_held_loss",
    "explore",
    "held_out_wrong",
]
