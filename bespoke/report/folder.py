"""Writing a design's folder: all of it or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bespoke.errors import OutputError
from bespoke.flow import MANIFEST, MANIFEST_FORMAT, Design, design_texts, report
from bespoke.report.page import design_page

PAGE = "report.html"


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
    """
    texts = design_texts(design)
    texts[PAGE] = design_page(report(design), json.loads(texts[MANIFEST]))
    return write_folder(Path(folder), texts)


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


def write_folder(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files into a temporary folder beside, then put it in place.

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
            for name, text in texts.items():
                (fresh / name).write_text(text, encoding="utf-8", newline="\n")
            if target.exists():
                target.rename(work / "old")
            fresh.rename(target)
        finally:
            if not target.exists() and (work / "old").exists():
                (work / "old").rename(target)
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise OutputError("cannot be written", where=str(folder), got=error.strerror or error) from None
    return tuple(folder / name for name in texts)


def _is_design(folder: Path) -> bool:
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and data.get("format") == MANIFEST_FORMAT
