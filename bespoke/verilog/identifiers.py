"""Legal Verilog-2001 identifiers from arbitrary names, and safe comment text."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence

from bespoke.verilog.keywords import RESERVED_WORDS

MAX_LENGTH = 64
MAX_COMMENT = 120
_LEGAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def is_legal(name: str) -> bool:
    """Whether generated Verilog uses the name as it stands: ASCII, not reserved, at most `MAX_LENGTH` long."""
    return bool(_LEGAL.fullmatch(name)) and name not in RESERVED_WORDS and len(name) <= MAX_LENGTH


def legal_identifier(name: str, *, empty: str = "unnamed") -> str:
    """A legal identifier that resembles ``name``.

    Accents are dropped, other characters become underscores, a leading digit gets the prefix ``x``, a
    reserved word (Verilog, SystemVerilog, and the C++ words that Verilator warns about) a trailing
    underscore, and long names are cut and end in a digest of the whole name.

    Parameters
    ----------
    name : str
        Any text.
    empty : str
        What to call a name without a single usable character.
    """
    if is_legal(name):
        return name
    ascii_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = re.sub(r"[^A-Za-z0-9_]+", "_", ascii_text).strip("_") or empty
    if text[0].isdigit():
        text = "x" + text
    if len(text) > MAX_LENGTH:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        text = f"{text[: MAX_LENGTH - 9]}_{digest}"
    return text + "_" if text in RESERVED_WORDS else text


def unique_identifiers(names: Sequence[str], *, taken: Iterable[str] = (), empty: str = "unnamed") -> tuple[str, ...]:
    """Distinct legal identifiers for names, in their order.

    Names that are legal and free keep themselves; the others are made legal, then numbered (``a_2``,
    ``a_3``, ...) where they meet one that is in use. The result depends on the arguments alone.

    Parameters
    ----------
    names : sequence of str
        Any texts, duplicates allowed.
    taken : iterable of str
        Identifiers in use already.
    empty : str
        As in `legal_identifier`.
    """
    used = set(taken)
    chosen: dict[int, str] = {}
    for position, name in enumerate(names):
        if is_legal(name) and name not in used:
            chosen[position] = name
            used.add(name)
    counters: dict[str, int] = {}
    for position, name in enumerate(names):
        if position not in chosen:
            chosen[position] = _numbered(legal_identifier(name, empty=empty), used, counters)
            used.add(chosen[position])
    return tuple(chosen[position] for position in range(len(names)))


def free_prefix(prefix: str, taken: Iterable[str]) -> str:
    """The prefix, with underscores appended until no taken identifier is the prefix followed by a digit."""
    names = set(taken)
    while any(re.match(rf"{re.escape(prefix)}\d", name) for name in names):
        prefix += "_"
    return prefix


def verbatim_identifier(name: str) -> str:
    """The name of a cell or pin as it must stand in Verilog: escaped where it is not a simple identifier."""
    return name if _SIMPLE.fullmatch(name) and name not in RESERVED_WORDS else f"\\{name} "


def comment_text(value: object) -> str:
    """One line of printable ASCII for a comment, in double quotes if ``value`` is text.

    Control characters, quotes and characters beyond ASCII are escaped as in JSON, comment delimiters are
    broken up, and long text is cut: whatever the value, it cannot end the comment or start another one.
    """
    text = json.dumps(value) if isinstance(value, str) else json.dumps(str(value))[1:-1]
    if len(text) > MAX_COMMENT:
        text = text[: MAX_COMMENT - 4].rstrip("\\") + '..."'
    return text.replace("\x7f", "?").replace("*/", "* /").replace("/*", "/ *")


def _numbered(name: str, used: set[str], counters: dict[str, int]) -> str:
    candidate = name
    while candidate in used:
        counters[name] = counters.get(name, 1) + 1
        suffix = f"_{counters[name]}"
        candidate = name[: MAX_LENGTH - len(suffix)] + suffix
    return candidate
