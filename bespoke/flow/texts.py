"""The files of a design as texts: everything that `bespoke verify` and a user of the circuit need."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from bespoke import __version__
from bespoke.analysis import Analysis
from bespoke.cells import CellLibrary, library_to_json
from bespoke.drawing import cell_kind
from bespoke.files import text_digest
from bespoke.flow.check import Verification
from bespoke.flow.design import Design
from bespoke.flow.input_entries import input_entries
from bespoke.flow.stage_facts import coefficients
from bespoke.flow.vectors import STIMULI, stimuli_text
from bespoke.model import Boundary, Decision, IntegerModel, model_digest, model_to_text
from bespoke.netlist import MappedNetlist
from bespoke.prune import EDITS
from bespoke.verilog import MODULE, VECTORS_FILE, Ports, Word, model_ports, write_testbench, write_vectors

MANIFEST = "manifest.json"
MANIFEST_FORMAT = "bespoke-design"
MANIFEST_VERSION = 1
MAX_DRAWN_CELLS = 60


def design_texts(design: Design) -> dict[str, str]:
    """Every file of a design by its name; all but ``seconds`` in ``report.json`` is the same in every run."""
    circuit, words = design.circuit, design.vectors.words
    boundary, ports = circuit.boundary, model_ports(design.model, circuit.boundary)
    texts = {
        "model.json": model_to_text(design.model),
        "netlist.v": circuit.verilog,
        "rtl.v": circuit.rtl,
        "cells.v": circuit.cells,
        "library.json": library_to_json(circuit.library),
        "testbench.v": write_testbench(ports, len(words)),
        VECTORS_FILE: write_vectors(ports, boundary.encode(words), circuit.reference.outputs(words)),
        STIMULI: stimuli_text(ports, boundary.encode(design.provenance.stimuli.words)),
    }
    if circuit.edits.edits:
        texts[EDITS] = json_text(circuit.edits.to_json())
    for analysis in design.analyses.values():
        texts |= analysis.files()
    texts["report.json"] = json_text(report(design))
    digests = {name: text_digest(text) for name, text in texts.items() if name != "report.json"}
    texts[MANIFEST] = json_text(manifest(design, digests))
    return texts


def json_text(data: Any) -> str:  # noqa: ANN401  any plain data
    """JSON with a stable layout; a ValueError of a number that JSON does not have."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report(design: Design) -> dict[str, Any]:
    """The figures of a design as plain data: the content of ``report.json``."""
    model, provenance, scores = design.model, design.provenance, design.accuracies
    return {
        "model": model_facts(model),
        "dataset": _dataset(design),
        "accuracy": {
            "metric": scores.metric,
            "float": scores.float_model,
            "train": scores.train,
            "test": scores.test,
            "test_interval": scores.test_interval(),
            "train_rows": scores.train_rows,
            "test_rows": scores.test_rows,
        },
        "estimate": _estimate(design),
        **_contents(design),
        "converters": _converters(design),
        "system": design.system.to_json(),
        "power_source": design.system.to_json()["power_source"],
        "gates": design.gate_count,
        "netlist": {"and_nodes": design.circuit.and_nodes},
        "verification": (design.verification or Verification()).to_json(),
        "stimuli": provenance.stimuli.to_json(),
        "notes": list(design.notes),
        "options": plain(asdict(provenance.options)),
        "seed": provenance.options.seed,
        "digests": _digests(design),
        "versions": dict(provenance.versions),
        "seconds": {**provenance.seconds, "total": round(sum(provenance.seconds.values()), 3)},
    }


def model_facts(model: IntegerModel) -> dict[str, Any]:
    """What a report says of a model."""
    return {
        "kind": model.origin.kind,
        "origin": model.origin.estimator,
        "features": model.coding.measured_count,
        "input_bits": list(model.coding.bits[: model.coding.measured_count]),
        "classes": list(model.decision.classes),
    }


def _contents(design: Design) -> dict[str, Any]:
    """What tells of a design's inside, and what else was found out about it, without what is empty."""
    confusions, approximation = design.measured.confusions, design.approximation
    found = {
        "confusion": confusions.to_json() if confusions else {},
        "coefficients": coefficients(design.model),
        "rules": design.circuit.rules,
        "circuit": drawn_circuit(design.circuit.mapped, design.circuit.library, design.measured.origins),
        "approximation": approximation.to_json() if approximation else {},
        "analyses": analyses_report(design.analyses),
    }
    return {name: content for name, content in plain(found).items() if content}


def analyses_report(analyses: Mapping[str, Analysis]) -> dict[str, Any]:
    """The findings of analyses as plain data, each with what the page shows of it."""
    found = {name: {**each.to_json(), "section": each.section()._asdict()} for name, each in analyses.items()}
    return cast("dict[str, Any]", plain(found))


def drawn_circuit(mapped: MappedNetlist, library: CellLibrary, origins: Sequence[str]) -> dict[str, Any]:
    """Cells and nets of a circuit small enough to be drawn, as plain data; empty for a larger one.

    Net 0 and 1 are the constants, other nets are numbered as in `bespoke.netlist.MappedNetlist`.
    """
    if len(mapped.instances) > MAX_DRAWN_CELLS:
        return {}
    names = origins or [""] * len(mapped.instances)
    cells = [
        {
            "cell": instance.cell,
            "kind": cell_kind(library[instance.cell]),
            "inputs": list(instance.fanins),
            "outputs": list(instance.fanouts),
            "group": group,
        }
        for instance, group in zip(mapped.instances, names, strict=True)
    ]
    inputs, outputs = (
        [{"name": port.name, "nets": list(port.bits)} for port in ports] for ports in (mapped.inputs, mapped.outputs)
    )
    return {"inputs": inputs, "cells": cells, "outputs": outputs}


def _dataset(design: Design) -> dict[str, Any]:
    return design.provenance.dataset.to_json() if design.provenance.dataset else {}


def _converters(design: Design) -> dict[str, Any]:
    """The converters, with the values of the features that they compare with in the features' own units."""
    facts, coding, model = design.converters.to_json(), design.model.coding, design.converters.model
    for each in facts["features"]:
        index = coding.names.index(each["feature"])
        each["values"] = [coding.at_level(index, level) for level in each["levels"]]
    return {**plain(facts), "title": model.title, "source": model.source}


def _digests(design: Design) -> dict[str, str]:
    digests = {"model": model_digest(design.model), "netlist": text_digest(design.circuit.verilog)}
    return digests | ({"data": design.provenance.dataset.digest} if design.provenance.dataset else {})


def _estimate(design: Design) -> dict[str, Any]:
    """The estimate, each step of its critical path with the origin of its cell."""
    facts = plain(design.estimate.to_json())
    origins = design.measured.origins
    for step in facts["critical_path"] if origins else ():
        step["group"] = origins[step["instance"]]
    return cast("dict[str, Any]", facts)


def manifest(design: Design, files: Mapping[str, str]) -> dict[str, Any]:
    """What is needed to use the circuit, as plain data.

    Parameters
    ----------
    design : Design
    files : dict of str to str
        SHA-256 of the other files by name.
    """
    boundary, ports = design.circuit.boundary, model_ports(design.model, design.circuit.boundary)
    return {
        "format": MANIFEST_FORMAT,
        "version": MANIFEST_VERSION,
        "bespoke": __version__,
        **interface(design.model, boundary, ports),
        "edits": len(design.circuit.edits.edits),
        "lowering": design.circuit.edits.effort,
        "technology": technology_facts(design.circuit.library),
        "dataset": _dataset(design),
        "vectors": {"file": VECTORS_FILE, "count": len(design.vectors.words), "origins": dict(design.vectors.counts)},
        "stimuli": design.provenance.stimuli.to_json(),
        "seed": design.provenance.options.seed,
        "digests": _digests(design),
        "files": dict(sorted(files.items())),
    }


def interface(model: IntegerModel, boundary: Boundary, ports: Ports) -> dict[str, Any]:
    """What of a manifest follows from the model and what its ports carry."""
    half = " + 1/2" if model.coding.rounding == "nearest" else ""
    return {
        "module": MODULE,
        "model": {"kind": model.origin.kind, "origin": model.origin.estimator},
        "inputs": input_entries(model.coding, boundary, ports),
        "input_formula": f"clip(floor((x - low) / span * 2**bits{half}), 0, 2**bits - 1)",
        "output": _output(ports.outputs[0], model.decision),
    }


def technology_facts(library: CellLibrary) -> dict[str, Any]:
    """What a manifest says of a cell library."""
    return {"name": library.name, "vdd": library.vdd, "source": library.source}


def _output(word: Word, decision: Decision) -> dict[str, Any]:
    port = {"port": word.identifier, "bits": word.port_width, "signed": word.signed}
    if decision.is_classifier:
        return port | {"meaning": "index into classes", "classes": list(decision.classes)}
    return port | {"meaning": "value = word / 2**frac_bits", "frac_bits": decision.frac_bits}


def plain(value: Any) -> Any:  # noqa: ANN401  any nesting of plain data
    """Tuples as lists, keys as text: what JSON would make of it."""
    return json.loads(json.dumps(value, default=str))
