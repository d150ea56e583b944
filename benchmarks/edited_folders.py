"""Edit compiled folders at random and see whether ``verify`` notices.

    python benchmarks/edited_folders.py --count 200 --seed 0

Each edit changes one fact of one file: a number, a word or a truth value of a JSON file, a number or an operator of
Verilog, a number of a table or of the page. In half of them digests are renewed in ``manifest.json`` and in the list
of files, as somebody does who wants it to pass. An edit is noticed if ``verify`` refutes something, names the file, or
refuses the folder in one line. One whose digests were renewed may be harmless (a comment, a remark, a run time).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from record import Bar, record, table
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import BespokeError
from bespoke.flow import approximate, compile_model, verify_folder
from bespoke.report import save_design, with_page

FILES = (
    *("model.json", "netlist.v", "rtl.v", "cells.v", "library.json", "testbench.v"),
    *("vectors.hex", "stimuli.csv", "report.json", "report.html", "manifest.json"),
)
SHORT = {"population": 8, "islands": 1, "epochs": 1, "generations": 2, "finalists": 2, "jobs": 1, "input_bits": 4}
OPERATORS = {"nand": "nor", "nor": "nand", "and": "or", "or": "and", "not": "buf", "xor": "xnor", "<": "<=", "<=": "<"}
WORD = re.compile(r"\d+(?:\.\d+)?|\b(?:nand|nor|and|or|not|xor)\b|<=?")


def folders(root: Path) -> list[Path]:
    """Compiled designs: a tree with wires per level, sums, a value; circuits with modes, behind a small classifier."""
    x, y = load_iris(return_X_y=True)
    models: dict[str, tuple[Any, dict[str, Any]]] = {
        "tree": (DecisionTreeClassifier(max_depth=3, random_state=0), {}),
        "unary": (DecisionTreeClassifier(max_depth=3, random_state=0), {"inputs": "unary", "converters": "date24"}),
        "sums": (make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000)), {"input_bits": 3, "weight_bits": 4}),
        "value": (make_pipeline(MinMaxScaler(), Ridge()), {"input_bits": 3, "weight_bits": 4}),
    }
    for name, (model, options) in models.items():
        save_design(compile_model(model.fit(x, y), x, y, **options), root / name)
    network = MLPClassifier((3,), solver="lbfgs", max_iter=300, random_state=0)
    for name, estimator, options in (
        ("modes", network, {"modes": 3, "mode_loss": 0.05}),
        ("cascade", LogisticRegression(max_iter=500), {"cascade": True}),
    ):
        model = make_pipeline(MinMaxScaler(), estimator).fit(x, y)
        chosen = approximate(model, x, y, **SHORT, **options).chosen
        assert chosen is not None
        assert name in chosen.analyses
        save_design(chosen, root / name)
    return [root / name for name in (*models, "modes", "cascade")]


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:  # noqa: ANN401  JSON
    """Every number, word and truth value of JSON data with its path."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if inner is None:
        yield path, data
    else:
        for key, value in inner:
            yield from leaves(value, (*path, key))


def edited_json(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """The text with one fact changed, and which."""
    data = json.loads(text)
    found = [leaf for leaf in leaves(data) if leaf[1] is not None]
    path, value = found[int(rng.integers(len(found)))]
    if isinstance(value, bool):
        new: Any = not value
    elif isinstance(value, int | float):
        new = value + 1 if isinstance(value, int) else value * 1.1 + 0.1
    else:
        new = value + "x"
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return json.dumps(data, indent=2) + "\n", ".".join(map(str, path))


def edited_text(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """The text with one number larger, or one operator exchanged, and where; comments of Verilog stay."""
    found = [
        match for match in WORD.finditer(text) if "//" not in text[text.rfind("\n", 0, match.start()) : match.start()]
    ]
    match = found[int(rng.integers(len(found)))]
    number = (
        f"{float(match[0]) * 1.1 + 0.1:g}"
        if "." in match[0]
        else str(int(match[0]) + 1)
        if match[0][0].isdigit()
        else ""
    )
    return text[: match.start()] + (number or OPERATORS[match[0]]) + text[
        match.end() :
    ], f"{match[0]} at {match.start()}"


def edited_vector(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """The text with one digit of one vector changed."""
    lines = text.splitlines()
    line = int(rng.integers(len(lines)))
    lines[line] = f"{int(lines[line], 16) ^ 1 << int(rng.integers(4)):0{len(lines[line])}x}"
    return "\n".join(lines) + "\n", f"line {line + 1}"


EDITS = {".json": edited_json, ".hex": edited_vector}


def edit(folder: Path, name: str, rng: np.random.Generator, *, renew: bool) -> str:
    """Edit a file of a folder, and say what was done."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    new, what = EDITS.get(path.suffix, edited_text)(text, rng)
    path.write_text(new, encoding="utf-8")
    for listing in ("manifest.json", ".bespoke.json") if renew else ():
        data = json.loads((folder / listing).read_text(encoding="utf-8"))
        for each in data["files"]:
            if each in {name, "manifest.json"} and (folder / each).is_file():
                data["files"][each] = sha256((folder / each).read_bytes()).hexdigest()
        (folder / listing).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return what


def noticed(folder: Path) -> str:
    """How ``verify`` notices; empty if it does not."""
    try:
        found = with_page(verify_folder(folder, formal=False), folder)
    except BespokeError as error:
        return f"refused: {error}"
    if found.differences:
        return f"differs: {found.differences[0]}"
    return "refuted" if not found.agrees else "named: " + found.notes[0] if found.notes else ""


def main() -> int:
    """Run the edits and print the figures; exit code 1 if one was not noticed whose digests were not renewed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=264)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(options.seed)
    rows: dict[str, dict[str, int]] = {}
    with TemporaryDirectory() as root:
        made = folders(Path(root))
        for number in range(options.count):
            source, name, renew = made[number // 2 % len(made)], FILES[number // 2 % len(FILES)], number % 2 == 1
            copy = Path(shutil.copytree(source, Path(root) / "copy"))
            what = edit(copy, name, rng, renew=renew)
            how = noticed(copy)
            shutil.rmtree(copy)
            row = rows.setdefault(name, {"edits": 0, "noticed": 0, "renewed": 0, "renewed, noticed": 0})
            kind = "renewed" if renew else "edits"
            row[kind] += 1
            row["renewed, noticed" if renew else "noticed"] += bool(how)
            if not how:
                print(f"{source.name}, {name}, {what}: not noticed{', digests renewed' if renew else ''}", flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    missed = sum(row["edits"] - row["noticed"] for row in rows.values())
    renewed = sum(row["renewed"] - row["renewed, noticed"] for row in rows.values())
    share = renewed / max(1, sum(row["renewed"] for row in rows.values()))
    bars = [Bar("edits not noticed", missed, 0), Bar("share of those with renewed digests not noticed", share, 0.05)]
    record("edited_folders", rows, bars, seed=options.seed, keep=options.count >= 200)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
