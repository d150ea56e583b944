"""Gate-level pruning: netlist to smaller netlist with ANOTHER function, with the list of edits."""

from bespoke.prune.caution import PruningTask, cautious_task, close_task
from bespoke.prune.class_index import limit_index
from bespoke.prune.edits import CUTS, EDITS, EditList, Pruned, edit_list_from_text
from bespoke.prune.full_search import FullSearchOptions, full_search, score_words
from bespoke.prune.judge import expect_words
from bespoke.prune.substitute import SubstitutionOptions, substitute

__all__ = [
    "CUTS",
    "EDITS",
    "EditList",
    "FullSearchOptions",
    "Pruned",
    "PruningTask",
    "SubstitutionOptions",
    "cautious_task",
    "close_task",
    "edit_list_from_text",
    "expect_words",
    "full_search",
    "limit_index",
    "score_words",
    "substitute",
]
