"""Test accuracy of integer models against their float models, for the 16 models of ``../shared/models``.

    python benchmarks/accuracy.py [--models DIR] [--data DIR] [--json FILE]

Columns: the float model, words of 4 bits rounded down with 8-bit weights, and ``--input-encoding auto``
with 5 input bits. Regressors are rounded and clipped to the range of the training labels.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATASETS = {"RedWine": "redwine", "WhiteWine": "whitewine", "Cardio": "cardio", "Balance_Scale": "balance"}
KINDS = ("MLP_clf", "MLP_reg", "SVM_clf", "SVM_reg")
_CODING: dict[str, Any] = {"weight_bits": 8, "input_words": "none", "regressor_output": "label"}
SETTINGS = {
    "4 bits": QuantisationOptions(**_CODING, input_encoding="floor", input_bits=4),
    "auto, 5 bits": QuantisationOptions(**_CODING, input_encoding="auto", input_bits=5),
}


def accuracies(model_path: Path, data_path: Path) -> dict[str, float]:
    """Test accuracy of the float model and of the integer model at each setting."""
    table = np.loadtxt(data_path, delimiter=",", skiprows=1)
    features, targets = table[:, :-1], table[:, -1].astype(int)
    train_x, test_x, train_y, test_y = train_test_split(features, targets, test_size=0.3, random_state=42)
    estimator = read_model(model_path).model
    row: dict[str, float] = {}
    for name, options in SETTINGS.items():
        result = quantise_estimator(estimator, train_x, train_y, options)
        row["float"] = float(np.mean(result.float_predict(test_x) == test_y))
        row[name] = float(np.mean(result.model.predict_raw(test_x) == test_y))
    return row


def losses(rows: dict[str, dict[str, float]], setting: str) -> list[float]:
    """Points lost against the float model, one per model."""
    return [100 * (row["float"] - row[setting]) for row in rows.values()]


def report(rows: dict[str, dict[str, float]]) -> str:
    """The table and a summary as text."""
    lines = [f"{'model':24}{'float':>8}" + "".join(f"{name:>22}" for name in SETTINGS)]
    for name, row in rows.items():
        cells = "".join(f"{row[s]:14.3f} ({100 * (row[s] - row['float']):+5.2f})" for s in SETTINGS)
        lines.append(f"{name:24}{row['float']:8.3f}{cells}")
    for setting in SETTINGS:
        lost = losses(rows, setting)
        within = sum(points <= 1.5 for points in lost)
        lines.append(f"{setting}: within 1.5 points for {within} of {len(lost)}, largest loss {max(lost):.2f} points")
    return "\n".join(lines)


def main() -> None:
    """Print the table; write it as JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--models", type=Path, default=SHARED / "models")
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "uci")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows: dict[str, dict[str, Any]] = {
        f"{name}.{kind}": accuracies(arguments.models / f"{name}.{kind}.skops", arguments.data / f"{file}.csv")
        for name, file in DATASETS.items()
        for kind in KINDS
    }
    print(report(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
