"""A folder is written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bespoke.errors import OutputError
from bespoke.report import check_folder, write_folder

MANIFEST = json.dumps({"format": "bespoke-design", "version": 1})


def test_files_are_written_and_an_earlier_design_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "design"
    write_folder(folder, {"manifest.json": MANIFEST, "old.txt": "old"})
    written = write_folder(folder, {"manifest.json": MANIFEST, "new.txt": "new\n"})
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "new.txt"]
    assert (folder / "new.txt").read_bytes() == b"new\n"
    assert written == (folder / "manifest.json", folder / "new.txt")
    assert [path.name for path in folder.parent.iterdir()] == ["design"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    write_folder(tmp_path, {"x": "1"})
    assert (tmp_path / "x").read_text() == "1"


def test_other_files_are_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match="other files"):
        write_folder(tmp_path, {"manifest.json": MANIFEST})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_failure_midway_keeps_the_earlier_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "design"
    write_folder(folder, {"manifest.json": MANIFEST, "x": "old"})
    write_bytes = Path.write_bytes

    def fail(path: Path, content: bytes) -> int:
        if path.name == "y":
            raise OSError(28, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_folder(folder, {"manifest.json": MANIFEST, "x": "new", "y": "new"})
    assert (folder / "x").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["design"]


def test_a_failure_at_the_last_step_puts_the_earlier_design_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "design"
    write_folder(folder, {"manifest.json": MANIFEST, "x": "old"})
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OutputError, match="Input/output error"):
        write_folder(folder, {"manifest.json": MANIFEST, "x": "new"})
    assert (folder / "x").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["design"]


def test_links_and_files_in_the_way_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for place in (tmp_path / "file", tmp_path / "file" / "design", tmp_path / "link"):
        with pytest.raises(OutputError):
            check_folder(place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission"):
        check_folder(tmp_path / "design")
