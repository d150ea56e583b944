"""Calls of a search that is stopped and goes on, within a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import mul
from pathlib import Path

import pytest

from bespoke.errors import OutputError
from bespoke.external import Processes
from bespoke.search import Journal, Task, Work

DIGESTS = {"data": "d", "options": "o"}


TIMES = Task("times", mul, str, int, lambda _, data, __: int(data))


class Counting:
    """Workers that remember what they were asked for."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def run(self, function, shared, items) -> Iterator[int]:
        for item in items:
            self.items.append(item)
            yield function(shared, item)


def journal(path: Path, **changes: object) -> Journal:
    return Journal(path, DIGESTS | changes, resume=True)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_results_stand_in_the_order_of_the_items(jobs: int) -> None:
    assert list(Work(Processes(jobs)).run(TIMES, 3, range(20))) == [3 * item for item in range(20)]


def test_what_a_journal_knows_is_not_made_again(tmp_path: Path) -> None:
    path, first, second = tmp_path / "found.jsonl", Counting(), Counting()
    half = Work(first, journal(path)).run(TIMES, 3, range(6))
    assert [next(half) for _ in range(3)] == [0, 3, 6]
    assert list(Work(second, journal(path)).run(TIMES, 3, range(6))) == [0, 3, 6, 9, 12, 15]
    assert (first.items, second.items) == ([0, 1, 2], [3, 4, 5])
    other = Counting()
    assert list(Work(other, journal(path)).run(TIMES, 3, [7, 5, 0])) == [21, 15, 0]
    assert other.items == [7]
    begun_anew = Work(other, Journal(path, DIGESTS))
    assert list(begun_anew.run(TIMES, 1, [0])) == [0]
    assert other.items == [7, 0]


def test_a_stage_knows_what_is_its_own(tmp_path: Path) -> None:
    path, workers = tmp_path / "found.jsonl", Counting()
    for name in ("times", "twice"):
        list(Work(workers, journal(path)).run(Task(name, mul, str, int, lambda _, data, __: data), 3, [1]))
    assert workers.items == [1, 1]


@pytest.mark.parametrize("left", [1, 20, 10_000])
def test_a_line_without_an_end_is_left_out(tmp_path: Path, left: int) -> None:
    path = tmp_path / "found.jsonl"
    list(Work(Counting(), journal(path)).run(TIMES, 3, range(4)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-left])
    workers = Counting()
    assert list(Work(workers, journal(path)).run(TIMES, 3, range(4))) == [0, 3, 6, 9]
    assert workers.items in ([3], [2, 3], [0, 1, 2, 3])
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [line.get("value") for line in lines] == [None, 0, 3, 6, 9]


def test_time_is_that_of_all_processes_together(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    found = journal(path)
    found.write("times", "0", 0, 100.0)
    assert list(Work(Counting(), journal(path)).run(TIMES, 3, range(4), most_s=99)) == [0]
    assert list(Work(Counting(), journal(path)).run(TIMES, 3, range(4), most_s=1e6)) == [0, 3, 6, 9]
    assert list(Work().run(TIMES, 3, range(4), most_s=0)) == []


def test_nothing_stands_behind_an_item_without_a_result(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    journal(path).write("times", "2", 6, 100.0)
    assert list(Work(Counting(), journal(path)).run(TIMES, 3, [2, 1], most_s=99)) == [6]
    assert list(Work(Counting(), journal(path)).run(TIMES, 3, [1, 2], most_s=99)) == []


def test_the_folder_of_a_journal_need_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "new" / "below" / "found.jsonl"
    assert list(Work(Counting(), journal(path)).run(TIMES, 3, [2])) == [6]
    assert path.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1]\n", "not a search state of this version; allowed: bespoke-journal 1"),
        ("no JSON\n", "not a search state"),
        (json.dumps({"format": "bespoke-journal", "version": 2}) + "\n", "of this version"),
        (json.dumps({"format": "bespoke-journal", "version": 1, "digests": DIGESTS}) + "\n{}\n", "KeyError"),
        (json.dumps({"format": "bespoke-journal", "version": 1, "digests": []}) + "\n", "no digests"),
        (
            json.dumps({"format": "bespoke-journal", "version": 1, "digests": DIGESTS | {"data": "e"}}) + "\n",
            "of other data; allowed: the same data and options, or a search without --resume",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text(content)
    with pytest.raises(OutputError, match=words):
        journal(path)
    assert path.read_text() == content
    with pytest.raises(OutputError, match="a link, or no file"):
        Journal(tmp_path, DIGESTS)


def test_files_of_others_are_not_replaced(tmp_path: Path) -> None:
    path, target = tmp_path / "found.jsonl", tmp_path / "target"
    path.write_text("my notes\n")
    with pytest.raises(OutputError, match="bespoke did not write this file"):
        Journal(path, DIGESTS)
    assert path.read_text() == "my notes\n"
    path.unlink()
    target.write_text("keep me\n")
    path.symlink_to(target)
    with pytest.raises(OutputError, match="a link"):
        Journal(path, DIGESTS)
    assert target.read_text() == "keep me\n"
    path.unlink()
    Journal(path, DIGESTS | {"data": "other"})
    Journal(path, DIGESTS)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"stage": "times", "key": "0", "after_s": 1%s}' % ("0" * 400)])
def test_lines_that_are_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "found.jsonl"
    journal(path)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(OutputError, match="not a search state"):
        journal(path)


@pytest.mark.parametrize("value", [None, "x", [], {}])
def test_values_that_are_no_results_are_refused(tmp_path: Path, value: object) -> None:
    path = tmp_path / "found.jsonl"
    journal(path).write("times", "2", value, 0.0)
    with pytest.raises(OutputError, match=r"found\.jsonl: not a search state"):
        list(Work(Counting(), journal(path)).run(TIMES, 3, [2]))
