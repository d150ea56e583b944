"""Options classes: what a field allows stands beside its default, and nested options are set by the names of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, ClassVar, Protocol, TypeVar

from bespoke.errors import OptionError

_RULE = "rule"


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Options = TypeVar("Options", bound=Record)
Value = TypeVar("Value")


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
    each : tuple of type
        Collections whose members the rule is about.
    """

    fault: str
    allowed: str
    holds: Callable[[Any], bool]
    each: tuple[type, ...] = ()

    def broken_by(self, value: Any) -> list[Any]:  # noqa: ANN401  the value of an option
        """The value, or those of its members, that break the rule."""
        members: Any = (value,)
        if isinstance(value, self.each):
            members = value.values() if isinstance(value, Mapping) else value
        return [member for member in members if not self.holds(member)]


def option(default: Value, rule: Rule) -> Value:
    """Field of options with a rule, which None keeps where it is the default."""
    made: Value = field(default=default, metadata={_RULE: rule})
    return made


def one_of(names: tuple[str, ...]) -> Rule:
    """Names of a choice."""
    return Rule("unknown choice", ", ".join(names), names.__contains__)


def between(low: float, high: float) -> Rule:
    """Numbers from ``low`` to ``high``."""

    def holds(value: object) -> bool:
        return isinstance(value, Real) and low <= float(value) <= high

    return Rule("out of range", f"{low} to {high}", holds)


def whole(low: int, high: int, words: str = "", each: tuple[type, ...] = ()) -> Rule:
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


MOST_JOBS = 1024
JOBS = whole(1, MOST_JOBS)
WORKERS = Rule(
    JOBS.fault, f"{JOBS.allowed}, or the address of a scheduler", lambda jobs: isinstance(jobs, str) or JOBS.holds(jobs)
)
PROPER_SHARE = Rule("out of range", "0 <= share < 1", lambda value: 0 <= value < 1)
NOT_NEGATIVE = Rule("out of range", "0 or more", lambda value: 0 <= value < float("inf"))


def option_fault(name: str, value: object, rule: Rule) -> OptionError:
    """The error for an option that breaks a rule."""
    return OptionError(rule.fault, where=name, got=value, allowed=rule.allowed)


def check_options(options: Record, fault: Callable[[str, Any, Rule], OptionError] = option_fault) -> None:
    """Refuse values that break the rules of their fields.

    Raises
    ------
    OptionError
        Made by ``fault`` of the name, the value, and the rule.
    """
    for one in fields(options):
        rule, value = one.metadata.get(_RULE), getattr(options, one.name)
        if rule and not (value is None and one.default is None):
            for wrong in rule.broken_by(value):
                raise fault(one.name, wrong, rule)


def with_settings(
    options: Options, settings: Mapping[str, Any], renamed: Mapping[str, tuple[str, str]] | None = None
) -> Options:
    """Copy of options with some fields changed; fields of nested options are named as if they were its own.

    Parameters
    ----------
    options : dataclass
    settings : mapping
        Values by the names of fields: its own ones, or else those of the first nested options that have it.
    renamed : mapping, optional
        Other names to fields of nested options: the names of both.

    Raises
    ------
    OptionError
        If a name is unknown or a value is not allowed.
    """
    places = _places(options) | dict(renamed or {})
    parts: dict[str, dict[str, Any]] = {}
    for name, value in settings.items():
        if name not in places:
            hint = "".join(get_close_matches(name, places, n=1))
            raise OptionError("no such option", got=name, allowed=", ".join(sorted(places)), hint=hint)
        part, inner = places[name]
        parts.setdefault(part, {})[inner] = value
    own = parts.pop("", {})
    nested = {part: with_settings(own.get(part, getattr(options, part)), inner) for part, inner in parts.items()}
    return replace(options, **(own | nested))


def _places(options: Record) -> dict[str, tuple[str, str]]:
    """By the name of a setting the field with the nested options that have it, empty for none, and its name there."""
    found = {one.name: ("", one.name) for one in fields(options)}
    for part in tuple(found):
        nested = getattr(options, part)
        if is_dataclass(nested) and not isinstance(nested, type):
            found = {name: (part, name) for name in _places(nested)} | found
    return found
