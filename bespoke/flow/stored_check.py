"""Verification of the folder of a design: whether its files have one function, and state what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bespoke.errors import OutputError, StimuliError
from bespoke.flow.check import Sources, Verification, check_sources
from bespoke.flow.circuit import Reference
from bespoke.flow.folder import EDIT_FILES, decoded, read_folder, read_vectors
from bespoke.flow.stated import differences
from bespoke.flow.texts import MANIFEST
from bespoke.flow.vectors import all_vectors
from bespoke.model import IntArray, Trees
from bespoke.opt import LoweringEffort
from bespoke.prune import EditList, edit_list_from_text, lowering_effort_of
from bespoke.verilog import VECTORS_FILE, model_ports, write_rtl


def verify_folder(
    folder: Path,
    *,
    formal: bool = True,
    seconds: float | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> Verification:
    """Compare model, simulator, Icarus Verilog and proof on the files of a folder, which may have been edited.

    Raises
    ------
    OutputError
        If the folder is not a compiled design or a file of it is missing.
    ModelFileError, LibraryError
        If ``model.json`` or ``library.json`` is malformed.
    NetlistError
        If the edits do not fit the model.
    """
    stored = read_folder(folder)
    texts = stored.texts
    model, boundary = stored.model, stored.boundary
    lists = [edit_list_from_text(texts[name], where=str(folder / name)) for name in EDIT_FILES if name in texts]
    # A tree is proven from its quick form, too; sums have to be lowered as they were.
    lists.append(EditList(effort="greedy" if model.has_only(Trees) else _effort(stored.manifest, folder)))
    sources = Sources(model, boundary, stored.library, texts["netlist.v"], texts["rtl.v"], texts["cells.v"], *lists[:1])
    notes = [*stored.changes, *stored.missing]
    if texts["rtl.v"] != write_rtl(model, boundary):
        notes.append("rtl.v is not what this version of bespoke writes for model.json")
    rows, stale = _stored_rows(texts[VECTORS_FILE], sources.reference)
    vectors = all_vectors(model, rows, int(stored.manifest.get("seed", 0)) + 1)
    found = check_sources(sources, vectors, formal=formal, seconds=seconds, on_stage=on_stage)
    on_stage("what the files state")
    notes = [*notes, *stale, *found.notes]
    return replace(found, notes=tuple(notes), differences=tuple(differences(stored, sources, rows)))


def _effort(manifest: Mapping[str, Any], folder: Path) -> LoweringEffort:
    try:
        return lowering_effort_of(manifest)
    except ValueError as error:
        raise OutputError("unknown effort", where=str(folder / MANIFEST), got=str(error)) from None


def _stored_rows(text: str, reference: Reference) -> tuple[IntArray | None, list[str]]:
    """Input words of the vectors file, and remarks where it does not fit the reference."""
    try:
        boundary = reference.boundary
        columns, expected = read_vectors(text, model_ports(reference.model, boundary), VECTORS_FILE)
        rows = decoded(boundary, columns, VECTORS_FILE)
    except (OutputError, StimuliError) as error:
        return None, [str(error)]
    wrong = int(np.count_nonzero(reference.outputs(rows) != expected)) if len(rows) else 0
    judge = "model.json gives" if reference.edited is None else "model.json and the edits give"
    remark = f"{VECTORS_FILE} expects other outputs than {judge}, for {wrong} vectors"
    return rows, [remark] if wrong else []
