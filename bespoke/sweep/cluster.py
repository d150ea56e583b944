"""Cells on the workers of a Dask cluster.

Only the process that started the sweep writes files, so the workers need no file system in common.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from bespoke.data import Dataset
from bespoke.errors import ClusterError, OptionError, ToolMissingError
from bespoke.sweep.cell import Outcome, run_cell
from bespoke.sweep.options import Cell, SweepOptions
from bespoke.sweep.plan import PlannedCell, versions

_SCHEMES = ("tcp", "tls", "ws", "wss")
_EXAMPLE = "tcp://HOST:PORT"
_CONNECT_S = 5.0
_WORKERS_S = 20.0  # a cluster that was just started may still be starting its workers
LOST = "the worker that ran it ended, several times: killed from outside, perhaps for want of memory"


class Cluster:
    """A connection to the scheduler of a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
    address : str
    """

    def __init__(self, client: Any, address: str) -> None:  # noqa: ANN401  distributed is optional
        self._client = client
        self._address = address

    @property
    def workers(self) -> int:
        """Cells at the same time."""
        return len(self._client.ncores())

    def check(self) -> None:
        """Refuse workers whose results would not be those of this machine.

        Raises
        ------
        ClusterError
            If there are none, if one runs several cells in one process, or has other versions.
        """
        from distributed import TimeoutError as Late

        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_S)
        except Late:
            raise ClusterError("has no workers", where=self._address, allowed=f"dask worker {self._address}") from None
        for address, threads in self._client.ncores().items():
            if threads > 1:
                # Limits on threads and caught warnings hold for the whole process.
                raise ClusterError("runs cells in threads", where=address, got=threads, allowed="--nthreads 1")
        wanted = versions()
        for address, found in self._client.run(versions, on_error="return").items():
            if found != wanted:
                raise ClusterError("is not like this machine", where=address, got=_difference(found, wanted))

    def run(self, todo: Sequence[PlannedCell], options: SweepOptions) -> Iterator[Outcome]:
        """Outcomes in the order in which they are ready.

        Raises
        ------
        ClusterError
            If the scheduler is gone.
        """
        from distributed import as_completed

        # All at once, so that the scheduler knows what is to do and a cluster that adapts itself can grow.
        cells = {
            self._client.submit(
                run_on_worker, each.cell, each.key, each.data, options, versions(), pure=False
            ): each.cell
            for each in todo
        }
        for future in as_completed(list(cells), loop=self._client.loop):
            if future.cancelled():
                raise ClusterError(
                    "lost the connection to the scheduler", where=self._address, allowed="--resume goes on"
                )
            cell, error = cells.pop(future), future.exception()
            yield future.result() if error is None else Outcome(cell, error=_lost(error))


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster whose workers were checked.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    OptionError
        If it is no address.
    ToolMissingError
        If Dask is not installed.
    ClusterError
        If no scheduler answers, or as `Cluster.check` and `Cluster.run`.
    """
    _check_address(address)
    try:
        from distributed import Client
    except ImportError:
        raise ToolMissingError("Dask is not installed", allowed="pip install 'bespoke[distributed]'") from None
    with _quiet():
        _check_answer(address)
        with Client(address, timeout=_CONNECT_S, set_as_default=False) as client:
            cluster = Cluster(client, address)
            cluster.check()
            yield cluster


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    try:
        is_whole = parts.scheme in _SCHEMES and parts.hostname and parts.port
    except ValueError:  # the port is no port
        is_whole = False
    if not is_whole:
        raise OptionError("not the address of a scheduler", where="scheduler", got=repr(address), allowed=_EXAMPLE)


def _check_answer(address: str) -> None:
    """Refuse what is not a scheduler, on which a client would hang when it is closed."""
    from distributed import Security
    from distributed.core import connect

    async def answer() -> None:
        settings = Security().get_connection_args("client")
        comm = await asyncio.wait_for(connect(address, timeout=_CONNECT_S, **settings), _CONNECT_S + 1)
        comm.abort()

    try:
        asyncio.run(answer())
    except Exception as error:  # noqa: BLE001  there is no saying what another program answers
        raise ClusterError("no Dask scheduler answers", where=address, got=_words(error)) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Dask logs about a lost connection, which is an error of the sweep already."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def run_on_worker(cell: Cell, key: str, data: Dataset, options: SweepOptions, wanted: Mapping[str, str]) -> Outcome:
    """`run_cell` on a worker, which may have joined after the others were checked."""
    found = versions()
    if found != wanted:
        return Outcome(cell, error=f"the worker has {_difference(found, wanted)}")
    return run_cell(cell, key, data, options)


def _difference(found: Any, wanted: Mapping[str, str]) -> str:  # noqa: ANN401  versions, or why there are none
    if not isinstance(found, Mapping):
        return _words(found)
    other = {name: version for name, version in wanted.items() if found.get(name) != version}
    return ", ".join(f"{name} {found.get(name)} instead of {version}" for name, version in other.items())


def _lost(error: BaseException) -> str:
    return LOST if type(error).__name__ == "KilledWorker" else f"the cluster lost it: {_words(error)}"


def _words(error: object) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
