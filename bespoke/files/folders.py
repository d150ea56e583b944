"""Folders that hold a list of the files that bespoke wrote, so that no other file is ever replaced or removed.

The list, ``.bespoke.json``, has the SHA-256 of each file. A file of the list that somebody edited counts as theirs.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from secrets import token_hex

from bespoke.errors import OutputError
from bespoke.files.plain_data import parse_json
from bespoke.files.whole import write_bytes

RECORD = ".bespoke.json"
RECORD_FORMAT = "bespoke-files"
RECORD_VERSION = 1
_STAGE = "stage"
_FORCE = "another folder, or --force (force=True), which replaces files of these names and keeps all others"


@dataclass(frozen=True, slots=True)
class FolderKind:
    """What a folder holds as a whole.

    Attributes
    ----------
    name : str
        For people, and in the list of files.
    replaces : frozenset of str
        Names of the kinds in whose place it may be written.
    remedy : str
        What to do where a folder or file may not be replaced.
    """

    name: str
    replaces: frozenset[str]
    remedy: str = _FORCE


@dataclass(frozen=True, slots=True)
class Record:
    """The files that bespoke wrote into a folder: name of its kind, and SHA-256 by path below the folder."""

    kind: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def to_text(self) -> str:
        """Content of the list."""
        head = {"format": RECORD_FORMAT, "version": RECORD_VERSION, "kind": self.kind}
        return json.dumps({**head, "files": dict(sorted(self.files.items()))}, indent=1) + "\n"


def read_record(folder: Path) -> Record:
    """The list of files of a folder; empty where there is none.

    Raises
    ------
    OutputError
        If it is malformed, or names a file outside the folder.
    """
    path = folder / RECORD
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Record()
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError("cannot be read", where=str(path), got=error) from None
    data = parse_json(text, OutputError, str(path))
    known = isinstance(data, dict) and (data.get("format"), data.get("version")) == (RECORD_FORMAT, RECORD_VERSION)
    files = data.get("files") if known else None
    if not isinstance(files, dict) or not all(_is_below(name) for name in files):
        raise OutputError("not a list of files of this version of bespoke", where=str(path))
    return Record(str(data.get("kind")), {name: str(digest) for name, digest in files.items()})


def check_folder(folder: Path, kind: FolderKind, *, whole: bool = True, force: bool = False) -> None:
    """Refuse a folder that `write_folder` would not write; finish or clean up what a writer that was killed left.

    Files without a list of those that bespoke wrote are refused where the folder as a ``whole`` is to be written.

    Raises
    ------
    OutputError
        If it cannot be written, holds no list of files but files, one of another kind, or a file that was edited.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError("exists and is not a folder", where=str(folder), allowed="a folder to create or to replace")
    place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not place.is_dir():
        raise OutputError("not a folder", where=str(place))
    if not os.access(place, os.W_OK | os.X_OK):
        raise OutputError("no permission to write", where=str(place))
    with _locked(place):
        _recover(folder, kind, force=force)
    if folder.is_dir() and not force:
        record = read_record(folder)
        if whole or record.kind:
            _check_kind(folder, record, kind)
        _check_own(folder, record.files, record.files, kind)


def write_folder(
    folder: Path,
    files: Mapping[str, str] | Mapping[str, str | bytes],
    kind: FolderKind,
    *,
    whole: bool = True,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write files, named by their path below the folder; files that bespoke did not write there stay.

    A new folder appears at once with all of them. In an existing one all are written beside those that they replace,
    then put in place one by one; if that is interrupted, the next call finishes it.

    Parameters
    ----------
    folder : Path
    files : mapping of str to str or bytes
        Text is encoded as UTF-8.
    kind : FolderKind
    whole : bool
        Whether files of an earlier call go that are not among ``files``.
    force : bool
        Whether files may be replaced that somebody else wrote or edited; those of other names stay all the same.

    Raises
    ------
    OutputError
        If a file of somebody else is in the way, or something cannot be written; then all is as it was.
    """
    check_folder(folder, kind, whole=whole, force=force)
    contents = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    target = folder.absolute()
    try:
        is_new = not target.exists()
        home = target.parent if is_new else target
        home.mkdir(parents=True, exist_ok=True)
        with _locked(home):
            _recover(target, kind, force=force)
            earlier = Record() if is_new else _readable_record(target, force=force)
            kept = {} if whole else earlier.files
            record = Record(kind.name, {**kept, **{name: sha256(text).hexdigest() for name, text in contents.items()}})
            if not force:
                _check_own(target, {*earlier.files, *contents}, earlier.files, kind)
            with _staged(home, target.name if is_new else "", contents, record) as stage:
                if is_new:
                    stage.rename(target)
                else:
                    _move_in(stage, target, earlier, record)
    except OSError as error:
        raise OutputError("cannot be written", where=str(folder), got=error.strerror or error) from None
    return tuple(folder / name for name in files)


def remove_own(folder: Path, kind: FolderKind) -> None:
    """Remove the files of a kind that bespoke wrote into a folder, and the folder if nothing else is in it.

    Raises
    ------
    OutputError
        If it holds another kind, or a file of the list was edited.
    """
    if not folder.is_dir():
        return
    check_folder(folder, kind, whole=False)
    record = read_record(folder)
    for name in (*record.files, *([RECORD] if record.files else [])):
        _remove(folder, name)
    with suppress(OSError):
        folder.rmdir()


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _check_kind(folder: Path, record: Record, kind: FolderKind) -> None:
    if not record.kind:
        others = sorted(path.name for path in folder.iterdir())
        if others:
            what, got = f"the folder holds other files, and no list of those that bespoke wrote ({RECORD})", others[0]
            raise OutputError(what, where=str(folder), got=got, allowed=f"a new or empty folder, {kind.remedy}")
    elif record.kind not in kind.replaces:
        what = f"the folder holds a {record.kind}, of which a {kind.name} would take the place"
        raise OutputError(what, where=str(folder), allowed=kind.remedy)


def _check_own(folder: Path, names: Iterable[str], digests: Mapping[str, str], kind: FolderKind) -> None:
    """Refuse a file of these names that is not as bespoke wrote it."""
    base = folder.resolve()
    for name in sorted(names):
        path = folder / name
        if path.parent.resolve() != base / PurePosixPath(name).parent:
            raise OutputError("leads out of the folder through a link", where=str(path), allowed=kind.remedy)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise OutputError("is not a file that bespoke wrote", where=str(path), allowed=kind.remedy)
        if path.exists() and sha256(path.read_bytes()).hexdigest() != digests.get(name):
            what = "was edited since bespoke wrote it" if name in digests else "was not written by bespoke"
            raise OutputError(what, where=str(path), allowed=kind.remedy)


def _readable_record(folder: Path, *, force: bool) -> Record:
    try:
        return read_record(folder)
    except OutputError:
        if force:
            return Record()
        raise


@contextmanager
def _staged(home: Path, name: str, contents: Mapping[str, bytes], record: Record) -> Iterator[Path]:
    """A folder with the new files, their list last; what is left of it in the end goes."""
    stage = home / f".{name or 'bespoke'}.{token_hex(8)}.{_STAGE}"
    try:
        for path, content in {**contents, RECORD: record.to_text().encode()}.items():
            (stage / path).parent.mkdir(parents=True, exist_ok=True)
            write_bytes(stage / path, content)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move_in(stage: Path, target: Path, earlier: Record, record: Record) -> None:
    """Put staged files in the place of those of an earlier list, the list last; on a fault all is put back."""
    before = target / f".bespoke.{token_hex(8)}.before"
    names = [name for name in record.files if (stage / name).is_file()]
    moved: list[str] = []
    try:
        for name in (*names, RECORD):
            if name == RECORD:
                # Until the new list is there, the earlier one still names what is to go.
                for old in earlier.files:
                    if old not in record.files:
                        _remove(target, old)
            if (target / name).exists():
                (before / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(target / name, before / name)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            moved.append(name)
            (stage / name).replace(target / name)
    except OSError:
        for name in moved:
            if (before / name).exists():
                (before / name).replace(target / name)
            else:
                _remove(target, name)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)


def _recover(target: Path, kind: FolderKind, *, force: bool) -> None:
    """Finish what a writer that was killed had staged whole, remove what it had not; the lock is held."""
    unfinished = re.compile(rf"\.(?:{re.escape(target.name)}|bespoke)\.[0-9a-f]{{16}}\.(?:{_STAGE}|before)")
    inside = sorted(target.glob(".bespoke.*")) if target.is_dir() else []
    beside = sorted(target.parent.glob(".*.*")) if target.parent.is_dir() and not target.exists() else []
    for stage in (path for path in (*inside, *beside) if unfinished.fullmatch(path.name) and path.is_dir()):
        if stage.parent == target and stage.suffix == f".{_STAGE}" and (stage / RECORD).is_file():
            earlier, record = _readable_record(target, force=force), read_record(stage)
            if not force:
                _check_own(target, earlier.files, {**earlier.files, **_already(target, record)}, kind)
            _move_in(stage, target, earlier, record)
        shutil.rmtree(stage, ignore_errors=True)


def _already(target: Path, record: Record) -> dict[str, str]:
    """Those files of a list that are in place already."""
    paths = {name: target / name for name in record.files}
    found = {name: sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if path.is_file()}
    return {name: digest for name, digest in found.items() if record.files[name] == digest}


def _remove(folder: Path, name: str) -> None:
    """Remove a file, and the folders above it that are empty then."""
    (folder / name).unlink(missing_ok=True)
    for above in (folder / name).parents:
        if above == folder:
            break
        with suppress(OSError):
            above.rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else writes into a folder meanwhile, where its file system has locks."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
