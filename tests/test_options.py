"""Rules beside the defaults of options, and settings by the names of nested fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from bespoke.errors import OptionError
from bespoke.options import at_least, between, check_options, one_of, option, positive, whole, with_settings


@dataclass(frozen=True)
class Inner:
    bits: int | tuple[int, ...] | Mapping[str, int] = option(4, whole(0, 16, "whole numbers ", (tuple, Mapping)))
    share: float = option(0.5, between(0, 1))
    seed: int = 1


@dataclass(frozen=True)
class Outer:
    inner: Inner = field(default_factory=Inner)
    other: Inner = field(default_factory=Inner)
    kind: str = option("a", one_of(("a", "b")))
    count: int = option(3, at_least(2))
    limit: float | None = option(None, positive("ms, above 0"))
    seed: int = 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Inner(bits=17), "bits: out of range; got 17; allowed: whole numbers 0 to 16"),
        (Inner(bits=True), "bits: out of range; got True; allowed: whole numbers 0 to 16"),
        (Inner(bits=4.0), "bits: out of range; got 4.0; allowed: whole numbers 0 to 16"),
        (Inner(bits=(3, -1)), "bits: out of range; got -1; allowed: whole numbers 0 to 16"),
        (Inner(bits={"x": 3, "y": 99}), "bits: out of range; got 99; allowed: whole numbers 0 to 16"),
        (Inner(bits=[3]), "bits: out of range; got [3]; allowed: whole numbers 0 to 16"),
        (Inner(share=float("nan")), "share: out of range; got nan; allowed: 0 to 1"),
        (Inner(share="x"), "share: out of range; got x; allowed: 0 to 1"),
        (Inner(share=None), "share: out of range; allowed: 0 to 1"),
        (Outer(kind="c"), "kind: unknown choice; got c; allowed: a, b"),
        (Outer(count=1), "count: too small; got 1; allowed: 2 or more"),
        (Outer(limit=0.0), "limit: must be positive; got 0.0; allowed: ms, above 0"),
    ],
)
def test_what_breaks_a_rule_is_named(options: Any, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        check_options(options)
    assert str(caught.value) == message


@pytest.mark.parametrize("options", [Inner(bits=(0, 16)), Inner(np.int64(3), np.float32(1)), Outer(limit=2), Outer()])
def test_what_keeps_the_rules_passes(options: Any) -> None:
    check_options(options)


def test_settings_reach_the_first_options_that_have_them() -> None:
    changed = with_settings(Outer(), {"bits": 5, "kind": "b", "seed": 7, "far": 9}, {"far": ("other", "seed")})
    assert changed == Outer(inner=Inner(bits=5), other=Inner(seed=9), kind="b", seed=7)


def test_settings_change_nested_options_that_are_given_beside_them() -> None:
    assert with_settings(Outer(), {"share": 0.25, "inner": Inner(bits=2)}).inner == Inner(bits=2, share=0.25)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(OptionError, match="no such option; got shar; did you mean share"):
        with_settings(Outer(), {"shar": 1})
    with pytest.raises(OptionError, match="got q; allowed: bits, count, inner, kind, limit, other, seed, share"):
        with_settings(Outer(), {"q": 1})
