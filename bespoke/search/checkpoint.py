"""The state of a search as a file, so that a search can go on where another process left it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bespoke.errors import OutputError
from bespoke.files import parse_json, write_file
from bespoke.model import IntArray, IntegerModel, model_digest
from bespoke.search.options import SearchOptions
from bespoke.search.searcher import SearchState

FORMAT = "bespoke-search"
HEAD = f'{{"format":"{FORMAT}"'
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
    """JSON text of a search state, as `read_checkpoint` reads it."""
    data = {"format": FORMAT, "version": VERSION, "digests": dict(digests), **asdict(state)}
    return json.dumps(data, separators=(",", ":"), default=np.ndarray.tolist) + "\n"


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
    where = str(path)
    try:
        data = parse_json(path.read_text(encoding="utf-8"), OutputError, where, "not a search state")
        if (data["format"], data["version"]) != (FORMAT, VERSION):
            raise OutputError("not a search state of this version", where=where, allowed=f"{FORMAT} {VERSION}")
        for name, digest in digests.items():
            if data["digests"].get(name, "") != digest:
                fault = f"the search state is of {'another' if name == 'model' else 'other'} {name}"
                allowed = "the same model, data and options, or a search without --resume"
                raise OutputError(fault, where=where, allowed=allowed)
        return SearchState(
            int(data["epoch"]),
            int(data["idle"]),
            _genomes(data["archive"]),
            tuple(_genomes(population) for population in data["populations"]),
            tuple(float(volume) for volume in data["volumes"]),
        )
    except OSError as error:
        raise OutputError("cannot be read", where=where, got=error) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError("not a search state", where=where, got=f"{type(error).__name__} {error}") from None


def _genomes(rows: list[list[int]]) -> IntArray:
    genomes = np.array(rows, dtype=np.int64)
    if genomes.ndim != 2:
        raise ValueError("genomes of different sizes")
    return genomes
