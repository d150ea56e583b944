"""Gate-level pruning: netlist to smaller netlist with ANOTHER function, with the list of cuts."""

from bespoke.prune.cuts import Cut, Pruned, apply_cuts
from bespoke.prune.judge import Judge, Term, accept_ranges, expect_words, label_ranges
from bespoke.prune.substitute import SubstitutionOptions, substitute

__all__ = [
    "Cut",
    "Judge",
    "Pruned",
    "SubstitutionOptions",
    "Term",
    "accept_ranges",
    "apply_cuts",
    "expect_words",
    "label_ranges",
    "substitute",
]
