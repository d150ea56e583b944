"""Data sets x kinds of models, into one table."""

from bespoke.sweep.findings import findings_table
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.plan import PlannedCell, plan_sweep
from bespoke.sweep.run import Progress, SweepResult, run_sweep
from bespoke.sweep.tables import Row, legend, people_table, row_facts, statistics_rows
