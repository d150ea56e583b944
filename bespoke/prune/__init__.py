"""Gate-level pruning: netlist to smaller netlist with ANOTHER function, with the list of cuts."""

from bespoke.prune.caution import (
    CautionOptions,
    Task,
    cautious_task,
    close_task,
    error_steps,
    keep_right,
    words_between,
)
from bespoke.prune.class_index import limit_index
from bespoke.prune.cuts import Cut, Pruned, apply_cuts, cut_network
from bespoke.prune.full_search import FullSearchOptions, full_search, score_words, significance
from bespoke.prune.judge import Judge, Term, accept_ranges, expect_words, label_ranges
from bespoke.prune.substitute import SubstitutionOptions, substitute

__all__ = [
    "CautionOptions",
    "Cut",
    "FullSearchOptions",
    "Judge",
    "Pruned",
    "SubstitutionOptions",
    "Task",
    "Term",
    "accept_ranges",
    "apply_cuts",
    "cautious_task",
    "close_task",
    "cut_network",
    "error_steps",
    "expect_words",
    "full_search",
    "keep_right",
    "label_ranges",
    "limit_index",
    "score_words",
    "significance",
    "substitute",
    "words_between",
]
