"""Writing single files: at any time each holds the old content or the new one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bespoke.errors import OutputError


def write_files(target: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, beside what is there already.

    Parameters
    ----------
    target : Path
        Folder, made if it is missing; or, where there is one file only and the target has that file's suffix, its path.
    contents : mapping of str to bytes
        By file name.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        If a file cannot be written; those that exist are then as they were.
    """
    paths = {_path(target, name, alone=len(contents) == 1): content for name, content in contents.items()}
    fresh: dict[Path, Path] = {}
    try:
        for path, content in paths.items():
            if path.is_dir():
                raise OutputError("is a folder", where=str(path), allowed="a file to write or to replace")
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            fresh[Path(name)] = path
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o666 & ~_umask())
        for temporary, path in fresh.items():
            temporary.replace(path)
    except OSError as error:
        raise OutputError("cannot be written", where=str(target), got=error.strerror or error) from None
    finally:
        for temporary in fresh:
            temporary.unlink(missing_ok=True)
    return tuple(paths)


def _path(target: Path, name: str, *, alone: bool) -> Path:
    is_file = alone and target.suffix == Path(name).suffix and not target.is_dir()
    return target if is_file else target / name


def _umask() -> int:
    """Mode bits that new files of this process do not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
