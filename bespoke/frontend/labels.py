"""Targets as the labels of a model: files write labels as text, and models keep numbers, booleans or text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.model import ClassLabel

_TRUTH = {"true": 1.0, "false": 0.0}


def as_labels(targets: NDArray[Any], classes: Sequence[ClassLabel]) -> NDArray[Any]:
    """Targets in the labels of a model, shape (n_samples,).

    A target that is no label becomes the label that is written alike: ``True`` is ``1`` and ``"True"``, ``1`` is
    ``"1"`` and ``"01"``. Others, and all targets where two labels are written alike, stay as they are.
    """
    known = set(classes)
    found = set(targets.tolist()) - known
    by_writing = {_written(label): label for label in classes}
    names = {target: by_writing[_written(target)] for target in found if _written(target) in by_writing}
    if not names or len(by_writing) < len(known):
        return targets
    labels = [names.get(target, target) for target in targets.tolist()]
    kinds = {type(label) for label in labels}
    return np.array(labels, dtype=object if len(kinds) > 1 else None)


def _written(label: ClassLabel) -> float | str:
    """Number or text that all writings of a label have in common."""
    if not isinstance(label, str):
        return float(label)
    text = label.strip()
    try:
        number = _TRUTH[text.lower()] if text.lower() in _TRUTH else float(text.replace("_", "x"))
    except ValueError:
        return text
    return number if np.isfinite(number) else text
