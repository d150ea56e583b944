"""Findings about a design that stands in a folder already, added to its report and page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bespoke.analysis import Analysis
from bespoke.errors import OutputError
from bespoke.files import FolderKind, write_folder
from bespoke.files.folders import read_record
from bespoke.flow import REPORT, StoredDesign, analyses_report, json_text
from bespoke.report.folder import PAGE
from bespoke.report.page import design_page

_LEVELS = 2  # from a member of a front to the front: front/<number>


def save_analyses(stored: StoredDesign, analyses: Mapping[str, Analysis], *, force: bool = False) -> tuple[Path, ...]:
    """Write findings into the report and the page of a compiled design; those of other analyses stay.

    Parameters
    ----------
    stored : StoredDesign
    analyses : mapping of str to Analysis
    force : bool
        Whether a report or a page that somebody edited may be replaced.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        If the report cannot be read, was edited, or cannot be written.
    """
    folder = stored.folder
    if not stored.report:
        raise OutputError("it has no report", where=str(folder), allowed="a folder that `bespoke compile` wrote")
    report = stored.report
    found = {**report.get("analyses", {}), **analyses_report(analyses)}
    # Where reports of all versions have it: before the figures of the run.
    report = {name: value for name, value in report.items() if name != "analyses"} | {"analyses": found}
    files = {name: text for each in analyses.values() for name, text in each.files().items()}
    try:
        page = design_page(report, stored.manifest, stored.circuit)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        raise OutputError("not a report of this version", where=str(folder / REPORT), got=repr(error)) from None
    top, below = _listed(folder)
    kind = read_record(top).kind or "compiled design"
    texts = {below + name: text for name, text in {**files, REPORT: json_text(report), PAGE: page}.items()}
    return write_folder(top, texts, FolderKind(kind, frozenset({kind})), whole=False, force=force)


def _listed(folder: Path) -> tuple[Path, str]:
    """The folder whose list has the report, and the way down from it: a front lists the files of its members."""
    place = folder.absolute()
    for top in (place, *list(place.parents)[:_LEVELS]):
        below = "".join(f"{part}/" for part in place.relative_to(top).parts)
        if below + REPORT in read_record(top).files:
            return top, below
    return folder, ""
