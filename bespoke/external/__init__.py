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
