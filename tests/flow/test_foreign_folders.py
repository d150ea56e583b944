"""Folders from somebody else: nothing in them acts, and what is equivalent is not refuted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.cells import load_library
from bespoke.errors import LibraryError
from bespoke.flow import Design, compile_model, verify_folder
from bespoke.report import save_design

X, Y = load_iris(return_X_y=True)
BODY = "endmodule"
HOSTILE = {
    "a file": 'integer f; initial begin f = $fopen("{0}", "w"); $fclose(f); end',
    "a shell": '  initial $system("touch {0}");',
    "a dump": '  initial begin $dumpfile("{0}"); $dumpvars; end',
    "an include": '`include "{0}"',
    "a macro": '`define OPEN $fopen\n initial `OPEN("{0}", "w");',
    "an escaped task": 'reg [31:0] f; always @* f = \\$fopen ("{0}", "w");',
    "no end": "  initial forever ;",
}


@pytest.fixture(scope="module")
def tree() -> Design:
    return compile_model(DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y), X, Y, input_bits=4)


@pytest.fixture
def folder(tree: Design, tmp_path: Path) -> Path:
    save_design(tree, tmp_path / "design")
    return tmp_path / "design"


@pytest.mark.oracle
@pytest.mark.parametrize("file", ["rtl.v", "netlist.v", "cells.v"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_verilog_acts_on_nothing(
    folder: Path, tmp_path: Path, kind: str, file: str, require_program: Callable[[str], Path]
) -> None:
    require_program("iverilog")
    victim, text = tmp_path / "victim", (folder / file).read_text()
    (folder / file).write_text(text.replace(BODY, HOSTILE[kind].replace("{0}", str(victim)) + "\n" + BODY, 1))
    before = {path.name for path in folder.iterdir()}
    started = time.monotonic()
    found = verify_folder(folder, formal=False)
    assert not found.agrees
    assert file in str(found.to_json())
    assert not victim.exists()
    assert {path.name for path in folder.iterdir()} == before
    assert time.monotonic() - started < 60


def test_a_hostile_function_in_the_library_is_refused(folder: Path) -> None:
    data = json.loads((folder / "library.json").read_text())
    output = next(iter(data["cells"]["INVX1"]["outputs"].values()))
    output["function"] = '~A; initial $system("touch x"); assign z = A'
    (folder / "library.json").write_text(json.dumps(data))
    with pytest.raises(LibraryError, match=r"INVX1\.Y: malformed Boolean expression"):
        verify_folder(folder)
    output["function"] = "A"
    (folder / "library.json").write_text(json.dumps(data))
    with pytest.raises(LibraryError, match=r"the function of INVX1\.Y has not the truth table"):
        verify_folder(folder)


def with_another_cell(folder: Path) -> None:
    """Behind a NAND an XOR with 0, a cell that cells.v lacks."""
    text = (folder / "netlist.v").read_text()
    cell = re.search(r"(NAND2X1 \w+ \(.*?\.Y\()(.*?)\)\);", text)
    assert cell
    assert "XOR2X1" not in (folder / "cells.v").read_text()
    first, second = [pin.name for pin in load_library("egfet")["XOR2X1"].inputs]
    new = f"wire inner;\n  {cell[1]}inner));\n  XOR2X1 last (.{first}(inner), .{second}(1'b0), .Y({cell[2]}));"
    (folder / "netlist.v").write_text(text.replace(cell[0], new))


@pytest.mark.oracle
def test_an_equivalent_netlist_with_a_cell_that_cells_lacks_is_not_refuted(
    folder: Path, require_program: Callable[[str], Path]
) -> None:
    require_program("iverilog")
    with_another_cell(folder)
    found = verify_folder(folder, formal=False)
    assert found.simulator.status == found.icarus.status == "agree"


@pytest.mark.parametrize("text", ["{other}", ""])
def test_a_netlist_that_is_the_path_of_another_file_does_not_stand_for_it(
    folder: Path, tmp_path: Path, text: str
) -> None:
    other = (folder / "netlist.v").rename(tmp_path / "other.v")
    (folder / "netlist.v").write_text(text.format(other=other))
    found = verify_folder(folder)
    assert (found.simulator.status, found.formal.status) == ("refuted", "not run")
    assert "directory" not in found.simulator.detail


@pytest.mark.oracle
def test_a_loop_in_the_netlist_takes_no_time(folder: Path, require_program: Callable[[str], Path]) -> None:
    require_program("iverilog")
    text = (folder / "netlist.v").read_text()
    cell = re.search(r"NAND2X1 \w+ \(\.(A1)\((.*?)\).*?\.Y\((.*?)\)\);", text)
    assert cell
    (folder / "netlist.v").write_text(text.replace(cell[0], cell[0].replace(f".A1({cell[2]})", f".A1({cell[3]})")))
    started = time.monotonic()
    found = verify_folder(folder)
    assert "combinational loop" in found.simulator.detail
    assert found.icarus.parts["netlist"].status == "not run"
    assert not found.agrees
    assert time.monotonic() - started < 30


@pytest.mark.oracle
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_a_verification_that_is_ended(
    folder: Path, tmp_path: Path, number: int, require_program: Callable[[str], Path]
) -> None:
    require_program("iverilog")
    text = (folder / "rtl.v").read_text()
    loop = "  wire turning = ^petal_width ? ~turning : 1'b0;\n"
    port = re.search(r"input +wire \[3:0\] (\w+)", text)
    assert port
    (folder / "rtl.v").write_text(text.replace(BODY, loop.replace("petal_width", port[1]) + BODY))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    call = [sys.executable, "-m", "bespoke", "verify", str(folder), "--no-formal"]
    # A shell that starts the tests in the background has them ignore SIGINT, and so would the program.
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL, preexec_fn=heeds) as program:  # noqa: PLW1509  one thread
        _until(lambda: any("vvp" in name for name in _programs_in(scratch)))
        program.send_signal(number)
        try:
            program.wait(timeout=60)
        finally:
            program.kill()
    _until(lambda: not _programs_in(scratch) and not list(scratch.iterdir()))


def _programs_in(folder: Path) -> list[str]:
    """Names of the processes that work in a folder or below it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve().is_relative_to(folder):
                found.append((process / "comm").read_text())
        except OSError:
            continue
    return found


def _until(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "not reached in time"
        time.sleep(0.05)
