"""Forests and boosting beside emlearn and conifer: rows of the test part on which each differs from its own model.

    python -m pip install --no-deps --target SIDES emlearn conifer pybind11 hls4ml
    python benchmarks/side_ensembles.py SIDES

Both are installed for this benchmark only, into a folder of their own. emlearn writes C: with words of 16 bits for
features, which is its default, and with floats and leaves of 8 bits. conifer writes C++ and VHDL with numbers of its
default ``ap_fixed<18,8>``; its wheel lacks the headers of these, which that of hls4ml has, and those of nlohmann's
JSON library (Debian: nlohmann-json3-dev). ``fails`` is where a package raises an error: conifer for forests of
several classes, emlearn for boosting. With GHDL its VHDL becomes Verilog, and Yosys and ABC map it to EGFET cells:
the area is that of the gates, its registers and the comparison of its scores left out. Ours is with inputs of 8 bits,
and by default.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from abc_mapping import cells_area_mm2, liberty
from record import Bar, Row, record, table
from side_yosys import run_passes
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from bespoke.cells import load_library
from bespoke.data import load_dataset
from bespoke.external import find_program, run_program
from bespoke.flow import compile_model

SEED = 0
PRECISION = "ap_fixed<18,8>"
TOP = "BDTTop"
MODELS: dict[str, Callable[[], Any]] = {
    "forest": lambda: RandomForestClassifier(10, max_depth=6, random_state=SEED),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=10, max_depth=3, random_state=SEED),
}
PACKAGES = ("Constants", "Split", "Types", "Tree", "AddReduce", "Arrays*", "BDT", TOP)


def emlearn_answers(estimator: Any, features: np.ndarray, **settings: Any) -> np.ndarray:  # noqa: ANN401  its own
    """Class indices by the C program of emlearn."""
    import emlearn

    return np.asarray(emlearn.convert(estimator, method="inline", **settings).predict(features))


def conifer_model(estimator: Any, backend: str) -> Any:  # noqa: ANN401  scikit-learn's and conifer's
    """A model of conifer that writes into the present folder."""
    import conifer

    settings = {"Backend": backend, "ProjectName": "model", "OutputDir": backend, "Precision": PRECISION}
    settings |= {"XilinxPart": "xcvu9p-flgb2104-2L-e", "ClockPeriod": "5"} if backend == "vhdl" else {}
    return conifer.converters.convert_from_sklearn(estimator, settings)


def conifer_answers(estimator: Any, features: np.ndarray) -> np.ndarray:  # noqa: ANN401  scikit-learn's
    """Class indices by the C++ program of conifer."""
    model = conifer_model(estimator, "cpp")
    model.compile()
    scores: np.ndarray = model.decision_function(features)
    return scores.argmax(axis=1)


def conifer_area_mm2(estimator: Any) -> float:  # noqa: ANN401  scikit-learn's
    """Area of the gates of conifer's VHDL."""
    conifer_model(estimator, "vhdl").write()
    folder, library = Path("vhdl", "firmware").resolve(), load_library("egfet")
    files = [path.name for part in PACKAGES for path in sorted(folder.glob(f"{part}.vhd"))]
    common = ["--std=08", "--work=BDT"]
    run_program("ghdl", ["-a", *common, *files], folder=folder, timeout_s=600)
    run = run_program("ghdl", ["--synth", *common, "--out=verilog", TOP], folder=folder, timeout_s=600)
    (folder / "top.v").write_text(run.stdout, encoding="utf-8")
    (folder / "cells.lib").write_text(liberty(library), encoding="utf-8")
    script = "+strash;ifraig;dc2;dc2;dch;amap"
    mapping = f"abc -exe {find_program('yosys-abc')} -liberty cells.lib -script {script}"
    synthesis = [f"synth -flatten -noabc -top {TOP}", "expose -evert-dff -shared", "opt -full", mapping, "opt_clean"]
    run_passes(folder, ["read_verilog top.v", *synthesis, "write_json mapped.json"])
    module = json.loads((folder / "mapped.json").read_text(encoding="utf-8"))["modules"][TOP]
    return cells_area_mm2([cell["type"] for cell in module["cells"].values()], library)


def tried(measure: Callable[[], Any]) -> Any:  # noqa: ANN401  what it measures
    """The figure, or that the other package fails; each in a folder of its own."""
    here = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return measure()
        except Exception as error:  # noqa: BLE001  packages raise whatever they like
            print(f"  {type(error).__name__}: {str(error).splitlines()[:1]}")
            return "fails"
        finally:
            os.chdir(here)


def compare(name: str, kind: str) -> Row:
    """Mismatches and areas of one model."""
    data = load_dataset(name)
    split = data.split()
    estimator = MODELS[kind]().fit(split.train_features, split.train_targets)
    features, wanted = split.test_features, estimator.predict(split.test_features)

    def other(answers: Callable[[], np.ndarray]) -> Any:  # noqa: ANN401  a count or a word
        return tried(lambda: int(np.sum(answers() != wanted)))

    wide, usual = (compile_model(estimator, dataset=data, input_bits=bits) for bits in (8, None))
    return {
        "test rows": len(wanted),
        "emlearn": other(lambda: emlearn_answers(estimator, features)),
        "emlearn float": other(lambda: emlearn_answers(estimator, features, dtype="float", leaf_bits=8)),
        "conifer": other(lambda: conifer_answers(estimator, features)),
        "bespoke": int(np.sum(wide.predict(features) != wanted)),
        "bespoke default": int(np.sum(usual.predict(features) != wanted)),
        "conifer cm2": tried(lambda: conifer_area_mm2(estimator) / 100),
        "bespoke cm2": wide.estimate.area_mm2 / 100,
        "default cm2": usual.estimate.area_mm2 / 100,
    }


def main() -> None:
    """Print and record the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sides", type=Path, help="folder into which the other packages were installed")
    sides = parser.parse_args().sides.resolve()
    sys.path.append(str(sides))
    os.environ |= {"PYTHONPATH": f"{sides}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", "JSON_ROOT": "/usr/include"}
    os.environ["XILINX_AP_INCLUDE"] = str(sides / "hls4ml" / "templates" / "vivado" / "ap_types")
    warnings.simplefilter("ignore")
    rows: dict[str, Row] = {}
    for name in ("wine", "digits"):
        for kind in MODELS:
            rows[f"{name}, {kind}"] = compare(name, kind)
    print("\n" + table(rows, next(iter(rows.values()))))
    bars = [
        Bar(
            f"{kind}: rows answered otherwise, beside {other}",
            *(_sum(rows, kind, column) for column in ("bespoke", other)),
        )
        for kind, other in (("forest", "emlearn float"), ("boosting", "conifer"))
    ]
    areas = (_sum(rows, "boosting", column) for column in ("bespoke cm2", "conifer cm2"))
    record("side_ensembles", rows, [*bars, Bar("boosting: cm2 beside conifer", *areas)], seed=SEED)


def _sum(rows: Mapping[str, Row], kind: str, column: str) -> float:
    return sum(row[column] for name, row in rows.items() if name.endswith(kind))


if __name__ == "__main__":
    main()
