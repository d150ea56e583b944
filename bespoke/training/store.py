"""Storing fitted models."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bespoke.errors import OptionError, OutputError

SUFFIX = ".skops"


def check_model_path(path: str | Path) -> Path:
    """The path, if a model can be stored there.

    Raises
    ------
    OptionError
        If the suffix is not ``.skops``.
    OutputError
        If it is a folder.
    """
    target = Path(path)
    if target.suffix != SUFFIX:
        raise OptionError("models are stored as .skops files", got=str(path), allowed=f"NAME{SUFFIX}")
    if target.is_dir():
        raise OutputError("a folder stands where the file should be", where=str(path))
    return target


def store_model(estimator: Any, path: str | Path) -> Path:  # noqa: ANN401  a scikit-learn estimator
    """Write a fitted estimator as a skops file, which can be read without running code; whole or not at all.

    Raises
    ------
    OptionError, OutputError
        See `check_model_path`; or if the file cannot be written.
    """
    import skops.io

    target = check_model_path(path)
    content = skops.io.dumps(estimator)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise OutputError("the folder cannot be written", where=str(target.parent), got=error.strerror) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise OutputError("the file cannot be written", where=str(target), got=error.strerror) from None
    return target
