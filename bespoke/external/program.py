"""Finding and running external programs, always with a time limit and never through a shell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from bespoke.errors import ToolError, ToolMissingError, ToolTimeoutError
from bespoke.external.guard import guarded_group, scratch_folder

# What of the environment a program gets.
_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")
Result = TypeVar("Result")
_INTERVAL_S = 0.05
# Groups of the processes of this one that run now.
_RUNNING: set[int] = set()


@dataclass(frozen=True, slots=True)
class Program:
    """An optional program.

    Attributes
    ----------
    name : str
        Name of the executable.
    adds : str
        What it adds for the user.
    install : str
        How to get it.
    version_args : tuple of str
        Arguments that make it print its version.
    """

    name: str
    adds: str
    install: str
    version_args: tuple[str, ...]


PROGRAMS = {
    program.name: program
    for program in (
        Program("iverilog", "simulation of the Verilog in `bespoke verify`", "apt-get install iverilog", ("-V",)),
        Program("yosys-abc", "formal proofs and `--effort high`", "pip install 'bespoke[formal]'", ("-c", "version")),
        Program("verilator", "lint of the Verilog in the tests", "apt-get install verilator", ("--version",)),
        Program("yosys", "lint of the Verilog in the tests", "apt-get install yosys", ("-V",)),
    )
}


def find_program(name: str) -> Path | None:
    """Path of a program, or None; ``yosys-abc`` is also looked for in the pyosys wheel."""
    found = shutil.which(name)
    spec = find_spec("pyosys") if found is None and name == "yosys-abc" else None
    beside = [Path(folder) / name for folder in (spec and spec.submodule_search_locations) or ()]
    return Path(found) if found else next(filter(Path.exists, beside), None)


def run_program(
    name: str, args: Sequence[str], *, folder: Path, timeout_s: float, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in ``folder`` and return what it printed; the exit code is the caller's to judge.

    Parameters
    ----------
    name : str
        Name of the executable, as in `PROGRAMS`.
    args : sequence of str
    folder : Path
        Working directory, in which it has its temporary files, too.
    timeout_s : float
        Seconds after which the program is killed.
    path : Path, optional
        The executable, where it is not to be looked for.

    Raises
    ------
    ToolMissingError, ToolTimeoutError, ToolError
    """
    executable = path or find_program(name)
    if executable is None:
        raise ToolMissingError(f"{name} is not installed", allowed=PROGRAMS[name].install if name in PROGRAMS else None)
    try:
        return _finished([str(executable), *args], folder, timeout_s)
    except subprocess.TimeoutExpired:
        raise ToolTimeoutError(f"{name} did not finish", got=f"{timeout_s:g} s") from None
    except OSError as error:
        raise ToolError(f"{name} cannot be run", got=error) from None


def _finished(command: Sequence[str], folder: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """A command that ran to its end; else it is killed with all that it started, which would hold its pipes open."""
    pipe = subprocess.PIPE
    variables = {name: os.environ[name] for name in _VARIABLES if name in os.environ} | {"TMPDIR": str(folder)}
    with (
        subprocess.Popen(  # noqa: S603  fixed executable, no shell
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True,
            errors="replace", start_new_session=True,
        ) as process,
        guarded_group(process.pid),
    ):  # fmt: skip
        _RUNNING.add(process.pid)
        try:
            out, err = process.communicate(timeout=timeout_s)
        except BaseException:
            _end(process.pid)
            raise
        finally:
            _RUNNING.discard(process.pid)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@contextmanager
def beside(function: Callable[[], Result]) -> Iterator[Future[Result]]:
    """A function that runs programs, beside the block; if that ends by an exception, they are ended at once."""
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(function)
        try:
            yield future
        except BaseException:
            while not future.done():
                for group in tuple(_RUNNING):
                    _end(group)
                time.sleep(_INTERVAL_S)
            raise


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def program_version(name: str) -> str | None:
    """First line that a program prints about its version, or None if it is not found."""
    if find_program(name) is None:
        return None
    with scratch_folder("bespoke-version-") as folder:
        result = run_program(name, PROGRAMS[name].version_args, folder=folder, timeout_s=20)
    lines = [line.strip() for line in (result.stdout + result.stderr).splitlines() if line.strip()]
    return next((line for line in lines if any(c.isdigit() for c in line)), "unknown")
