"""Calls on the workers of a Dask cluster.

Only the process that makes them writes files, so the workers need no file system in common.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bespoke.errors import BespokeError, ClusterError, OptionError, ToolMissingError
from bespoke.external.versions import versions
from bespoke.external.workers import Item, Processes, Result, Shared, single_threaded

_SCHEMES = ("tcp", "tls", "ws", "wss")
_EXAMPLE = "tcp://HOST:PORT"
_CONNECT_S = 5.0
_WORKERS_S = 20.0  # a cluster that was just started may still be starting its workers
_AHEAD = 2  # calls that are with the scheduler for each worker: one that runs, and one that is ready
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
    def count(self) -> int:
        """Calls at the same time."""
        return len(self._client.ncores())

    def check(self) -> None:
        """Refuse workers whose results would not be those of this machine.

        Raises
        ------
        ClusterError
            If there are none, if one makes several calls in one process, or has other versions.
        """
        from distributed import TimeoutError as Late

        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_S)
        except Late:
            raise ClusterError("has no workers", where=self._address, allowed=f"dask worker {self._address}") from None
        for address, threads in self._client.ncores().items():
            if threads > 1:
                # Limits on threads and caught warnings hold for the whole process.
                raise ClusterError("runs calls in threads", where=address, got=threads, allowed="--nthreads 1")
        wanted = versions()
        for address, found in self._client.run(versions, on_error="return").items():
            if found != wanted:
                raise ClusterError("is not like this machine", where=address, got=_difference(found, wanted))

    def run(
        self, function: Callable[[Shared, Item], Result], shared: Shared, items: Iterable[Item]
    ) -> Iterator[Result]:
        """Results in the order of the items, which are taken as workers become free; see `Workers.run`.

        Raises
        ------
        ClusterError
            If the scheduler is gone, or a worker that was tried again and again.
        """
        from distributed import as_completed

        (sent,) = self._client.scatter([shared], broadcast=True, hash=False)
        left, given = enumerate(items), 0
        running: dict[Any, int] = {}
        finished: dict[int, Result] = {}
        ready = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        while True:
            room = max(0 if running else 1, _AHEAD * self.count - len(running))
            for number, item in islice(left, room):
                future = self._sent(function, sent, item)
                running[future] = number
                ready.add(future)
            if not running:
                return
            for future, result in ready.next_batch(block=True):
                finished[running.pop(future)] = self._checked(future, result)
            while given in finished:
                yield finished.pop(given)
                given += 1

    def run_all(
        self, function: Callable[..., Result], calls: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result | BaseException]]:
        """Number of each call and its result, or why there is none, in the order in which they are ready.

        Raises
        ------
        ClusterError
            If the scheduler is gone.
        """
        from distributed import as_completed

        # All at once, so that the scheduler knows what is to do and a cluster that adapts itself can grow.
        numbers = {self._sent(function, *call): number for number, call in enumerate(calls)}
        for future in as_completed(list(numbers), loop=self._client.loop):
            self._check_connection(future)
            error = future.exception()
            yield numbers.pop(future), future.result() if error is None else error

    def _sent(self, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401  a future of distributed
        return self._client.submit(on_worker, function, versions(), *arguments, pure=False)

    def _checked(self, future: Any, result: Any) -> Any:  # noqa: ANN401  a future of distributed, and its result
        self._check_connection(future)
        if future.status == "finished":
            return result
        error = future.exception()
        raise error if isinstance(error, BespokeError) else ClusterError(why_lost(error), where=self._address)

    def _check_connection(self, future: Any) -> None:  # noqa: ANN401  a future of distributed
        if future.cancelled():
            raise ClusterError("lost the connection to the scheduler", where=self._address, allowed="--resume goes on")


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


@contextmanager
def workers_of(jobs: int | str) -> Iterator[Processes | Cluster]:
    """So many processes of this machine, or the cluster whose scheduler has that address; raises as `connected`."""
    if isinstance(jobs, str):
        with connected(jobs) as cluster:
            yield cluster
    else:
        yield Processes(jobs)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in _SCHEMES and parts.hostname and parts.port
    except ValueError:  # the port or the host is none
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
    """Without what Dask logs about a lost connection, which is an error already."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def on_worker(
    function: Callable[..., Result],
    wanted: Mapping[str, str],
    *arguments: Any,  # noqa: ANN401  those of the function
) -> Result:
    """A call on a worker, which may have joined after the others were checked.

    Raises
    ------
    ClusterError
        If it has other versions.
    """
    found = versions()
    if found != wanted:
        raise ClusterError(f"the worker has {_difference(found, wanted)}")
    return single_threaded(function, *arguments)


def _difference(found: Any, wanted: Mapping[str, str]) -> str:  # noqa: ANN401  versions, or why there are none
    if not isinstance(found, Mapping):
        return _words(found)
    other = {name: version for name, version in wanted.items() if found.get(name) != version}
    return ", ".join(f"{name} {found.get(name)} instead of {version}" for name, version in other.items())


def why_lost(error: BaseException) -> str:
    """Why there is no result, in one line."""
    if isinstance(error, ClusterError):
        return str(error)
    return LOST if type(error).__name__ == "KilledWorker" else f"the cluster lost it: {_words(error)}"


def _words(error: object) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
