"""Writing the folder of a front: the chosen design as from `bespoke compile`, the others below it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from bespoke import drawing
from bespoke.errors import ToolMissingError
from bespoke.files import write_folder
from bespoke.flow import Design, ParetoFront, json_text, report
from bespoke.report.folder import FRONT, FRONT_FORMAT, FRONT_KIND, csv_text, design_files
from bespoke.report.front_page import front_page

FRONT_VERSION = 1
FRONT_TABLE = "front.csv"
FRONT_PLOT = "front.png"
FRONT_PAGE = "front.html"
SEARCH = "search.json"


def save_front(front: ParetoFront, folder: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write all files of a front into a folder, in the place of those of an earlier design or front; other files stay.

    The chosen design stands in the folder itself, every other one in ``front/<number>``. If no design keeps the
    constraint, all stand there. ``force`` is that of `save_design`.

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
    >>> from bespoke import approximate, save_front
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> front = approximate(tree, X, y, epochs=1, generations=2, population=8, finalists=2, jobs=1)
    >>> with TemporaryDirectory() as folder:
    ...     files = save_front(front, Path(folder) / "iris")
    >>> {"netlist.v", "front.json", "search.json"} <= {file.name for file in files}
    True
    """
    return write_folder(Path(folder), front_files(front), FRONT_KIND, force=force)


def front_files(front: ParetoFront) -> dict[str, str | bytes]:
    """Every file of a front by its path below the folder; all but ``seconds`` is the same in every run."""
    rows = front.rows()
    files: dict[str, str | bytes] = {}
    for row, design in zip(rows, _designs(front), strict=True):
        below = "" if row["chosen"] else f"{row['folder']}/"
        files |= {below + name: text for name, text in design_files(design).items()}
    files[FRONT_TABLE] = csv_text(rows)
    facts = front_report(front)
    files[FRONT] = json_text(facts)
    files[FRONT_PAGE] = front_page(facts, report(front.chosen or front.exact))
    if front.state:
        files[SEARCH] = front.state
    with suppress(ToolMissingError):  # the plot is an extra; the table has its figures
        files[FRONT_PLOT] = drawing.figure_bytes(front.plot())
    return files


def front_report(front: ParetoFront) -> dict[str, Any]:
    """The figures of a front as plain data: the content of ``front.json``."""
    log = dict(front.log)
    seconds = log.pop("seconds", {})
    return {
        "format": FRONT_FORMAT,
        "version": FRONT_VERSION,
        "metric": front.log["options"]["metric"] if front.log else front.exact.accuracies.metric,
        "constraint": front.constraint.to_json(),
        "met": front.chosen is not None,
        "exact_assured": front.exact_score,
        "designs": front.detailed_rows(),
        "search": log,
        "seconds": seconds,
    }


def front_table(front: ParetoFront) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of a front for people: the exact design first, the chosen one marked."""
    return drawing.front_table(front.rows(), without=(">other outputs", ">of exact", ">delay"))


def _designs(front: ParetoFront) -> list[Design]:
    """Designs in the order of the rows."""
    others = list(front.designs)
    return others if any(design is front.exact for design in others) else [front.exact, *others]
