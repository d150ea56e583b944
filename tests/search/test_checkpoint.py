"""Search states as files: the same state back, and none of another search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bespoke.errors import OutputError
from bespoke.model import Affine, InputCoding, IntegerModel, Sign
from bespoke.search import SearchOptions, SearchState
from bespoke.search.checkpoint import read_checkpoint, search_digests, write_checkpoint

MODEL = IntegerModel(
    InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0)),
    (Affine(np.array([[1, -2]]), np.array([1]), "identity", 0),),
    Sign(("no", "yes")),
)
WORDS = np.array([[1, 2], [3, 0]])
TARGETS = np.array([0, 1])
OPTIONS = SearchOptions(population=4)
STATE = SearchState(
    3, 1, np.array([[1, -(2**40)], [3, 4]]), (np.array([[5, 6]]), np.array([[7, 8], [9, 10]])), (0.1, 1 / 3)
)


def digests(**changes):
    parts = {"model": MODEL, "words": WORDS, "targets": TARGETS, "options": OPTIONS} | changes
    return search_digests(**parts)


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "below" / "search.json"
    write_checkpoint(path, SearchState(0, 0, STATE.archive, STATE.populations), digests())
    write_checkpoint(path, STATE, digests())
    found = read_checkpoint(path, digests())
    assert (found.epoch, found.idle, found.volumes) == (3, 1, (0.1, 1 / 3))
    assert np.array_equal(found.archive, STATE.archive)
    assert found.archive.dtype == np.int64
    assert [p.tolist() for p in found.populations] == [p.tolist() for p in STATE.populations]
    assert [p.name for p in path.parent.iterdir()] == ["search.json"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": replace(MODEL, decision=Sign(("x", "y")))}, "of another model"),
        ({"words": WORDS + 1}, "other training rows"),
        ({"targets": 1 - TARGETS}, "other training rows"),
        ({"options": replace(OPTIONS, seed=1)}, "other options"),
        ({"options": replace(OPTIONS, population=5)}, "other options"),
    ],
)
def test_the_state_of_another_search_is_refused(tmp_path: Path, changes: dict, message: str) -> None:
    path = tmp_path / "search.json"
    write_checkpoint(path, STATE, digests())
    with pytest.raises(OutputError, match=message):
        read_checkpoint(path, digests(**changes))


def test_a_search_may_go_on_with_more_epochs_or_time() -> None:
    longer = replace(OPTIONS, epochs=99, patience=9, budget_s=5.0)
    assert digests(options=longer) == digests()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": "bespoke-search", "version": 9}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "search.json"
    path.write_text(text)
    with pytest.raises(OutputError, match="not a search state"):
        read_checkpoint(path, digests())


def test_a_failed_write_keeps_the_earlier_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "search.json"
    write_checkpoint(path, STATE, digests())

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_checkpoint(path, replace(STATE, epoch=4), digests())
    assert read_checkpoint(path, digests()).epoch == 3
    assert [p.name for p in tmp_path.iterdir()] == ["search.json"]
