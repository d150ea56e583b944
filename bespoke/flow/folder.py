"""Folders that `bespoke compile` wrote: what stands in them, and whether it agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

import numpy as np

from bespoke.cells import CellLibrary, library_from_json
from bespoke.errors import OutputError, StimuliError
from bespoke.estimate import TABLE_ENDS, TableEnds
from bespoke.files import parse_json, read_record, text_digest
from bespoke.flow.input_entries import read_boundary
from bespoke.flow.texts import MANIFEST, MANIFEST_FORMAT, MANIFEST_VERSION
from bespoke.flow.vectors import STIMULI, read_stimuli
from bespoke.interchange import Circuit, circuit_of
from bespoke.model import Boundary, IntArray, IntegerModel, model_from_text
from bespoke.prune import CUTS, EDITS
from bespoke.verilog import VECTORS_FILE, Ports, netlist_ports, read_named_netlist

EDIT_FILES = (EDITS, CUTS)
_MODEL, _NETLIST, _RTL, _CELLS, _LIBRARY = _TEXTS = ("model.json", "netlist.v", "rtl.v", "cells.v", "library.json")
REPORT = "report.json"
Value = TypeVar("Value")


class Conditions(NamedTuple):
    """Sampling period in ms, None for the delay, and the rule for transition times that tables do not have."""

    period_ms: float | None = None
    table_ends: TableEnds = "hold"


class SplitOptions(NamedTuple):
    """Share of the rows kept for the test, and seed, as in `CompileOptions`."""

    test_size: float = 0.3
    seed: int = 42


@dataclass(frozen=True)
class StoredDesign:
    """Texts of a folder by file name, and its manifest."""

    folder: Path
    texts: dict[str, str]
    manifest: dict[str, Any]

    @property
    def changes(self) -> list[str]:
        """Remarks on files that were changed since they were written, by the digests of the manifest."""
        recorded = self.manifest.get("files", {})
        changed = {name for name, text in self.texts.items() if recorded.get(name) != text_digest(text)}
        paths = ((name, digest, self.folder / name) for name, digest in self._listed())
        changed |= {name for name, digest, path in paths if path.is_file() and _digest(path) != digest}
        return [f"{name} was changed since it was written" for name in sorted(changed)]

    @property
    def missing(self) -> list[str]:
        """Remarks on files that were written and are not there."""
        gone = {name for name, _ in self._listed() if not (self.folder / name).exists()}
        return [f"{name} is missing" for name in sorted(gone)]

    def _listed(self) -> list[tuple[str, str]]:
        """Names and digests of files in the manifest and in the list of what bespoke wrote."""
        listed = [*self.manifest.get("files", {}).items(), *read_record(self.folder).files.items()]
        return [(name, digest) for name, digest in listed if _is_within(name)]

    @cached_property
    def model(self) -> IntegerModel:
        """The integer model.

        Raises
        ------
        ModelFileError
            If ``model.json`` is malformed.
        """
        return model_from_text(self.texts[_MODEL], where=str(self.folder / _MODEL))

    @cached_property
    def boundary(self) -> Boundary:
        """What the ports carry.

        Raises
        ------
        ModelFileError, OutputError
            If ``model.json`` or the manifest is malformed.
        """
        return read_boundary(self.manifest, self.model, str(self.folder / MANIFEST))

    @cached_property
    def library(self) -> CellLibrary:
        """The cells of the circuit.

        Raises
        ------
        LibraryError
            If ``library.json`` is malformed.
        """
        return library_from_json(self.texts[_LIBRARY], where=str(self.folder / _LIBRARY))

    @cached_property
    def circuit(self) -> Circuit:
        """The netlist with its cells.

        Raises
        ------
        LibraryError, VerilogError
            If ``library.json`` or ``netlist.v`` is malformed.
        """
        return circuit_of(read_named_netlist(self.folder / _NETLIST, self.library), self.library)

    @property
    def source(self) -> str:
        """Verilog of the circuit's function; that of a pruned circuit stands in its netlist alone."""
        return self.texts[_NETLIST] + self.texts[_CELLS] if self.is_edited else self.texts[_RTL]

    @property
    def is_edited(self) -> bool:
        """Whether gates were edited, so that the circuit is not its model."""
        return not self.texts.keys().isdisjoint(EDIT_FILES)

    def stimuli(self, given: Path | None = None) -> tuple[IntArray, str]:
        """Input words, shape (n, n_ports), and the file they stand in.

        That is the given one, else that of the words on which the power was measured, else that of the testbench.
        """
        mapped, own = self.circuit.mapped, given or self.folder / STIMULI
        if not given and not own.is_file():
            where = str(self.folder / VECTORS_FILE)
            return read_vectors(self.texts[VECTORS_FILE], netlist_ports(mapped), where)[0], where
        words = read_stimuli(own, mapped.inputs)
        if words.shape[1] == len(self.boundary.ports()):
            decoded(self.boundary, words, str(own))
        return words, str(own)

    @cached_property
    def conditions(self) -> Conditions:
        """What the design was estimated under; the defaults if there is no report.

        Raises
        ------
        OutputError
            If ``report.json`` is malformed.
        """
        return self._of_report(Conditions(), _conditions)

    @cached_property
    def split(self) -> SplitOptions:
        """How the data were split; the defaults if there is no report.

        Raises
        ------
        OutputError
            If ``report.json`` is malformed.
        """
        return self._of_report(SplitOptions(), lambda data: _split(data["options"]))

    @cached_property
    def data(self) -> tuple[str, str]:
        """Name and digest of the data that the design was measured on; empty if there were none.

        Raises
        ------
        OutputError
            If ``report.json`` is malformed.
        """
        return self._of_report(("", ""), lambda data: _data(data["dataset"]))

    @cached_property
    def report(self) -> dict[str, Any]:
        """The figures of the design; empty if there is no report.

        Raises
        ------
        OutputError
            If ``report.json`` is malformed.
        """
        path = self.folder / REPORT
        data = parse_json(_text(path), OutputError, str(path)) if path.exists() else {}
        if not isinstance(data, dict):
            raise OutputError("not a report of bespoke", where=str(path))
        found = data.get("analyses", {})
        if not isinstance(found, dict):
            raise OutputError("malformed", where=f"{path}, analyses", got=repr(found)[:40], allowed="findings by name")
        return data

    def _of_report(self, default: Value, read: Callable[[dict[str, Any]], Value]) -> Value:
        """What stands in the report, or the default if there is none."""
        path = self.folder / REPORT
        try:
            return read(self.report) if path.exists() else default
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise OutputError("not a report of bespoke", where=str(path), got=error) from None


def _conditions(report: dict[str, Any]) -> Conditions:
    options = report["options"]
    period, ends = options["period_ms"], options.get("table_ends", "hold")
    return Conditions(None if period is None else float(period), TABLE_ENDS[TABLE_ENDS.index(ends)])


def _split(options: dict[str, Any]) -> SplitOptions:
    return SplitOptions(float(options["test_size"]), int(options["seed"]))


def _data(facts: dict[str, Any]) -> tuple[str, str]:
    return (str(facts["name"]), str(facts["digest"])) if facts else ("", "")


def read_folder(folder: Path) -> StoredDesign:
    """Read the files of a compiled design.

    Raises
    ------
    OutputError
        If it is not one, or a file is missing.
    """
    manifest, allowed = folder / MANIFEST, "a folder that `bespoke compile` wrote"
    if not folder.is_dir():
        raise OutputError("no such folder", where=str(folder), allowed=allowed)
    if not manifest.is_file():
        raise OutputError(f"not a compiled design: it has no {MANIFEST}", where=str(folder), allowed=allowed)
    data = _manifest(manifest)
    edits = [name for name in EDIT_FILES if name in data.get("files", {}) or (folder / name).exists()]
    return StoredDesign(folder, {name: _text(folder / name) for name in (*_TEXTS, VECTORS_FILE, *edits)}, data)


def read_vectors(text: str, boundary: Ports, where: str) -> tuple[IntArray, IntArray]:
    """Input words, shape (n, n_features), and expected output words, shape (n,), of a vectors file.

    Raises
    ------
    OutputError
        If a line is not a hexadecimal number of the boundary's width.
    """
    widths = [word.port_width for word in boundary.words]
    total, ends = sum(widths), [sum(widths[index:]) for index in range(1, len(widths) + 1)]
    rows = []
    for number, line in enumerate(text.split(), start=1):
        try:
            value = int(line, 16)
        except ValueError:
            value = -1
        if value < 0 or value >> total:
            raise OutputError("not a vector of this design", where=f"{where}, line {number}", got=line[:40])
        rows.append([value >> end & (1 << width) - 1 for end, width in zip(ends, widths, strict=True)])
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(widths))
    output, expected = boundary.outputs[0], table[:, -1]
    if output.signed:
        expected = expected - ((expected >> (output.width - 1)) << output.width)
    return table[:, :-1], expected


def decoded(boundary: Boundary, columns: IntArray, where: str) -> IntArray:
    """Input words, shape (n, n_features), for what is on the ports, shape (n, n_ports).

    Raises
    ------
    StimuliError
        If a thermometer code is none.
    """
    try:
        return boundary.decode(columns)
    except StimuliError as error:
        raise StimuliError(error.what, where=where, got=error.got, allowed=error.allowed) from None


def _is_within(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise OutputError("cannot be read", where=str(path), got=error.strerror) from None


def _manifest(path: Path) -> dict[str, Any]:
    data = parse_json(_text(path), OutputError, str(path))
    if not isinstance(data, dict) or data.get("format") != MANIFEST_FORMAT:
        raise OutputError("not a manifest of bespoke", where=str(path), allowed=f'"format": "{MANIFEST_FORMAT}"')
    if data.get("version") != MANIFEST_VERSION:
        raise OutputError("unknown version", where=str(path), got=data.get("version"), allowed=str(MANIFEST_VERSION))
    files, seed = data.get("files", {}), data.get("seed", 0)
    if not isinstance(files, dict):
        raise OutputError("malformed", where=f"{path}, files", got=repr(files)[:40], allowed="digests by file name")
    if not isinstance(seed, int) or seed < 0:
        raise OutputError("malformed", where=f"{path}, seed", got=repr(seed)[:40], allowed="an integer from 0 on")
    return data


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OutputError("a file of the design is missing", where=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError("cannot be read", where=str(path), got=error) from None
