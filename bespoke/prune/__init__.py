"""Gate-level pruning: netlist to smaller netlist with ANOTHER function, with the list of cuts."""

from bespoke.prune.cuts import Cut, Pruned, apply_cuts
from bespoke.prune.full_search import FullSearchOptions, full_search, score_words, significance
from bespoke.prune.judge import Judge, Term, accept_ranges, expect_words, label_ranges
from bespoke.prune.substitute import SubstitutionOptions, substitute

__all__ = [
    "Cut",
    "FullSearchOptions",
    "Judge",
    "Pruned",
    "SubstitutionOptions",
    "Term",
    "accept_ranges",
    "apply_cuts",
    "expect_words",
    "full_search",
    "label_ranges",
    "score_words",
    "significance",
    "substitute",
]
