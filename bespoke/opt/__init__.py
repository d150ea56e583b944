"""Exact optimisation: netlist to smaller netlist with the same function."""

from bespoke.opt.abc import ABC
from bespoke.opt.and_form import fewest_ands
from bespoke.opt.and_search import TimeLimit, search_within
from bespoke.opt.boxes import Care, boxes_of, care_on, packed
from bespoke.opt.optimise import EFFORTS, LOWERING_EFFORTS, Effort, LoweringEffort, equivalent_forms, optimise
from bespoke.opt.record_travel import TRAVELLERS, travelled
from bespoke.opt.recover_xor import recover_xor
from bespoke.opt.restarts import restarted
from bespoke.opt.resubstitute import SearchEffort, resubstitute
from bespoke.opt.sample_search import Rounds, Samples, no_others, searched, searched_on_samples
from bespoke.opt.simplify import simplify
from bespoke.opt.slow_anneal import annealed_slowly
from bespoke.opt.small_circuit import MOST_SEARCHED_BITS, as_simple_gates, netlist_of, search_small_circuit
from bespoke.opt.table_circuit import MOST_TABLE_BITS, TableEffort, search_table
from bespoke.opt.value_search import annealed_on_values
from bespoke.opt.windows import MOST_WINDOWED_GATES, WINDOWS, WindowEffort, searched_in_windows
from bespoke.opt.words import WORD, Words
