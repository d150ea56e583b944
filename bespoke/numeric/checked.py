"""Numbers out of files, refused where they would silently become other numbers."""

from __future__ import annotations

import reprlib
from numbers import Integral, Real

from bespoke.errors import BespokeError


def whole_number(value: object, fault: type[BespokeError]) -> int:
    """The value, if it is a whole number; a boolean, a text and 1.0 are none.

    Raises
    ------
    BespokeError
        Of the given class.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise fault("not a whole number", got=reprlib.repr(value))
    return int(value)


def real_number(value: object, fault: type[BespokeError]) -> float:
    """The value, if it is a number; a boolean and a text are none.

    Raises
    ------
    BespokeError
        Of the given class.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise fault("not a number", got=reprlib.repr(value))
    return float(value)
