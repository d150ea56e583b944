"""Folders are written whole, and nothing is replaced or removed that bespoke did not write."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bespoke.errors import OutputError
from bespoke.files import RECORD, FolderKind, check_folder, read_record, remove_own, write_folder

KIND = FolderKind("design", frozenset({"design"}))
OLD = {"manifest.json": "old", "edits.json": "old", "front/1/x": "old"}
NEW = {"manifest.json": "new", "page.html": "new"}


def texts(folder: Path) -> dict[str, str]:
    """Files of a folder by path, without the list."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != RECORD]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "a" / "out", OLD, KIND)
    return tmp_path / "a" / "out"


def test_a_new_folder_is_written(folder: Path) -> None:
    assert texts(folder) == OLD
    assert read_record(folder).files.keys() == OLD.keys()
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_what_was_written_is_replaced_or_goes(folder: Path) -> None:
    assert write_folder(folder, NEW, KIND) == tuple(folder / name for name in NEW)
    assert texts(folder) == NEW
    assert not (folder / "front").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_a_part_of_a_folder_is_written(folder: Path) -> None:
    write_folder(folder, NEW, KIND, whole=False)
    assert texts(folder) == OLD | NEW
    assert read_record(folder).files.keys() == (OLD | NEW).keys()


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    write_folder(tmp_path, {"x": b"1"}, KIND)
    assert texts(tmp_path) == {"x": "1"}


def test_files_of_others_stay(folder: Path) -> None:
    theirs = {"thesis.tex": "mine", "layout/chip.gds": "mine", "front/1/y": "mine"}
    for name, text in theirs.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    write_folder(folder, NEW, KIND)
    assert texts(folder) == NEW | theirs
    write_folder(folder, OLD, KIND, force=True)
    assert texts(folder) == OLD | theirs


def edited(folder: Path) -> Path:
    (folder / "edits.json").write_text("mine")
    return folder / "edits.json"


def in_the_way(folder: Path) -> Path:
    (folder / "page.html").write_text("mine")
    return folder / "page.html"


def a_folder_in_the_way(folder: Path) -> Path:
    (folder / "page.html").mkdir()
    return folder / "page.html"


def a_link(folder: Path) -> Path:
    (folder / "manifest.json").rename(folder / "elsewhere")
    (folder / "manifest.json").symlink_to(folder / "elsewhere")
    return folder / "manifest.json"


def a_link_above(folder: Path) -> Path:
    (folder / "front").rename(folder.parent / "elsewhere")
    (folder / "front").symlink_to(folder.parent / "elsewhere")
    return folder / "front" / "1" / "x"


def another_kind(folder: Path) -> Path:
    data = json.loads((folder / RECORD).read_text()) | {"kind": "front"}
    (folder / RECORD).write_text(json.dumps(data))
    return folder


def no_list(folder: Path) -> Path:
    (folder / RECORD).unlink()
    return folder


def a_bad_list(folder: Path) -> Path:
    (folder / RECORD).write_text("[" * 100_000)
    return folder / RECORD


def a_list_of_files_elsewhere(folder: Path) -> Path:
    data = json.loads((folder / RECORD).read_text())
    data["files"]["../kept"] = ""
    (folder / RECORD).write_text(json.dumps(data))
    return folder / RECORD


@pytest.mark.parametrize(
    "change",
    [
        edited,
        in_the_way,
        a_folder_in_the_way,
        a_link,
        a_link_above,
        another_kind,
        no_list,
        a_bad_list,
        a_list_of_files_elsewhere,
    ],
)
def test_what_is_not_ours_is_refused_and_named(folder: Path, change: Callable[[Path], Path]) -> None:
    (folder.parent / "kept").write_text("mine")
    named = change(folder)
    before = texts(folder.parent)
    with pytest.raises(OutputError) as caught:
        write_folder(folder, NEW, KIND)
    assert caught.value.where == str(named)
    assert "force" in str(caught.value) or named.name == RECORD
    assert texts(folder.parent) == before
    assert not list(folder.rglob("*.stage"))


def test_force_replaces_files_of_the_same_names_alone(folder: Path) -> None:
    edited(folder)
    in_the_way(folder)
    (folder / "thesis.tex").write_text("mine")
    write_folder(folder, NEW, KIND, force=True)
    assert texts(folder) == NEW | {"thesis.tex": "mine"}


@pytest.mark.parametrize("name", ["x", "manifest.json"])
def test_a_folder_without_a_list_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"format": "bespoke-design"}')
    with pytest.raises(OutputError, match=f"no list of those that bespoke wrote .*; got {name}; allowed: a new or"):
        check_folder(tmp_path, KIND)
    write_folder(tmp_path, NEW, KIND, force=True)
    assert texts(tmp_path) == {name: '{"format": "bespoke-design"}'} | NEW


def test_own_files_are_removed_and_others_stay(folder: Path) -> None:
    (folder / "mine").write_text("")
    remove_own(folder, KIND)
    assert texts(folder) == {"mine": ""}
    (folder / "mine").unlink()
    write_folder(folder, OLD, KIND)
    remove_own(folder, KIND)
    assert not folder.exists()
    remove_own(folder, KIND)


def test_a_failure_while_files_are_staged_changes_nothing(folder: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_folder(folder, {**NEW, "page.html/below": "no folder"}, KIND)
    assert texts(folder.parent) == {f"out/{name}": text for name, text in OLD.items()}


@pytest.mark.parametrize("failing", range(4))
def test_a_failure_while_files_are_put_in_place_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    before, replace, calls = texts(folder), Path.replace, []

    def fail(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == failing + 1:
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    if failing == 3:
        write_folder(folder, NEW, KIND)
        return
    with pytest.raises(OutputError, match="Input/output error"):
        write_folder(folder, {**OLD, **NEW}, KIND)
    assert texts(folder) == before
    assert not list(folder.glob(".*.stage")) + list(folder.glob(".*.before"))


KILLED = """
import os, signal, sys
from pathlib import Path
from bespoke.files import FolderKind, write_folder
count, wanted = 0, int(sys.argv[2])
def counted(original):
    def call(*args, **more):
        global count
        count += 1
        if count > wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **more)
    return call
for name in ("replace", "rename", "mkdir", "unlink", "open"):
    setattr(Path, name, counted(getattr(Path, name)))
kind = FolderKind("design", frozenset({"design"}))
write_folder(Path(sys.argv[1]), {"manifest.json": "new", "page.html": "new"}, kind)
print(count)
"""


def killed_after(folder: Path, steps: int) -> bool:
    found = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(steps)], capture_output=True, check=False)
    assert found.returncode in (0, -signal.SIGKILL), found.stderr
    return found.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize("is_new", [True, False])
def test_killed_at_any_step_nothing_is_gone_and_the_next_call_clears_up(tmp_path: Path, is_new: bool) -> None:
    for steps in range(60):
        folder = tmp_path / str(steps) / "out"
        folder.parent.mkdir()
        if not is_new:
            write_folder(folder, OLD, KIND)
            (folder / "thesis.tex").write_text("mine")
        was_killed = killed_after(folder, steps)
        if not is_new:
            found = texts(folder)
            assert found["thesis.tex"] == "mine"
            assert found["manifest.json"] in ("old", "new")
        write_folder(folder, NEW, KIND)
        assert texts(folder) == (NEW if is_new else NEW | {"thesis.tex": "mine"})
        assert [path.name for path in folder.parent.iterdir()] == ["out"]
        assert {path.name for path in folder.iterdir()} <= {*NEW, "thesis.tex", RECORD}
        if not was_killed:
            break
    assert steps > 5
    assert not was_killed


def test_links_and_files_in_the_way_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for place in (tmp_path / "file", tmp_path / "file" / "design", tmp_path / "link"):
        with pytest.raises(OutputError):
            check_folder(place, KIND)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission"):
        check_folder(tmp_path / "design", KIND)
