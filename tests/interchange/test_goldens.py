"""A full adder in every format, in files to be read by people.

BESPOKE_WRITE_GOLDEN=1 writes them anew; look at the difference before it is committed.
"""

import os
from pathlib import Path

import pytest
from exchange_samples import adder, random_inputs

from bespoke.interchange import FORMATS, Subject, export_files
from bespoke.sim import simulate_mapped

HERE = Path(__file__).parent / "golden"
# The AIGER file is not for reading, and the library not small.
LEFT_OUT = {"netlist.aig", "library.lib", "source.v"}


@pytest.fixture(scope="module")
def files():
    circuit = adder()
    activity = simulate_mapped(circuit.mapped, circuit.library, random_inputs(circuit, 8)).activity
    return export_files(Subject(circuit, "// source\n", lambda: activity, 8.0), tuple(FORMATS))


NAMES = sorted({name for entry in FORMATS.values() for name in entry.files} - LEFT_OUT)


@pytest.mark.parametrize("name", NAMES)
def test_file_is_the_one_that_stands_here(files, name):
    if os.environ.get("BESPOKE_WRITE_GOLDEN"):
        (HERE / name).write_bytes(files[name])
    assert files[name].decode() == (HERE / name).read_text(encoding="utf-8")
