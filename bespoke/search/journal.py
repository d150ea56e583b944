"""What calls of a search have found, as lines of a file, so that a search can go on where another process left it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bespoke.errors import ModelFileError, OutputError
from bespoke.files import check_replaceable, parse_json

Result = TypeVar("Result")

FORMAT = "bespoke-journal"
HEAD = f'{{"format": "{FORMAT}"'
VERSION = 1


class Journal:
    """Results by the name of a stage and a key.

    Each line is written in one piece as soon as its result is there; a last one without an end is left out when the
    file is read.

    Parameters
    ----------
    path : Path or None
        The file; without one nothing is kept.
    digests : mapping of str to str
        SHA-256 of what results depend on, by name.
    resume : bool
        Whether to go on with what the file holds, if there is one; else it begins anew.

    Raises
    ------
    OutputError
        If the file cannot be read or written or is no journal, or has other digests to go on with.
    """

    def __init__(self, path: Path | None, digests: Mapping[str, str], *, resume: bool = False) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        self._spent: dict[str, float] = {}
        self._path = path
        self._file = None
        if path is None:
            return
        if not resume:
            check_replaceable(path, HEAD)
        head = json.dumps({"format": FORMAT, "version": VERSION, "digests": dict(digests)}) + "\n"
        try:
            whole = self._read(path, digests) if resume and path.exists() else b""
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("r+b" if whole else "wb", buffering=0)
            self._file.seek(len(whole))
            self._file.truncate()
            if not whole:
                self._file.write(head.encode())
        except OSError as error:
            raise OutputError("cannot be written", where=str(path), got=error.strerror or error) from None

    def known(self, stage: str) -> Mapping[str, Any]:
        """Results of earlier processes by their keys."""
        return self._known.get(stage, {})

    def spent_s(self, stage: str) -> float:
        """Seconds that a stage took before."""
        return self._spent.get(stage, 0.0)

    def write(self, stage: str, key: str, value: Any, after_s: float) -> None:  # noqa: ANN401  plain data
        """Keep the result of a call, which was there so many seconds after the stage began."""
        if self._file is not None:
            line = {"stage": stage, "key": key, "after_s": round(after_s, 3), "value": value}
            self._file.write((json.dumps(line, separators=(",", ":")) + "\n").encode())

    def read(self, result: Callable[[], Result]) -> Result:
        """A result made of what is known; faults are those of the file."""
        try:
            return result()
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, ModelFileError) as error:
            got = f"{type(error).__name__} {error}"
            raise OutputError("not a search state", where=str(self._path), got=got) from None

    def _read(self, path: Path, digests: Mapping[str, str]) -> bytes:
        """Take what whole lines of a file say, and return these lines."""
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        lines = whole.decode("utf-8", "replace").splitlines()
        if not lines:
            return b""
        where = str(path)
        head = parse_json(lines[0], OutputError, where, "not a search state")
        _check_head(head, digests, where)
        try:
            for line in lines[1:]:
                found = parse_json(line, OutputError, where, "not a search state")
                self._known.setdefault(found["stage"], {})[found["key"]] = found["value"]
                self._spent[found["stage"]] = max(self.spent_s(found["stage"]), float(found["after_s"]))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise OutputError("not a search state", where=where, got=f"{type(error).__name__} {error}") from None
        return whole


def _check_head(head: Any, digests: Mapping[str, str], where: str) -> None:  # noqa: ANN401  any JSON
    if not isinstance(head, dict) or (head.get("format"), head.get("version")) != (FORMAT, VERSION):
        raise OutputError("not a search state of this version", where=where, allowed=f"{FORMAT} {VERSION}")
    stated = head.get("digests", {})
    if not isinstance(stated, dict):
        raise OutputError("not a search state", where=where, got="no digests")
    other = [name for name, digest in digests.items() if stated.get(name) != digest]
    if other:
        what = f"the search state is of other {other[0]}"
        allowed = "the same data and options, or a search without --resume"
        raise OutputError(what, where=where, allowed=allowed)
