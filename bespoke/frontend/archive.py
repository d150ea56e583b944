"""What can be known of a model file without building its objects: its maker, and what stands around the estimator."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from bespoke.frontend.pipeline import SEARCHES

_SCHEMA = "schema.json"
_BEST = "best_estimator_"
# Keys of the outermost object that say how the file is written.
_FORMAT = ("protocol", "_skops_version")
_VERSION = re.compile(rb"_sklearn_version.{1,200}?(\d+\.\d+(?:\.\w+)*)", re.DOTALL)


def best_of_search(content: bytes) -> bytes | None:
    """Archive of the best estimator of the fitted search in a skops archive; None if it holds no such search.

    What a search was given (grids, scorers, splitters) is of any type, and nothing of it is in the circuit. An object
    that occurs twice is written in full each time, so a part of the schema is whole.
    """
    source = zipfile.ZipFile(io.BytesIO(content))
    schema = json.loads(source.read(_SCHEMA))
    best = _best(schema)
    if best is None:
        return None
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(_SCHEMA, json.dumps({**best, **{key: schema[key] for key in _FORMAT if key in schema}}))
        for name in source.namelist():
            if name != _SCHEMA:
                archive.writestr(name, source.read(name))
    return target.getvalue()


def _best(schema: dict[str, Any]) -> dict[str, Any] | None:
    is_search = schema.get("__class__") in SEARCHES and str(schema.get("__module__")).startswith("sklearn.")
    attributes = schema.get("content", {}).get("content", {}) if is_search else {}
    found = attributes.get(_BEST)
    return found if isinstance(found, dict) else None


def maker(content: bytes) -> str:
    """Version of scikit-learn that wrote a model file, as far as the file says it in plain bytes; else nothing."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = archive.read(_SCHEMA) if _SCHEMA in archive.namelist() else b""
    found = _VERSION.search(content)
    return found[1].decode() if found else ""
