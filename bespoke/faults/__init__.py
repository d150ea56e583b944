"""Faults of cells: which there are, what they do on rows of data, which vectors show them."""

from bespoke.faults.copies import Plan, voters, with_copies
from bespoke.faults.defects import FunctionalYield, chance_of_none, drawn_sets, fault_chances, functional_yield
from bespoke.faults.effects import Demand, Effects, Rows, fault_set_effects, single_fault_effects
from bespoke.faults.fault import Fault, Faults, faulty_tables, stuck_at_faults
from bespoke.faults.graph import Subject, subject
from bespoke.faults.hardening import Hardened, Hardening
from bespoke.faults.shorts import WIRED, Wired, neighbours, short_effects
from bespoke.faults.vectors import VectorOptions, VectorSet, find_vectors
