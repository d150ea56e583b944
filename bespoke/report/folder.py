"""Writing a design's folder: all of it or nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError
from bespoke.flow import MANIFEST, MANIFEST_FORMAT, Design, design_texts, report
from bespoke.report.page import design_page

PAGE = "report.html"
FRONT = "front.json"
FRONT_FORMAT = "bespoke-front"
_SCORES = ("train", "assured", "test")


def save_design(design: Design, folder: str | Path) -> tuple[Path, ...]:
    """Write all files of a design into a folder, atomically.

    An earlier design in that folder is replaced.

    Parameters
    ----------
    design : Design
    folder : str or Path
        Need not exist; an existing one must be empty or hold an earlier design.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        If the folder holds something else or cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import compile_model, save_design
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     files = save_design(compile_model(tree, X, y, input_bits=4), Path(folder) / "iris")
    >>> {"netlist.v", "testbench.v", "report.html"} <= {file.name for file in files}
    True
    """
    return write_folder(Path(folder), design_files(design))


def design_files(design: Design) -> dict[str, str]:
    """Every file of a design by its name, the page included."""
    texts = design_texts(design)
    return texts | {PAGE: design_page(report(design), json.loads(texts[MANIFEST]))}


def check_folder(folder: Path) -> None:
    """Refuse a folder that `write_folder` would not write.

    Raises
    ------
    OutputError
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError("exists and is not a folder", where=str(folder), allowed="a folder to create or to replace")
    if folder.is_dir() and any(folder.iterdir()) and not _is_design(folder):
        raise OutputError(
            "the folder holds other files than those of a compiled design",
            where=str(folder),
            allowed="a new or empty folder, or one that `bespoke compile` wrote",
        )
    parent = next(p for p in folder.absolute().parents if p.exists())
    if not parent.is_dir():
        raise OutputError("not a folder", where=str(parent))
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError("no permission to write", where=str(parent))


def write_folder(folder: Path, files: Mapping[str, str] | Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write files, named by their path below the folder, into a temporary folder beside, then put it in place.

    Raises
    ------
    OutputError
        If the folder may not be replaced or cannot be written; then nothing is left behind.
    """
    check_folder(folder)
    target = folder.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            fresh = work / "new"
            fresh.mkdir()
            for name, content in files.items():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                (fresh / name).write_bytes(content if isinstance(content, bytes) else content.encode())
            if target.exists():
                target.rename(work / "old")
            fresh.rename(target)
        finally:
            if not target.exists() and (work / "old").exists():
                (work / "old").rename(target)
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise OutputError("cannot be written", where=str(folder), got=error.strerror or error) from None
    return tuple(folder / name for name in files)


def read_front(path: Path) -> dict[str, Any]:
    """Content of a ``front.json``.

    Raises
    ------
    OutputError
        If the file is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError("not a front", where=str(path), got=error) from None
    if not isinstance(data, dict) or data.get("format") != FRONT_FORMAT:
        raise OutputError("not a front", where=str(path), allowed="front.json of `bespoke approximate`")
    designs = data.get("designs")
    if "metric" not in data or not isinstance(designs, list) or not designs or not all(map(_is_row, designs)):
        raise OutputError("a damaged front", where=str(path), allowed="front.json as `bespoke approximate` wrote it")
    return data


def _is_row(row: object) -> bool:
    """Whether this is a design of a front, with the figures that are drawn."""
    if not isinstance(row, dict) or not {"chosen", "exact", *_SCORES} <= row.keys():
        return False
    scores = all(row[name] is None or isinstance(row[name], int | float) for name in _SCORES)
    return scores and isinstance(row.get("area_mm2"), int | float)


def _is_design(folder: Path) -> bool:
    formats = ((MANIFEST, MANIFEST_FORMAT), (FRONT, FRONT_FORMAT))
    return any(json_object(folder / name).get("format") == wanted for name, wanted in formats)


def json_object(path: Path) -> dict[str, Any]:
    """Content of a JSON file; empty where there is none, or none that is an object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Content of a CSV file of rows with the same columns; yes and no are 1 and 0."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    plain = [{name: int(value) if isinstance(value, bool) else value for name, value in row.items()} for row in rows]
    writer.writerows(plain)
    return text.getvalue()
