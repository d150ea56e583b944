"""Technologies by name: those that come with bespoke, and those the user imported.

A technology is a folder ``<name>`` with ``technology.json`` (title, default supply voltage, source) and one
cell library ``<volts>V.json`` per supply voltage.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bespoke.cells.liberty import SAME_VOLTAGE_V, check_voltage, read_liberty
from bespoke.cells.library import CellLibrary
from bespoke.cells.text import library_from_json
from bespoke.errors import OptionError, TechnologyError, UnknownTechnologyError, VoltageError
from bespoke.files import parse_json

ENVIRONMENT = "BESPOKE_TECHNOLOGIES"
DESCRIPTION = "technology.json"
_BUILT_IN = Path(__file__).parent / "data"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_LIBRARY_FILE = re.compile(r"(\d+\.\d+(?:e-?\d+)?)V\.json")


@dataclass(frozen=True, slots=True)
class TechnologyInfo:
    """What can be loaded under a name.

    Attributes
    ----------
    name : str
    title : str
        One line on what the technology is.
    voltages : tuple of float
        Supply voltages in V, ascending.
    default_vdd : float
        Supply voltage used if none is asked for, in V.
    source : str
        Where the figures come from.
    """

    name: str
    title: str
    voltages: tuple[float, ...]
    default_vdd: float
    source: str


def technologies() -> tuple[TechnologyInfo, ...]:
    """All technologies, the built-in ones first.

    Raises
    ------
    TechnologyError
        If the description of an imported technology is malformed.
    """
    found = {}
    for folder in _folders():
        if folder.name not in found and (info := _info(folder)):
            found[folder.name] = info
    return tuple(found.values())


def load_library(name: str | Path, vdd: float | None = None) -> CellLibrary:
    """Cells of a technology at one supply voltage.

    Parameters
    ----------
    name : str or Path
        Name of a technology, or path of a Liberty file (``.lib``, ``.lib.gz``) or of a cell library's JSON.
    vdd : float, optional
        Supply voltage in V; a technology's default, or that of the file.

    Raises
    ------
    UnknownTechnologyError
        If there is no such technology.
    VoltageError
        If it has no figures for that voltage.
    LibertyError, LibraryError
        If a file is malformed.
    """
    if _is_path(name):
        return _from_file(Path(name), vdd)
    found = ((folder, info) for folder in _folders() if folder.name == name and (info := _info(folder)))
    folder, info = next(found, (None, None))
    if folder is None or info is None:
        known = ", ".join(technology.name for technology in technologies())
        near = get_close_matches(str(name).lower(), (technology.name for technology in technologies()), n=1)
        allowed, hint = f"{known}, or the path of a .lib file", "".join(map(repr, near))
        raise UnknownTechnologyError("unknown technology", got=name, allowed=allowed, hint=hint)
    wanted = info.default_vdd if vdd is None else vdd
    voltage = next((v for v in info.voltages if abs(v - wanted) < SAME_VOLTAGE_V), None)
    if voltage is None:
        allowed = ", ".join(f"{v:g} V" for v in info.voltages)
        raise VoltageError("no figures for this supply voltage", where=info.name, got=f"{wanted:g} V", allowed=allowed)
    return _from_json(library_file(folder, voltage))


def load_libraries(name: str | Path) -> tuple[CellLibrary, ...]:
    """Cells of a technology at all its supply voltages, ascending; raises as `load_library`."""
    voltages = next((info.voltages for info in technologies() if info.name == name), (None,))
    return tuple(load_library(name, vdd) for vdd in voltages)


def built_in_library(name: str, vdd: float) -> CellLibrary | None:
    """Cells of the technology of a name that comes with bespoke, if there is one for a supply voltage in V."""
    path = library_file(_BUILT_IN / name, vdd)
    return _from_json(path) if _NAME.fullmatch(name) and path.is_file() else None


def check_new_name(name: str) -> None:
    """Check that an imported technology may have a name.

    Raises
    ------
    OptionError
        If not.
    """
    if not _NAME.fullmatch(name):
        raise OptionError("bad technology name", got=name, allowed="lower-case letters, digits, '_', '-', '.'")
    if (_BUILT_IN / name).is_dir():
        raise OptionError("the name belongs to a built-in technology", got=name, allowed="another name")


def stored_libraries(folder: Path) -> dict[float, CellLibrary]:
    """Libraries of a technology's folder by supply voltage in V, ascending; none if it is no technology."""
    info = _info(folder)
    return {voltage: _from_json(library_file(folder, voltage)) for voltage in (info.voltages if info else ())}


def stored_default(folder: Path) -> float | None:
    """Default supply voltage in V of a technology's folder; None if it is no technology."""
    info = _info(folder)
    return info.default_vdd if info else None


def library_file(folder: Path, vdd: float) -> Path:
    """File of a technology's folder for a supply voltage in V."""
    return folder / f"{vdd!r}V.json"


def user_folder() -> Path:
    """Folder of the user's technologies."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("bespoke", appauthor=False) / "technologies"


def _folders() -> Iterator[Path]:
    for base in (_BUILT_IN, user_folder()):
        if base.is_dir():
            yield from sorted(folder for folder in base.iterdir() if folder.is_dir())


def _info(folder: Path) -> TechnologyInfo | None:
    path = folder / DESCRIPTION
    matches = (_LIBRARY_FILE.fullmatch(file.name) for file in folder.glob("*V.json"))
    voltages = tuple(sorted(float(match[1]) for match in matches if match))
    if not path.exists() or not voltages:
        return None
    try:
        data = parse_json(path.read_text(encoding="utf-8"), TechnologyError, str(path))
        title, default, source = str(data["title"]), float(data["default_vdd"]), str(data["source"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TechnologyError("malformed", where=str(path), got=f"{type(error).__name__}: {error}") from None
    return TechnologyInfo(folder.name, title, voltages, default, source)


def _is_path(name: str | Path) -> bool:
    text = str(name)
    return isinstance(name, Path) or text.endswith((".lib", ".lib.gz", ".json")) or "/" in text or os.sep in text


def _from_file(path: Path, vdd: float | None) -> CellLibrary:
    if path.suffix != ".json":
        return read_liberty(path, vdd=vdd)
    library = _from_json(path)
    check_voltage(library.vdd, vdd, where=path.name)
    return library


def _from_json(path: Path) -> CellLibrary:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TechnologyError("the file cannot be read", where=str(path), got=reason) from None
    return library_from_json(text, where=str(path))
