"""Joint search: design space, data and seed to the front of loss and cost."""

from bespoke.search.affine import AffineDesigns
from bespoke.search.design_space import DesignSpace, Outputs
from bespoke.search.explore import Found, explore
from bespoke.search.folds import Fold, assured_gains, exact_held_loss, held_out_wrong
from bespoke.search.genes import GENES, SCALE_FREE, FloatArray
from bespoke.search.journal import Journal
from bespoke.search.level_costs import LevelCosts
from bespoke.search.loss import METRICS, LabelledWords, Metric
from bespoke.search.mapping import MappingDesigns
from bespoke.search.margins import DECISION_MARGINS
from bespoke.search.options import SEARCHERS, SearcherName, SearchOptions
from bespoke.search.searcher import SearchState, SearchTask, Stream
from bespoke.search.spaces import SPACES, design_space
from bespoke.search.trees import ComparatorDesigns, TreesDesigns
from bespoke.search.work import Task, Work
