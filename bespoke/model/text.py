"""Integer models as JSON text, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.errors import BespokeError, ModelFileError
from bespoke.files import parse_json
from bespoke.model.affine import Affine
from bespoke.model.coding import InputCoding
from bespoke.model.compare import Compare
from bespoke.model.decision import Argmax, Decision, Index, Label, Sign, Value, Votes
from bespoke.model.gates import Gates
from bespoke.model.inexact import InexactSums
from bespoke.model.integer_model import IntegerModel, Origin
from bespoke.model.lookup import Lookup
from bespoke.model.masks import Masks
from bespoke.model.shortcut import Shortcut
from bespoke.model.stage import Stage
from bespoke.model.trees import Trees
from bespoke.numeric import whole_number

FORMAT = "bespoke-integer-model"
FORMAT_VERSION = 2
STAGES: dict[str, type[Stage]] = {
    kind.name: kind for kind in (Affine, Trees, Compare, Lookup, Gates, InexactSums, Masks, Shortcut)
}
DECISIONS: dict[str, type[Decision]] = {kind.name: kind for kind in (Argmax, Sign, Votes, Value, Label, Index)}
# Decisions in version 1, where they were kinds: name of the rule, and options.
_KINDS_1: dict[str, tuple[str, dict[str, Any]]] = {
    "leaf": ("index", {}),
    "sign_inclusive": ("sign", {"inclusive": True}),
}


def model_to_text(model: IntegerModel) -> str:
    """JSON text of a model; equal models give equal bytes."""
    data = {"format": FORMAT, "version": FORMAT_VERSION, "origin": model.origin._asdict(), **_function(model)}
    return json.dumps(data, indent=1) + "\n"


def model_from_text(text: str, *, where: str = "model JSON") -> IntegerModel:
    """Read what `model_to_text` wrote, in this version or in version 1.

    Raises
    ------
    ModelFileError
        If the text is not JSON, not a model, of another version, or breaks an invariant.
    RangeError
        If a number needs more than 62 bits.
    NetlistError
        If a netlist inside is malformed.
    """
    data = parse_json(text, ModelFileError, where)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ModelFileError("not an IntegerModel", where=where, allowed=f'"format": "{FORMAT}"')
    reader = _READERS.get(str(data.get("version")))
    if reader is None:
        allowed = " or ".join(_READERS)
        raise ModelFileError("unknown version", where=where, got=data.get("version"), allowed=allowed)
    try:
        return reader(data)
    except BespokeError as error:
        inside = f"{where}, {error.where}" if error.where else where
        raise type(error)(error.what, where=inside, got=error.got, allowed=error.allowed, hint=error.hint) from None
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        raise ModelFileError("malformed", where=where, got=f"{type(error).__name__}: {error}") from None


def model_digest(model: IntegerModel) -> str:
    """SHA-256 of the model's function: coding, stages and decision, not its origin."""
    return hashlib.sha256(json.dumps(_function(model), sort_keys=True).encode()).hexdigest()


def _function(model: IntegerModel) -> dict[str, Any]:
    return {
        "inputs": model.coding.to_json(),
        "stages": [{"stage": stage.name, **stage.to_json()} for stage in model.stages],
        "decision": model.decision.to_json(),
    }


def _read(data: Mapping[str, Any]) -> IntegerModel:
    stages = tuple(_stage(stage) for stage in data["stages"])
    origin = Origin(str(data["origin"]["kind"]), str(data["origin"]["estimator"]))
    return IntegerModel(InputCoding.from_json(data["inputs"]), stages, _decision(data["decision"]), origin)


def _stage(data: Mapping[str, Any]) -> Stage:
    fields = dict(data)
    kind: type[Stage] = _named(STAGES, fields.pop("stage"), "stage")
    return _shortcut(**fields) if kind is Shortcut else kind.from_json(fields)


def _shortcut(tree: dict[str, Any], stages: Sequence[dict[str, Any]], read: int, decision: dict[str, Any]) -> Shortcut:
    """The only stage with stages inside, none of which has any."""
    inner = tuple(_stage(stage) for stage in stages if stage["stage"] != Shortcut.name)
    if len(inner) != len(stages):
        raise ModelFileError("a shortcut inside a shortcut", where="shortcut")
    return Shortcut(Trees.from_json(tree), inner, whole_number(read, ModelFileError), _decision(decision))


def _decision(data: Mapping[str, Any]) -> Decision:
    fields = dict(data)
    kind: type[Decision] = _named(DECISIONS, fields.pop("rule"), "decision")
    return kind(**{**fields, "classes": tuple(fields["classes"])})


def _named(table: Mapping[str, Any], name: object, what: str) -> Any:  # noqa: ANN401  a type of the table
    if name not in table:
        raise ModelFileError(f"unknown {what}", where="model", got=name, allowed=", ".join(table))
    return table[str(name)]


def _read_1(data: Mapping[str, Any]) -> IntegerModel:
    """A model of version 1, which had kinds instead of stages."""
    kind = str(data["kind"])
    if kind not in ("mlp", "svm", "tree"):
        raise ModelFileError("unknown kind", got=kind, allowed="mlp, svm, tree")
    if kind == "tree":
        nodes = dict(data["nodes"])
        stages: list[dict[str, Any]] = [{"stage": "trees", "values": nodes.pop("value"), **nodes}]
    else:
        stages = [{"stage": "affine", **layer} for layer in data["layers"]]
    old = data["decision"]
    rule, options = _KINDS_1.get(str(old["kind"]), (old["kind"], {}))
    decision = {"rule": rule, "classes": old["classes"], "frac_bits": old["frac_bits"], **options}
    origin = {"kind": kind, "estimator": data["origin"]}
    return _read({"origin": origin, "inputs": data["inputs"], "stages": stages, "decision": decision})


_READERS = {"1": _read_1, str(FORMAT_VERSION): _read}
