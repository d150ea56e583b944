"""JSON out of files that anybody may have written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bespoke.errors import BespokeError

Json = Any  # a JSON value


def parse_json(text: str, fault: type[BespokeError], where: str, what: str = "not JSON") -> Json:
    """Plain data of a JSON text; NaN and infinity, which JSON does not have, and a key that is there twice are faults.

    ``what`` says what the text is not, if not JSON alone.

    Raises
    ------
    BespokeError
        Of the given class, if the text is not JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_object)
    except RecursionError:
        raise fault(what, where=where, got="brackets nested too deeply") from None
    except ValueError as error:
        raise fault(what, where=where, got=error) from None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not a number of JSON")


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} stands twice in one object")
        found[key] = value
    return found
