"""Simulation of generated Verilog with Icarus Verilog."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bespoke.errors import ToolError
from bespoke.external import run_program, scratch_folder
from bespoke.verilog.testbench import TESTBENCH_MODULE, VECTORS_FILE

_SAFE = 0.8  # share of the time left that is planned with
_COMPILED = "testbench.vvp"
_RESULT = re.compile(r"^(?:PASS|FAIL (?P<failed>\d+) of) (?P<total>\d+)$", re.MULTILINE)
_MISMATCH = re.compile(
    r"^MISMATCH vector (?P<index>\d+) inputs (?P<inputs>\S+) expected (?P<expected>\S+) got (?P<got>\S+)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first vector for which the outputs differ.

    Attributes
    ----------
    index : int
        Number of the vector, from 0.
    inputs : str
        All input words as one hexadecimal number.
    expected, got : str
        All output words as binary digits; in ``got`` x and z may occur.
    """

    index: int
    inputs: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class IcarusRun:
    """What a simulation found.

    Attributes
    ----------
    vectors : int
        Vectors applied.
    mismatches : int
        Vectors for which at least one output bit differs.
    first : Mismatch or None
        The first of them.
    warnings : tuple of str
        What the compiler said with ``-Wall``; empty for clean sources.
    """

    vectors: int
    mismatches: int
    first: Mismatch | None
    warnings: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every vector gave the outputs expected."""
        return self.mismatches == 0


@dataclass(frozen=True, slots=True)
class Budget:
    """Time for a simulation, in which as many vectors are applied as fit, the first ones.

    Attributes
    ----------
    seconds : float
        For compilation and simulation together. More time is taken only by the first vectors, which are needed to see
        how long others take.
    first : int
        Vectors that are applied whatever time they take.
    """

    seconds: float
    first: int = 16


def run_icarus(
    sources: Sequence[str],
    testbench: str,
    vectors: str,
    *,
    timeout_s: float = 600.0,
    jobs: int = 1,
    budget: Budget | None = None,
) -> IcarusRun:
    """Compile Verilog sources with their testbench and run it, in a temporary folder.

    Parameters
    ----------
    sources : sequence of str
        Verilog texts: netlist and cells, or the behavioural model.
    testbench : str
        Text of `write_testbench`.
    vectors : str
        Text of `write_vectors`.
    timeout_s : float
        Seconds for compilation and simulation together.
    jobs : int
        Simulator processes among which the vectors are divided. One process does about 1 to 6 million
        cells x vectors a second.
    budget : Budget, optional
        By default, all vectors are applied, in any time up to ``timeout_s``.

    Raises
    ------
    ToolMissingError
        If Icarus Verilog is not installed.
    ToolTimeoutError
        If it does not finish in time.
    ToolError
        If it rejects a source or the testbench does not come to its end.
    """
    start = time.monotonic()
    with scratch_folder("bespoke-icarus-") as folder:
        warnings = _compile(folder, (*sources, testbench), timeout_s)
        (folder / VECTORS_FILE).write_text(vectors, encoding="ascii")
        end, count = start + timeout_s, vectors.count("\n")
        if budget is not None:
            runs = list(_fitting(folder, count, budget, (start + budget.seconds, end)))
        else:
            parts = _parts(count, jobs)
            with ThreadPoolExecutor(len(parts)) as pool:
                left = max(0.1, end - time.monotonic())
                runs = list(pool.map(lambda part: _simulate(folder, part, left), parts))
    first = next((run.first for run in runs if run.first), None)
    return IcarusRun(sum(run.vectors for run in runs), sum(run.mismatches for run in runs), first, warnings)


def _fitting(folder: Path, count: int, budget: Budget, ends: tuple[float, float]) -> Iterator[IcarusRun]:
    """Runs of the first vectors, of as many more as fit until the first of two ends, and of more if these were fast."""
    done, size = 0, max(1, budget.first)
    while done < count and size:
        began = time.monotonic()
        last = min(done + size, count) - 1
        yield _simulate(folder, (done, last), max(0.1, ends[1] - began))
        now = time.monotonic()
        size = int(_SAFE * (last + 1 - done) * (ends[0] - now) / (now - began)) if now < ends[0] else 0
        done = last + 1


def _compile(folder: Path, sources: Sequence[str], timeout_s: float) -> tuple[str, ...]:
    files = [f"source{number}.v" for number in range(len(sources))]
    for file, text in zip(files, sources, strict=True):
        (folder / file).write_text(text, encoding="utf-8")
    args = ["-g2001", "-Wall", "-s", TESTBENCH_MODULE, "-o", _COMPILED, *files]
    result = run_program("iverilog", args, folder=folder, timeout_s=timeout_s)
    output = result.stdout + result.stderr
    if result.returncode:
        raise ToolError("iverilog rejects the Verilog", got=_first_line(output))
    return tuple(output.splitlines())


def _parts(vector_count: int, jobs: int) -> list[tuple[int, int]]:
    """First and last vector of each process."""
    count = max(1, min(jobs, vector_count))
    bounds = [vector_count * part // count for part in range(count + 1)]
    return [(first, end - 1) for first, end in pairwise(bounds)]


def _simulate(folder: Path, part: tuple[int, int], timeout_s: float) -> IcarusRun:
    args = ["-n", _COMPILED, f"+first={part[0]}", f"+last={part[1]}"]
    result = run_program("vvp", args, folder=folder, timeout_s=timeout_s)
    return _read_result(result.stdout + result.stderr)


def _read_result(output: str) -> IcarusRun:
    result = _RESULT.search(output)
    if result is None:
        raise ToolError("the testbench did not come to its end", where="vvp", got=_first_line(output))
    found = _MISMATCH.search(output)
    first = Mismatch(int(found["index"]), found["inputs"], found["expected"], found["got"]) if found else None
    return IcarusRun(int(result["total"]), int(result["failed"] or 0), first, ())


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no output")
