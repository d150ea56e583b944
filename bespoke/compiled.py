"""Functions compiled to machine code on their first call; the code is kept on disk for the next process."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., object])


def entry(function: Function) -> Function:
    """Compile a function that Python calls with numbers, arrays and named tuples of arrays.

    The machine code is kept in a folder named after a digest of all sources of the function's room, which is where the
    compiled functions that it calls are: numba alone looks at the file of the function itself.
    """
    sources = [Path(__file__), *sorted(Path(inspect.getfile(function)).parent.glob("*.py"))]
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    config = cast(Any, numba.config)
    given = config.CACHE_DIR
    config.CACHE_DIR = str(Path(given or user_cache_path("bespoke")) / f"compiled-{digest[:16]}")
    try:
        return cast(Function, numba.njit(cache=True)(function))
    except RuntimeError:
        # There is no folder that can be written to.
        return cast(Function, numba.njit(function))
    finally:
        config.CACHE_DIR = given


def compiled(function: Function) -> Function:
    """Compile a function that only compiled functions of the same room call."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Function, numba.njit(**options)(function))
