"""``bespoke plot``: figures of fronts and sweeps in every format, for print, the same in every run."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import Result
from command_line import call

SVG = "{http://www.w3.org/2000/svg}"
HEADS = (
    "dataset,model,origin,technology,vdd,metric,seed,accuracy_float,accuracy_exact,accuracy,area_exact_cm2,area_cm2,"
)
ROW = {"area_mm2": 1.0, "chosen": True, "exact": True, "train": 1, "assured": 1, "test": None}
TABLE = f"""{HEADS}area_gain,power_source,error
seeds,tree,bespoke,egfet,1.0,accuracy,1,0.9,0.875,0.85,0.5,0.05,10.0,harvester,
seeds,tree,ISQED 2022,egfet,,accuracy,,,0.889,0.94,0.301,0.0232,13.0,harvester,
iris,svm,bespoke,egfet,1.0,accuracy,1,0.9,0.875,,5.0,,,no such circuit,
wine,svm,bespoke,egfet,,accuracy,1,,,,,,,,training failed
"""


def run(*args: object) -> Result:
    return call(*args)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    sweep, front = tmp_path / "sweep", tmp_path / "front"
    sweep.mkdir()
    (sweep / "table.csv").write_text(TABLE)
    front.mkdir()
    rows = [
        {
            "area_mm2": area,
            "train": 0.9 - loss,
            "assured": 0.88 - loss,
            "test": 0.85,
            "chosen": area == 70,
            "exact": loss == 0,
        }
        for area, loss in ((0.0, 0.4), (60.0, 0.05), (70.0, 0.01), (500.0, 0.0))
    ]
    (front / "front.json").write_text(json.dumps({"format": "bespoke-front", "metric": "accuracy", "designs": rows}))
    return {"sweep": sweep, "front": front}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), [("front", "gain"), ("sweep", "gain"), ("sweep", "area")])
def test_figures_are_for_print(folders: dict[str, Path], tmp_path: Path, name: str, kind: str) -> None:
    pytest.importorskip("matplotlib")
    files = {suffix: tmp_path / f"figure.{suffix}" for suffix in ("png", "svg", "pdf")}
    for path in files.values():
        assert run("plot", folders[name], "--figure", kind, "-o", path).exit_code == 0
        before = path.read_bytes()
        assert run("plot", folders[name], "--figure", kind, "-o", path).exit_code == 0
        assert path.read_bytes() == before
    drawing = ET.parse(files["svg"]).getroot()
    assert drawing.get("width") == "252pt"  # 3.5 inches
    texts = list(drawing.iter(f"{SVG}text"))
    assert texts
    sizes = [
        float(style.split("px")[0].split()[-1]) for text in texts for style in [text.get("style", "")] if "px" in style
    ]
    assert min(sizes) >= 7
    words = {"".join(text.itertext()) for text in texts}
    assert (
        words
        >= {"front": {"chosen", "exact", "assured"}, "gain": {"tree"}, "area": {"seeds tree", "iris svm"}}[
            "front" if name == "front" else kind
        ]
    )
    assert not any("10^" in word or "mathdefault" in word for word in words)
    assert b"/Type3" not in files["pdf"].read_bytes()
    assert files["png"].read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_width_is_that_which_is_asked_for(folders: dict[str, Path], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = run("plot", folders["sweep"], "--width", 7.16, "-o", tmp_path / "wide.svg", "--json")
    assert json.loads(found.stdout)["width_in"] == 7.16
    assert ET.parse(tmp_path / "wide.svg").getroot().get("width") == "515.52pt"


def test_bad_calls(folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no front and no sweep is there" in run("plot", tmp_path, "-o", tmp_path / "x.png").stderr
    (folders["sweep"] / "table.csv").write_text("a,b\n1,2\n")
    assert "not the table of a sweep" in run("plot", folders["sweep"], "-o", tmp_path / "x.png").stderr
    (folders["front"] / "front.json").write_text("{")
    assert "not a front" in run("plot", folders["front"], "-o", tmp_path / "x.png").stderr
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    (folders["sweep"] / "table.csv").write_text(TABLE)
    found = run("plot", folders["sweep"], "-o", tmp_path / "x.png")
    assert found.exit_code == 2
    assert found.stderr.strip().endswith("matplotlib is not installed; allowed: pip install 'bespoke[plots]'")


@pytest.mark.parametrize(
    "damage",
    [
        {"designs": None},
        {"designs": []},
        {"designs": [3]},
        {"designs": [{"area_mm2": 1.0, "chosen": True, "exact": True, "train": 1, "assured": 1}]},
        {"designs": [{**ROW, "area_mm2": "1"}]},
        {"designs": [{**ROW, "area_mm2": 10**400}]},
        {"designs": [{**ROW, "train": 10**400}]},
        {"designs": [{**ROW, "folder": 5}]},
        {"metric": ...},
    ],
)
def test_a_damaged_front(folders: dict[str, Path], tmp_path: Path, damage: dict[str, object]) -> None:
    path = folders["front"] / "front.json"
    facts = json.loads(path.read_text()) | damage
    path.write_text(json.dumps({name: value for name, value in facts.items() if value is not ...}))
    found = run("plot", folders["front"], "-o", tmp_path / "x.png")
    assert (found.exit_code, "front.json: a damaged front; allowed" in found.stderr) == (2, True)


@pytest.mark.parametrize(
    ("table", "got"),
    [
        (TABLE.splitlines()[0] + "\n", "no rows"),
        (TABLE.replace("metric", "other"), "no column metric"),
        (TABLE.replace("area_gain", "other"), "'area_gain'"),
        (TABLE.replace("0.85", "nan"), "nan"),
        ("", "no column dataset"),
    ],
)
def test_a_damaged_table(folders: dict[str, Path], tmp_path: Path, table: str, got: str) -> None:
    (folders["sweep"] / "table.csv").write_text(table)
    found = run("plot", folders["sweep"], "-o", tmp_path / "x.png")
    assert found.exit_code == 2
    assert f"table.csv: not the table of a sweep; got {got}" in " ".join(found.stderr.split())


@pytest.mark.slow
def test_other_formats_are_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = run("plot", folders["sweep"], "-o", tmp_path / "x.bmp")
    assert (found.exit_code, "allowed: .png, .svg, .pdf" in found.stderr) == (2, True)
