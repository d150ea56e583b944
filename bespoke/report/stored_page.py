"""Whether the page of a stored design shows what the other files of its folder state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bespoke import __version__
from bespoke.errors import BespokeError
from bespoke.flow import REPORT, StoredDesign, Verification
from bespoke.flow.folder import read_folder
from bespoke.report.folder import PAGE
from bespoke.report.page import design_page


def with_page(found: Verification, folder: Path) -> Verification:
    """The verification of a folder with what is to be said of its page.

    A page that its files do not make is a difference. One of another version of bespoke, whose pages look otherwise, is
    a note. A folder without a page or a report has neither, since `verify_folder` says that they are missing.
    """
    stored = read_folder(folder)
    path = folder / PAGE
    if not stored.report or not (path.exists() or path.is_symlink()):
        return found
    if not path.is_file():
        return replace(found, differences=(*found.differences, f"{PAGE} is no file"))
    if stored.manifest.get("bespoke") != __version__:
        note = f"{PAGE} is of another version of bespoke, and was not compared with what its files state"
        return replace(found, notes=(*found.notes, note))
    return replace(found, differences=(*found.differences, *_differences(stored)))


def _differences(stored: StoredDesign) -> list[str]:
    """A line for the first place where the page is not the one that its files make."""
    try:
        circuit = stored.circuit
    except BespokeError:
        return []  # the netlist cannot be read, which the simulator says
    try:
        right = design_page(stored.report, stored.manifest, circuit)
    except (BespokeError, KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
        return [f"{REPORT} makes no page: {type(error).__name__} {error}"]
    text = (stored.folder / PAGE).read_text(encoding="utf-8", errors="replace")
    shown, lines = text.splitlines(), right.splitlines()
    places = (at for at, (one, other) in enumerate(zip(shown, lines, strict=False), start=1) if one != other)
    line = next(places, None if len(shown) == len(lines) else min(len(shown), len(lines)) + 1)
    return [] if line is None else [f"{PAGE}, line {line} is not what its files state"]
