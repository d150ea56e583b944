"""Gate-level pruning: netlist to smaller netlist with ANOTHER function, with the list of edits."""

from bespoke.prune.caution import UNLABELLED, cautious_task, close_task, words_between
from bespoke.prune.class_index import limit_index
from bespoke.prune.edits import CUTS, EDITS, EditList, Pruned, edit_list_from_text, lowering_effort_of
from bespoke.prune.full_search import full_search, score_words
from bespoke.prune.input_costs import InputCosts, Source
from bespoke.prune.judge import PruningTask, expect_words
from bespoke.prune.substitute import substitute
