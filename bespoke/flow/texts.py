"""The files of a design as texts: everything that `bespoke verify` and a user of the circuit need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from bespoke import __version__
from bespoke.cells import library_to_json
from bespoke.estimate import power_source
from bespoke.flow.contents import circuit, report_contents
from bespoke.flow.design import Design
from bespoke.flow.reference import CUTS
from bespoke.flow.stimuli import STIMULI, stimuli_text
from bespoke.flow.verification import NOT_RUN, Verification
from bespoke.model import Decision, IntegerModel, model_to_text
from bespoke.verilog import (
    MODULE,
    VECTORS_FILE,
    Word,
    model_boundary,
    write_cells,
    write_netlist,
    write_rtl,
    write_testbench,
    write_vectors,
)

MANIFEST = "manifest.json"
MANIFEST_FORMAT = "bespoke-design"
MANIFEST_VERSION = 1
NOT_VERIFIED = Verification(NOT_RUN, NOT_RUN, NOT_RUN)


def design_texts(design: Design) -> dict[str, str]:
    """Every file of a design by its name; all but ``seconds`` in ``report.json`` is the same in every run."""
    boundary = model_boundary(design.model, module=MODULE)
    words = design.vectors.words
    expected = design.reference.outputs(words)
    texts = {
        "model.json": model_to_text(design.model),
        "netlist.v": netlist_text(design),
        "rtl.v": rtl_text(design.model),
        "cells.v": write_cells(design.library, design.mapped.cell_histogram()),
        "library.json": library_to_json(design.library),
        "testbench.v": write_testbench(boundary, len(words), module=MODULE),
        VECTORS_FILE: write_vectors(boundary, words, expected),
    }
    if design.stimuli_words is not None:
        texts[STIMULI] = stimuli_text(boundary, design.stimuli_words)
    if design.cuts.cuts:
        texts[CUTS] = json_text(design.cuts.to_json())
    texts["report.json"] = json_text(report(design))
    digests = {name: text_digest(text) for name, text in texts.items() if name != "report.json"}
    texts[MANIFEST] = json_text(manifest(design, digests))
    return texts


def netlist_text(design: Design) -> str:
    """Structural Verilog of the mapped netlist."""
    header = [
        f"{design.model.origin or design.model.kind} as a circuit of {design.gate_count} cells",
        f"technology {design.library.name} at {design.library.vdd:g} V",
    ]
    return write_netlist(design.mapped, design.library, module=MODULE, header=header)


def rtl_text(model: IntegerModel) -> str:
    """Behavioural Verilog of the model."""
    return write_rtl(model, module=MODULE)


def json_text(data: Any) -> str:  # noqa: ANN401  any plain data
    """JSON with a stable layout."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def report(design: Design) -> dict[str, Any]:
    """The figures of a design as plain data: the content of ``report.json``."""
    estimate = design.estimate
    source = power_source(estimate.power_mw)
    scores = design.accuracies
    return {
        "model": {
            "kind": design.model.kind,
            "origin": design.model.origin,
            "features": design.model.coding.feature_count,
            "input_bits": list(design.model.coding.bits),
            "classes": list(design.model.decision.classes),
        },
        "dataset": dict(design.dataset),
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
        **report_contents(design.model, design.confusions, circuit(design.mapped, design.library, design.origins)),
        **({"approximation": _plain(dict(design.approximation))} if design.approximation else {}),
        "power_source": source.name if source else None,
        "gates": design.gate_count,
        "verification": (design.verification or NOT_VERIFIED).to_json(),
        "stimuli": dict(design.stimuli),
        "notes": list(design.notes),
        "options": _plain(asdict(design.options)),
        "seed": design.options.seed,
        "digests": dict(design.digests),
        "versions": dict(design.versions),
        "seconds": {**design.seconds, "total": round(sum(design.seconds.values()), 3)},
    }


def _estimate(design: Design) -> dict[str, Any]:
    """The estimate, each step of its critical path with the origin of its cell."""
    facts = _plain(design.estimate.to_json())
    for step in facts["critical_path"] if design.origins else ():
        step["group"] = design.origins[step["instance"]]
    return cast("dict[str, Any]", facts)


def manifest(design: Design, files: Mapping[str, str]) -> dict[str, Any]:
    """What is needed to use the circuit, as plain data.

    Parameters
    ----------
    design : Design
    files : dict of str to str
        SHA-256 of the other files by name.
    """
    boundary = model_boundary(design.model, module=MODULE)
    coding = design.model.coding
    half = " + 1/2" if coding.rounding == "nearest" else ""
    return {
        "format": MANIFEST_FORMAT,
        "version": MANIFEST_VERSION,
        "bespoke": __version__,
        "module": MODULE,
        "model": {"kind": design.model.kind, "origin": design.model.origin},
        "inputs": [
            {"port": word.identifier, "feature": word.name, "bits": word.width, "low": low, "span": span}
            for word, low, span in zip(boundary.inputs, coding.low, coding.span, strict=True)
        ],
        "input_formula": f"clip(floor((x - low) / span * 2**bits{half}), 0, 2**bits - 1)",
        "output": _output(boundary.outputs[0], design.model.decision),
        "cuts": len(design.cuts.cuts),
        "technology": {
            "name": design.library.name,
            "vdd": design.library.vdd,
            "source": design.library.source,
        },
        "dataset": dict(design.dataset),
        "vectors": {"file": VECTORS_FILE, "count": len(design.vectors.words), "origins": dict(design.vectors.counts)},
        "stimuli": dict(design.stimuli),
        "seed": design.options.seed,
        "digests": dict(design.digests),
        "files": dict(sorted(files.items())),
    }


def _output(word: Word, decision: Decision) -> dict[str, Any]:
    port = {"port": word.identifier, "bits": word.port_width, "signed": word.signed}
    if decision.is_classifier:
        return port | {"meaning": "index into classes", "classes": list(decision.classes)}
    return port | {"meaning": "value = word / 2**frac_bits", "frac_bits": decision.frac_bits}


def _plain(value: Any) -> Any:  # noqa: ANN401  any nesting of plain data
    """Tuples as lists, keys as text: what JSON would make of it."""
    return json.loads(json.dumps(value, default=str))
