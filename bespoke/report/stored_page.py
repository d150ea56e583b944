"""Whether the page of a stored design shows what the other files of its folder state."""

from __future__ import annotations

from pathlib import Path

from bespoke import __version__
from bespoke.errors import BespokeError
from bespoke.flow.folder import read_folder
from bespoke.report.folder import PAGE
from bespoke.report.page import design_page


def page_differences(folder: Path) -> list[str]:
    """A line for the first place where the page is not the one that these files make.

    None for a folder without a page or report, for one of another version of bespoke, whose pages look otherwise, and
    for one whose files are no design, which `verify_folder` says.
    """
    stored = read_folder(folder)
    path = folder / PAGE
    if not path.is_file() or not stored.report or stored.manifest.get("bespoke") != __version__:
        return []
    try:
        right = design_page(stored.report, stored.manifest, stored.circuit)
    except (BespokeError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return []
    shown, lines = path.read_text(encoding="utf-8", errors="replace").splitlines(), right.splitlines()
    places = (at for at, (one, other) in enumerate(zip(shown, lines, strict=False), start=1) if one != other)
    line = next(places, None if len(shown) == len(lines) else min(len(shown), len(lines)) + 1)
    return [] if line is None else [f"{PAGE}, line {line} is not what its files state"]
