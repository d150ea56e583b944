"""Options classes: what each field allows stands in its type, and one function checks them all.

A field of options is checked by the `Rule` in its type, as in ``share: Annotated[float, between(0, 1)] = 0.5``, or
because its type is a ``Literal``. ``None`` passes where the type has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cache
from numbers import Integral, Real
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from bespoke.errors import OptionError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Options = TypeVar("Options", bound=DataclassInstance)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value has to keep.

    Attributes
    ----------
    fault : str
        What is wrong with a value that breaks it.
    allowed : str
    holds : callable
        Whether a value keeps it.
    each : bool
        Whether it is about each member of a value that has some: items of a list or a tuple, values of a mapping.
    """

    fault: str
    allowed: str
    holds: Callable[[Any], bool]
    each: bool = False

    def broken_by(self, value: Any) -> list[Any]:  # noqa: ANN401  the value of an option
        """The value, or those of its members, that break the rule."""
        members: Any = (value,)
        if self.each and isinstance(value, Mapping | list | tuple):
            members = value.values() if isinstance(value, Mapping) else value
        return [member for member in members if not self.holds(member)]


Fault = Callable[[str, Any, Rule], OptionError]


def between(low: float, high: float) -> Rule:
    """Numbers from ``low`` to ``high``."""
    return Rule("out of range", f"{low} to {high}", lambda value: isinstance(value, Real) and low <= value <= high)


def whole(low: int, high: int, words: str = "", *, each: bool = False) -> Rule:
    """Whole numbers from ``low`` to ``high``; True and 1.0 are none."""

    def holds(value: object) -> bool:
        return isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high

    return Rule("out of range", f"{words}{low} to {high}", holds, each)


def at_least(low: int) -> Rule:
    """Numbers from ``low``."""
    return Rule("too small", f"{low} or more", lambda value: value >= low)


def positive(words: str) -> Rule:
    """Finite numbers above 0."""
    return Rule("must be positive", words, lambda value: 0 < value < float("inf"))


def share_below_1() -> Rule:
    """Shares that leave something."""
    return Rule("out of range", "0 <= share < 1", lambda value: 0 <= value < 1)


def option_fault(name: str, value: object, rule: Rule) -> OptionError:
    """The error for an option that breaks a rule."""
    return OptionError(rule.fault, where=name, got=value, allowed=rule.allowed)


def check_options(options: DataclassInstance, fault: Fault = option_fault) -> None:
    """Refuse values that break the rules of their fields.

    Raises
    ------
    OptionError
        Made by ``fault`` of the name, the value, and the rule.
    """
    for name, rule, may_lack in _rules(type(options)):
        value = getattr(options, name)
        for wrong in () if value is None and may_lack else rule.broken_by(value):
            raise fault(name, wrong, rule)


@cache
def _rules(kind: type) -> tuple[tuple[str, Rule, bool], ...]:
    """Name and rule of each field that has one, and whether it may be None."""
    found = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        types = [part for part in (get_args(hint) if get_origin(hint) is Union else (hint,)) if part is not NoneType]
        rule = _rule(types[0]) if len(types) == 1 else None
        if rule:
            found.append((name, rule, hint is not types[0]))
    return tuple(found)
