"""IntegerModel as JSON text, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from bespoke.errors import BespokeError, ModelFileError
from bespoke.model.coding import InputCoding
from bespoke.model.decision import Decision
from bespoke.model.layer import Layer
from bespoke.model.sums import IntegerMLP, IntegerSVM
from bespoke.model.tree import IntegerTree

FORMAT = "bespoke-integer-model"
FORMAT_VERSION = 1

IntegerModel = IntegerMLP | IntegerSVM | IntegerTree


def model_to_text(model: IntegerModel) -> str:
    """JSON text of a model; equal models give equal bytes."""
    return json.dumps({"format": FORMAT, "version": FORMAT_VERSION, **model.to_json()}, indent=1) + "\n"


def model_from_text(text: str, *, where: str = "model JSON") -> IntegerModel:
    """Read what `model_to_text` wrote.

    Raises
    ------
    ModelFileError
        If the text is not JSON, not a model, of another version, or breaks an invariant.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ModelFileError("not JSON", where=where, got=error) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ModelFileError("not an IntegerModel", where=where, allowed=f'"format": "{FORMAT}"')
    if data.get("version") != FORMAT_VERSION:
        raise ModelFileError("unknown version", where=where, got=data.get("version"), allowed=str(FORMAT_VERSION))
    reader = _READERS.get(str(data.get("kind")))
    if reader is None:
        raise ModelFileError("unknown kind", where=where, got=data.get("kind"), allowed=", ".join(_READERS))
    try:
        return reader(data)
    except BespokeError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        raise ModelFileError("malformed", where=where, got=f"{type(error).__name__}: {error}") from None


def model_digest(model: IntegerModel) -> str:
    """SHA-256 of the model's function: coding, coefficients and decision, not its origin."""
    data = model.to_json()
    del data["origin"]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _read_sums(kind: type[IntegerMLP | IntegerSVM]) -> Callable[[dict[str, Any]], IntegerModel]:
    def read(data: dict[str, Any]) -> IntegerModel:
        return kind(
            coding=InputCoding.from_json(data["inputs"]),
            layers=tuple(Layer.from_json(layer) for layer in data["layers"]),
            decision=Decision.from_json(data["decision"]),
            origin=str(data["origin"]),
        )

    return read


def _read_tree(data: dict[str, Any]) -> IntegerModel:
    return IntegerTree(
        coding=InputCoding.from_json(data["inputs"]),
        **data["nodes"],
        decision=Decision.from_json(data["decision"]),
        origin=str(data["origin"]),
    )


_READERS: dict[str, Callable[[dict[str, Any]], IntegerModel]] = {
    "mlp": _read_sums(IntegerMLP),
    "svm": _read_sums(IntegerSVM),
    "tree": _read_tree,
}
