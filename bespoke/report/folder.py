"""The folder of a design: its files, and the lists and tables beside it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError
from bespoke.files import FolderKind, parse_json, write_folder
from bespoke.flow import MANIFEST, Design, design_texts, report
from bespoke.report.page import design_page

PAGE = "report.html"
FRONT = "front.json"
FRONT_FORMAT = "bespoke-front"
_SCORES = ("train", "assured", "test")
DESIGN_KIND = FolderKind("compiled design", frozenset({"compiled design"}))
ANSWER_KIND = FolderKind("search from data", DESIGN_KIND.replaces | {"search from data"})
OPERATOR_KIND = FolderKind("operator", frozenset({"operator"}))
FRONT_KIND = FolderKind("front of circuits", DESIGN_KIND.replaces | {"front of circuits"})


def save_design(design: Design, folder: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write all files of a design into a folder, in the place of those of an earlier design; other files stay.

    Parameters
    ----------
    design : Design
    folder : str or Path
        Need not exist; an existing one must be empty or hold an earlier design.
    force : bool
        Whether any other folder will do, and files of the same names are replaced whoever wrote or edited them.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        If the folder holds something else, a file in it was edited, or it cannot be written.

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
    return write_folder(Path(folder), design_files(design), DESIGN_KIND, force=force)


def design_files(design: Design) -> dict[str, str]:
    """Every file of a design by its name, the page included."""
    texts = design_texts(design)
    manifest = parse_json(texts[MANIFEST], OutputError, MANIFEST)
    return texts | {PAGE: design_page(report(design), manifest, design.circuit)}


def read_front(path: Path) -> dict[str, Any]:
    """Content of a ``front.json``.

    Raises
    ------
    OutputError
        If the file is none.
    """
    try:
        data = parse_json(path.read_text(encoding="utf-8"), OutputError, str(path))
    except (OSError, UnicodeDecodeError, OutputError) as error:
        raise OutputError("not a front", where=str(path), got=error) from None
    if not isinstance(data, dict) or data.get("format") != FRONT_FORMAT:
        raise OutputError("not a front", where=str(path), allowed="front.json of `bespoke approximate`")
    designs = data.get("designs")
    if "metric" not in data or not isinstance(designs, list) or not designs or not all(map(_is_row, designs)):
        raise OutputError("a damaged front", where=str(path), allowed="front.json as `bespoke approximate` wrote it")
    return data


def exact_folder(folder: Path) -> Path | None:
    """Folder of the exact circuit of the front that a folder holds, or that it is a part of; None outside of fronts."""
    place = folder.absolute()
    for top in (place, *list(place.parents)[:2]):
        if (top / FRONT).is_file():
            rows = read_front(top / FRONT)["designs"]
            return next((top / row["folder"] for row in rows if row["exact"] and "folder" in row), None)
    return None


def _is_row(row: object) -> bool:
    """Whether this is a design of a front, with the figures that are drawn."""
    if not isinstance(row, dict) or not {"chosen", "exact", *_SCORES} <= row.keys():
        return False
    scores = all(row[name] is None or _is_number(row[name]) for name in _SCORES)
    return scores and _is_number(row.get("area_mm2")) and isinstance(row.get("folder", ""), str)


def _is_number(value: object) -> bool:
    """Whether this is a finite number that a float can hold."""
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def json_object(path: Path) -> dict[str, Any]:
    """Content of a JSON file; empty where there is none, or none that is an object."""
    try:
        data = parse_json(path.read_text(encoding="utf-8"), OutputError, str(path))
    except (OSError, UnicodeDecodeError, OutputError):
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
