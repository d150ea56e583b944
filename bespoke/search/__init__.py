"""Joint search: design space, data and seed to the front of loss and cost."""

from bespoke.search.choose import assured, assured_gains
from bespoke.search.explore import Found, explore
from bespoke.search.folds import Fold, exact_held_loss, held_out_wrong
from bespoke.search.loss import METRICS, Metric
from bespoke.search.options import SEARCHERS, SearcherName, SearchOptions
from bespoke.search.protocol import DesignSpace
from bespoke.search.searcher import SearchState
from bespoke.search.sums import SumDesigns
from bespoke.search.trees import TreeDesigns
from bespoke.search.variation import TECHNIQUES, Technique

__all__ = [
    "METRICS",
    "SEARCHERS",
    "TECHNIQUES",
    "DesignSpace",
    "Fold",
    "Found",
    "Metric",
    "SearchOptions",
    "SearchState",
    "SearcherName",
    "SumDesigns",
    "Technique",
    "TreeDesigns",
    "assured",
    "assured_gains",
    "exact_held_loss",
    "explore",
    "held_out_wrong",
]
