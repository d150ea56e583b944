"""``bespoke export``, and ``bespoke estimate`` of a folder and of activities."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from command_line import call
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.flow import compile_model
from bespoke.interchange import FORMATS
from bespoke.report import save_design


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    folder = tmp_path_factory.mktemp("designs") / "iris"
    data = load_iris()
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(data.data, data.target)
    save_design(compile_model(model, data.data, data.target, input_bits=4), folder)
    return folder


def estimate(*args):
    result = call("estimate", *args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(message, *args):
    result = call(*args)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_all_formats_at_once(design, tmp_path):
    result = call("export", design, "--format", "all", "-o", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    names = {name for entry in FORMATS.values() for name in entry.files}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    assert json.loads(result.stdout)["files"] == [str(tmp_path / "out" / name) for name in dict.fromkeys(
        name for entry in FORMATS.values() for name in entry.files)]  # fmt: skip
    assert (tmp_path / "out" / "source.v").read_text() == (design / "rtl.v").read_text()
    again = call("export", design, "--format", "all", "-o", tmp_path / "again")
    assert again.exit_code == 0
    assert all((tmp_path / "again" / n).read_bytes() == (tmp_path / "out" / n).read_bytes() for n in names)


def test_one_file_and_a_folder_with_other_files(design, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert call("export", design, "--format", "svg", "-o", tmp_path / "drawing.svg").exit_code == 0
    assert call("export", design, "--format", "blif,json", "--format", "dot", "-o", tmp_path).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "drawing.svg",
        "netlist.blif",
        "netlist.dot",
        "netlist.json",
        "notes.txt",
    ]
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "drawing.svg").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_saif_gives_the_estimate_of_the_folder(design, tmp_path):
    assert call("export", design, "--format", "saif", "-o", tmp_path / "a.saif").exit_code == 0
    plain = estimate(design)
    found = estimate(design, "--activity", tmp_path / "a.saif")
    assert found["estimate"] == plain["estimate"]
    assert found["stimuli"]["vectors"] == plain["stimuli"]["vectors"]
    words = call("estimate", design, "--activity", tmp_path / "a.saif").stdout
    assert "time units each in classifier" in words


def test_a_folder_gives_the_power_that_its_report_states(design, tmp_path):
    stated = json.loads((design / "report.json").read_text())
    found = estimate(design)
    assert {name: stated["estimate"][name] for name in found["estimate"] if name != "critical_path"} == {
        name: value for name, value in found["estimate"].items() if name != "critical_path"
    }
    assert found["stimuli"] == {"source": str(design / "stimuli.csv"), "vectors": stated["stimuli"]["vectors"]}
    slow = tmp_path / "slow"
    shutil.copytree(design, slow)
    stated["options"]["period_ms"] = 100.0
    (slow / "report.json").write_text(json.dumps(stated))
    assert estimate(slow)["estimate"]["period_ms"] == 100
    assert estimate(slow, "--period-ms", "50")["estimate"]["period_ms"] == 50
    (slow / "stimuli.csv").unlink()
    assert estimate(slow)["stimuli"]["source"] == str(slow / "vectors.hex")


def test_files_that_were_edited_are_named(design, tmp_path):
    edited = tmp_path / "edited"
    shutil.copytree(design, edited)
    netlist = edited / "netlist.v"
    netlist.write_text(netlist.read_text().replace("// ", "// edited: ", 1))
    remark = "netlist.v was changed since it was written"
    for args in (("estimate", "{}"), ("export", "{}", "--format", "dot", "-o", tmp_path / "a.dot")):
        for folder, is_named in ((design, False), (edited, True)):
            result = call(*(str(folder) if arg == "{}" else arg for arg in args))
            assert result.exit_code == 0, result.output
            assert (result.stderr == f"bespoke: {remark}\n") == is_named, result.stderr
    assert estimate(edited)["notes"] == [remark]
    assert estimate(design)["notes"] == []


def test_stimuli_of_ones_own(design, tmp_path):
    ports = [port["port"] for port in json.loads((design / "manifest.json").read_text())["inputs"]]
    rows = tmp_path / "rows.csv"
    rows.write_text(",".join(ports) + "\n0,0,0,0\n15,3,2,1\n")
    args = ("export", design, "--format", "saif", "--stimuli", rows, "-o", tmp_path / "a.saif")
    assert call(*args).exit_code == 0
    found = estimate(design, "--activity", tmp_path / "a.saif")
    assert found["estimate"] == estimate(design, "--stimuli", rows)["estimate"]


def test_a_folder_at_another_voltage(design):
    assert estimate(design, "--vdd", "0.6")["estimate"]["vdd"] == 0.6
    refused("no figures for this supply voltage", "estimate", design, "--vdd", "9")


def test_bad_calls(design, tmp_path):
    out = tmp_path / "out"
    refused("unknown format; got blf; did you mean 'blif'?", "export", design, "--format", "blf", "-o", out)
    refused("missing option '--format'", "export", design, "-o", out)
    refused("missing option '-o'", "export", design, "--format", "blif")
    refused("no such folder", "export", tmp_path / "none", "--format", "blif", "-o", out)
    refused("not a compiled design", "export", tmp_path, "--format", "blif", "-o", out)
    (tmp_path / "file").write_text("x")
    refused("file", "export", design, "--format", "blif", "-o", tmp_path / "file")
    (tmp_path / "taken" / "netlist.blif").mkdir(parents=True)
    refused("netlist.blif: is a folder", "export", design, "--format", "all", "-o", tmp_path / "taken")
    assert len(list((tmp_path / "taken").iterdir())) == 1
    rows = ("--format", "saif", "--stimuli", tmp_path / "none.csv", "-o", out)
    refused("none.csv: cannot be read", "export", design, *rows)
    assert not out.exists()


def test_bad_activities(design, tmp_path):
    path = tmp_path / "a.vcd"
    path.write_bytes(bytes(range(256)))
    refused("a.vcd: not a VCD file; got binary data", "estimate", design, "--activity", path)
    refused("none.saif: cannot be read", "estimate", design, "--activity", tmp_path / "none.saif")
    refused(
        "unknown kind of activity file; allowed: .saif, .vcd", "estimate", design, "--activity", tmp_path / "a.fsdb"
    )
    both = ("--activity", path, "--stimuli", path)
    refused("both stimuli and an activity are given", "estimate", design, *both)
    refused("not a compiled design", "estimate", tmp_path)
    refused("--vector-time", "estimate", design, "--activity", path, "--vector-time", "0")
