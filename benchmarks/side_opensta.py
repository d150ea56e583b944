"""Side by side with OpenSTA: the delay under both rules for the ends of tables.

    python benchmarks/side_opensta.py [--tech NAME] [--only NAME,...]

Four trees and four reference models, each at two supply voltages. OpenSTA (`sta`, `apt-get install opensta`) reads the
netlist, the Liberty file and the constraints that bespoke exports; it continues the lines of tables beyond their ends.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from opensta import opensta_delay_ms
from record import Bar, Row, record, table
from reference import chosen, reference_model, reference_tree

from bespoke.cells import load_library
from bespoke.estimate import TABLE_ENDS, analyse_timing
from bespoke.flow import compile_model

NAMES = (
    *("balance.tree", "cardio.tree", "redwine.tree", "seeds.tree"),
    *("balance.SVM_clf", "cardio.SVM_clf", "redwine.SVM_reg", "balance.MLP_clf"),
)
VOLTAGES = {"egfet": (0.6, 1.0), "cnt_tft": (2.6, 3.0)}


def compare(name: str, technology: str) -> dict[str, Row]:
    """Delays in ms of one circuit at each voltage."""
    dataset, kind = name.split(".")
    reference = reference_tree(dataset) if kind == "tree" else reference_model(name)
    rows: dict[str, Row] = {}
    for vdd in VOLTAGES[technology]:
        library = load_library(technology, vdd)
        settings = {**reference.settings, "technology": technology, "vdd": vdd}
        mapped = compile_model(reference.estimator, dataset=reference.dataset, **settings).circuit.mapped
        ours = {ends: analyse_timing(mapped, library, table_ends=ends).delay_ms for ends in TABLE_ENDS}
        with TemporaryDirectory() as folder:
            theirs = opensta_delay_ms(mapped, library, Path(folder))
        shares = {f"{ends} / OpenSTA": delay / theirs for ends, delay in ours.items()}
        rows[f"{name} at {vdd:g} V"] = {"gates": len(mapped.instances), **ours, "OpenSTA": theirs, **shares}
    return rows


def main() -> None:
    """Print and record the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tech", choices=VOLTAGES, default="egfet")
    parser.add_argument("--only", help="parts of names, separated by commas")
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for name in chosen(options.only, NAMES):
        rows |= compare(name, options.tech)
    print(table(rows, ("gates", "hold", "extrapolate", "OpenSTA", "hold / OpenSTA", "extrapolate / OpenSTA")))
    farthest = max(abs(row["extrapolate / OpenSTA"] - 1) for row in rows.values())
    bars = [Bar("largest difference under extrapolate", farthest, 0.02)]
    suffix = "" if options.tech == "egfet" else f"_{options.tech}"
    record(f"side_opensta{suffix}", rows, bars, seed=42, keep=options.only is None)


if __name__ == "__main__":
    main()
