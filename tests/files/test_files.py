"""Files are written whole, with the mode of new files, and through links and devices."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bespoke.errors import OutputError
from bespoke.files import remove_unfinished, unfinished_in, write_file, write_files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_in_a_new_folder(tmp_path: Path) -> None:
    write_files({tmp_path / "a" / "one.txt": "µ\n", tmp_path / "a" / "two.bin": b"\xff"})
    assert (tmp_path / "a" / "one.txt").read_bytes() == "µ\n".encode()
    assert (tmp_path / "a" / "two.bin").read_bytes() == b"\xff"
    assert names(tmp_path / "a") == ["one.txt", "two.bin"]


def test_a_fault_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "first").write_text("old")
    (tmp_path / "second").mkdir()
    with pytest.raises(OutputError, match=r"second: is a folder; allowed: a file"):
        write_files({tmp_path / "first": "new", tmp_path / "second": "new"})
    assert (tmp_path / "first").read_text() == "old"
    assert names(tmp_path) == ["first", "second"]


def test_what_is_interrupted_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="file: cannot be written; got No space left on device"):
        write_file(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_the_place_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written; got "):
        write_file(tmp_path / "file" / "below", "text")


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_mode_is_that_of_new_files(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_file(tmp_path / "file", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "file")
    for text in ("one", "two"):
        write_file(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "folder" / "file").read_text() == text


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(tmp_path / "pipe", "text")
        assert os.read(reader, 10) == b"text"
    finally:
        os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_what_a_killed_writer_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".hidden").write_text("mine")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: None)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        write_file(tmp_path / "file", "text")
    assert len(unfinished_in(tmp_path)) == 1
    remove_unfinished(tmp_path)
    assert names(tmp_path) == [".hidden"]
