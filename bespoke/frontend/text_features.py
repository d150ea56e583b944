"""Features that are texts, which the encoders of a pipeline turn into numbers."""

from __future__ import annotations

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.attributes import Estimator
from bespoke.frontend.encoders import Coded
from bespoke.frontend.pipeline import unwrap
from bespoke.model import TextCodes


def text_codes(model: Estimator) -> tuple[TextCodes, ...]:
    """What the encoders of a fitted pipeline make of features that are texts; nothing for other models.

    Raises
    ------
    ModelError
        If a step is not supported, or two encoders know different texts of a feature.
    """
    view = unwrap(model).whole
    names = getattr(model, "feature_names_in_", None)
    found: dict[int, TextCodes] = {}
    for column in view.columns if view else ():
        first = column.maps[0] if column.maps else None
        if not isinstance(first, Coded) or not first.texts:
            continue
        feature = column.source if names is None else str(names[column.source])
        codes = TextCodes(feature, first.texts, first.unknown is not None)
        if found.setdefault(column.source, codes) != codes:
            what, got = "a feature with several lists of texts", ", ".join(first.texts)
            raise UnsupportedModelError(what, where=first.where, got=got, allowed="one encoder for each feature")
    return tuple(found.values())
