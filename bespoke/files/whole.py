"""Files that are written whole: at any time each holds the old content or the new one."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from bespoke.errors import OutputError

_UNFINISHED = ".new"


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return sha256(text.encode()).hexdigest()


def write_file(path: Path, content: str | bytes) -> None:
    """Write one file as `write_files` does."""
    write_files({path: content})


def write_files(contents: Mapping[Path, str | bytes]) -> None:
    """Write files, or replace those that exist; folders are made where they are missing.

    A link stays, and what it leads to is written; a device or pipe is written in place. What writers of the same files
    that were killed left beside them is removed.

    Parameters
    ----------
    contents : mapping of Path to str or bytes
        Text is encoded as UTF-8.

    Raises
    ------
    OutputError
        If a file cannot be written; unless the fault is in putting the last of several in place, all are then as they
        were.
    """
    fresh: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise OutputError("is a folder", where=str(path), allowed="a file to write or to replace")
            partial = path
            if path.is_file() or not path.exists():
                place = path.resolve()
                place.parent.mkdir(parents=True, exist_ok=True)
                _remove_abandoned(place)
                partial = place.with_name(f".{place.name}.{token_hex(8)}{_UNFINISHED}")
                fresh[partial] = path
            write_bytes(partial, content if isinstance(content, bytes) else content.encode())
        for partial, path in fresh.items():
            partial.replace(path.resolve())
    except OSError as error:
        raise OutputError("cannot be written", where=str(path), got=error.strerror or error) from None
    finally:
        for partial in fresh:
            partial.unlink(missing_ok=True)


def check_replaceable(path: Path, head: str) -> None:
    """Refuse to replace a file that does not begin as those of ours do.

    Raises
    ------
    OutputError
        If there is a link, a folder, or a file that begins otherwise; an empty one may be replaced.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OutputError("a link, or no file", where=str(path), allowed="another name")
    try:
        with path.open("rb") as file:
            begins = file.read(len(head.encode()))
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError("cannot be read", where=str(path), got=error.strerror or error) from None
    if begins and begins != head.encode():
        raise OutputError("bespoke did not write this file", where=str(path), allowed="another name, or move the file")


def unfinished_in(folder: Path) -> set[Path]:
    """Files that writers that were killed left in a folder, and those that others are writing there now."""
    return {path for path in folder.glob(f".*{_UNFINISHED}") if path.is_file()}


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed left in a folder; nobody else may be writing there."""
    for partial in unfinished_in(folder):
        partial.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that others may take for abandoned only when its writer has ended."""
    with path.open("wb") as file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(content)
        file.flush()
        if path.is_file():
            os.fsync(file.fileno())


def _remove_abandoned(place: Path) -> None:
    """Remove partial files of a place that no writer holds any more."""
    pattern = re.compile(rf"\.{re.escape(place.name)}\.[0-9a-f]{{16}}{re.escape(_UNFINISHED)}")
    for path in place.parent.glob(f".*{_UNFINISHED}"):
        if pattern.fullmatch(path.name) and path.is_file():
            with suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
