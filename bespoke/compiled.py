"""Functions compiled to machine code on their first call; the code is kept on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator
from numba.core.options import DefaultOptions
from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., object])
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# numba does not document this option: without it, the functions are right, and slower.
_BORROWING: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


def thread_count() -> int:
    """Threads that compiled functions of this process may take: joblib's processes share the cores of the machine."""
    return int(cast(Any, numba.config).NUMBA_NUM_THREADS)


def entry(function: Function) -> Function:
    """Compile a function that Python calls with numbers, arrays and named tuples of arrays.

    The machine code is kept for the next process, if there is a folder that can be written to. It runs beside other
    threads.
    """
    dispatcher = cast(Any, numba.njit(nogil=True)(function))
    with suppress(RuntimeError):  # where no folder can be written to
        dispatcher._cache = cast(Any, _Cache)(function)  # noqa: SLF001  numba's own argument for it takes no folder
    return cast(Function, dispatcher)


def compiled(function: Function) -> Function:
    """Compile a function that only compiled functions of the same room call."""
    return cast(Function, numba.njit(**_INNER)(function))


def borrowing(function: Function) -> Function:
    """Compile a function as `compiled` does, without counting who holds an array: a third of the time of a search.

    It makes no array, which numba refuses. Only borrowing functions may call one that gives back an array, a view of
    one of its caller: to others, what they do not hold may be gone.
    """
    return cast(Function, numba.njit(**{**_INNER, **_BORROWING})(function))


class _Folder(InTreeCacheLocator):
    """A folder for the machine code of one state of a room, which the compiled functions that a function calls are in.

    numba's own locators look at the file of the function itself alone.
    """

    def get_cache_path(self) -> str:
        given = cast(Any, numba.config).CACHE_DIR
        return str(Path(given or user_cache_path("bespoke")) / f"compiled-{self.get_source_stamp()}")

    def get_source_stamp(self) -> str:
        return _digest(Path(self._py_file).parent)


class _CacheImpl(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_Folder]  # noqa: RUF012  an attribute of numba


class _Cache(FunctionCache):
    _impl_class = _CacheImpl


@cache
def _digest(room: Path) -> str:
    """Digest of all sources of a room, and of this module."""
    sources = [Path(__file__), *sorted(room.glob("*.py"))]
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
