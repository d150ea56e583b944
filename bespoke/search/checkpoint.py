"""The state of a search as a file, so that a search can go on where another process left it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bespoke.errors import OutputError
from bespoke.files import write_file
from bespoke.model import IntArray, IntegerModel, model_digest
from bespoke.search.options import SearchOptions
from bespoke.search.searcher import SearchState

FORMAT = "bespoke-search"
VERSION = 1
_WHEN_TO_STOP = ("epochs", "patience", "budget_s")


def search_digests(model: IntegerModel, words: IntArray, targets: IntArray, options: SearchOptions) -> dict[str, str]:
    """SHA-256 of the model, the training rows and the options of a search, by name.

    The options that only say when a search ends are left out: a search may be continued with others.
    """
    data = b"".join(np.ascontiguousarray(array, dtype="<i8").tobytes() for array in (words, targets))
    chosen = {name: value for name, value in asdict(options).items() if name not in _WHEN_TO_STOP}
    return {
        "model": model_digest(model),
        "training rows": hashlib.sha256(data).hexdigest(),
        "options": hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest(),
    }


def state_to_text(state: SearchState, digests: Mapping[str, str]) -> str:
    """JSON text of a search state; inverse of `state_from_text`."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "digests": dict(digests),
        "epoch": state.epoch,
        "idle": state.idle,
        "volumes": list(state.volumes),
        "archive": state.archive.tolist(),
        "populations": [population.tolist() for population in state.populations],
    }
    return json.dumps(data, separators=(",", ":")) + "\n"


def state_from_text(text: str, digests: Mapping[str, str], *, where: str) -> SearchState:
    """Search state of a JSON text.

    Raises
    ------
    OutputError
        If the text is no search state, or that of another search.
    """
    try:
        data = json.loads(text)
        if (data["format"], data["version"]) != (FORMAT, VERSION):
            raise OutputError("not a search state of this version", where=where, allowed=f"{FORMAT} {VERSION}")
        _check_digests(data["digests"], digests, where)
        return SearchState(
            int(data["epoch"]),
            int(data["idle"]),
            _genomes(data["archive"]),
            tuple(_genomes(population) for population in data["populations"]),
            tuple(float(volume) for volume in data["volumes"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError("not a search state", where=where, got=f"{type(error).__name__} {error}") from None


def write_checkpoint(path: Path, state: SearchState, digests: Mapping[str, str]) -> None:
    """Write a search state so that at any time the file holds either the old state or the new one.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_file(path, state_to_text(state, digests))


def read_checkpoint(path: Path, digests: Mapping[str, str]) -> SearchState:
    """Read a search state.

    Raises
    ------
    OutputError
        If the file cannot be read, is no search state, or is that of another model, data or options.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError("cannot be read", where=str(path), got=error) from None
    return state_from_text(text, digests, where=str(path))


def _check_digests(found: Mapping[str, Any], wanted: Mapping[str, str], where: str) -> None:
    for name, digest in wanted.items():
        if found.get(name) != digest:
            raise OutputError(
                f"the search state belongs to other {name}"
                if name != "model"
                else "the search state is of another model",
                where=where,
                allowed="the same model, data and options, or a search without --resume",
            )


def _genomes(rows: list[list[int]]) -> IntArray:
    genomes = np.array(rows, dtype=np.int64)
    if genomes.ndim != 2:
        raise ValueError("genomes of different sizes")
    return genomes
