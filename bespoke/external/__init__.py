"""Optional external programs: where they are and how they are run."""

from bespoke.external.program import PROGRAMS, Program, find_program, program_version, run_program
