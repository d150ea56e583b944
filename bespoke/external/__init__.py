"""Optional external programs: where they are and how they are run."""

from bespoke.external.guard import scratch_folder
from bespoke.external.parent import in_child
from bespoke.external.program import (
    PROGRAMS,
    Program,
    beside,
    find_program,
    program_version,
    run_program,
)
from bespoke.external.versions import versions
from bespoke.external.workers import BrokenProcessPool, Item, Processes, Result, Shared, Workers
