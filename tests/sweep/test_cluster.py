"""Sweeps on a Dask cluster of two worker processes."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from small_sweeps import QUICK, small_sweep, tables

from bespoke.errors import ClusterError, OptionError, ToolMissingError
from bespoke.external import cluster
from bespoke.sweep import Progress, run_sweep

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    settings = {"distributed.scheduler.allowed-failures": 0}  # no cell is tried twice
    with dask.config.set(settings), _local_cluster(threads=1) as found:
        yield found


def _local_cluster(threads: int, workers: int = 2) -> Any:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=workers > 1,
        protocol="tcp",
        dashboard_address=":0",
        silence_logs=50,
    )


@pytest.mark.slow
def test_two_workers_make_the_tables_that_one_process_makes(local: Any, tmp_path: Path):
    options = small_sweep(seeds=(1, 2))
    result = run_sweep(options, tmp_path / "cluster", jobs=local.scheduler_address)
    assert not result.failed
    run_sweep(options, tmp_path / "here")
    assert tables(tmp_path / "cluster") == tables(tmp_path / "here")


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_its_cells_with_it_and_resuming_makes_them(local: Any, tmp_path: Path):
    victim = next(iter(local.workers.values())).pid

    def kill_once(reached: Progress) -> None:
        if reached.last is not None and reached.done + reached.failed == 1:
            os.kill(victim, signal.SIGKILL)

    options = small_sweep(seeds=(1, 2, 3))
    result = run_sweep(options, tmp_path / "out", jobs=local.scheduler_address, on_progress=kill_once)
    assert len(result.failed) < 6
    assert {outcome.error for outcome in result.failed} <= {cluster.LOST}
    again = run_sweep(options, tmp_path / "out", jobs=local.scheduler_address, resume=True)
    assert not again.failed
    run_sweep(options, tmp_path / "here")
    assert tables(tmp_path / "out") == tables(tmp_path / "here")


class Unreadable:
    """A call that no worker can read."""

    def __call__(self) -> None:
        pass

    def __reduce__(self) -> tuple[object, ...]:
        return _raise, ("two\nlines",)


def _raise(text: str) -> None:
    raise RuntimeError(text)


@pytest.mark.slow
def test_a_task_that_the_cluster_lost_fails_and_does_not_wait_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "on_worker", Unreadable())
    with _local_cluster(threads=1, workers=1) as local:
        result = run_sweep(small_sweep(datasets=("iris",), seeds=(1, 2)), tmp_path, jobs=local.scheduler_address)
    assert len(result.failed) == 2
    for outcome in result.failed:
        assert outcome.error.startswith("the cluster lost it: ")
        assert "\n" not in outcome.error


@pytest.mark.slow
def test_workers_that_would_give_other_results_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    threads = pytest.raises(ClusterError, match="in threads; got 2; allowed: --nthreads 1")
    with _local_cluster(threads=2, workers=1) as local, threads:
        run_sweep(small_sweep(), tmp_path / "out", jobs=local.scheduler_address)
    with pytest.raises(ClusterError, match=r"the worker has numpy .* instead of 0\.1"):
        cluster.on_worker(max, cluster.versions() | {"numpy": "0.1"}, 1, 2)
    monkeypatch.setattr(cluster, "_WORKERS_S", 0.2)
    with _local_cluster(threads=1, workers=0) as local, pytest.raises(ClusterError, match="no workers"):
        run_sweep(small_sweep(), tmp_path / "out", jobs=local.scheduler_address)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["", "localhost", "http://a:1", "tcp://a", "tcp://a:b", "tcp://a:99999", "a:1"])
def test_what_is_no_address_is_refused(address: str, tmp_path: Path):
    with pytest.raises(OptionError, match="scheduler: not the address of a scheduler"):
        run_sweep(small_sweep(), tmp_path / "out", jobs=address)


@pytest.mark.slow
def test_where_no_scheduler_answers_one_line_says_so_in_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.5)
    with closing(socket.create_server(("127.0.0.1", 0))) as other:  # it listens, but says nothing
        for port in (other.getsockname()[1], 9):
            start = time.monotonic()
            words = ["sweep", "--datasets", "iris", "--models", "tree", *QUICK[:-2]]
            words += ["--scheduler", f"tcp://127.0.0.1:{port}", "-o", str(tmp_path / "out")]
            result = call(*words)
            assert result.exit_code == 2
            assert f"tcp://127.0.0.1:{port}: no Dask scheduler answers" in result.output
            assert len(result.output.splitlines()) == 1
            assert time.monotonic() - start < 10


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ToolMissingError, match=r"pip install 'bespoke\[distributed\]'"):
        cluster.connected("tcp://127.0.0.1:9").__enter__()
