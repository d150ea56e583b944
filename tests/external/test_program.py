"""Programs end in time, with all that they started."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bespoke.errors import ToolError, ToolMissingError, ToolTimeoutError
from bespoke.external import run_program

SHELL = Path("/bin/sh")


def test_what_it_printed_and_its_exit_code(tmp_path: Path) -> None:
    run = run_program("sh", ["-c", "pwd; echo wrong >&2; exit 3"], folder=tmp_path, timeout_s=10, path=SHELL)
    assert (run.stdout, run.stderr, run.returncode) == (f"{tmp_path.resolve()}\n", "wrong\n", 3)


def test_children_end_with_a_program_that_takes_too_long(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ToolTimeoutError, match=r"sh did not finish.*0\.5 s"):
        run_program("sh", ["-c", "sleep 30 & echo $! > child; wait"], folder=tmp_path, timeout_s=0.5, path=SHELL)
    assert time.monotonic() - started < 10
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not _is_running(child):
            return
        time.sleep(0.05)
    pytest.fail("the child is still running")


def test_missing_and_broken_programs(tmp_path: Path) -> None:
    with pytest.raises(ToolMissingError, match="no-such-program is not installed"):
        run_program("no-such-program", [], folder=tmp_path, timeout_s=1)
    with pytest.raises(ToolError, match="cannot be run"):
        run_program("text", [], folder=tmp_path, timeout_s=1, path=Path(__file__))


def _is_running(process: int) -> bool:
    """Whether a process exists that is not just waiting to be collected."""
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc").is_dir()
    return state.rpartition(")")[2].split()[0] != "Z"
