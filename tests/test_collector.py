"""Pauses of the garbage collector."""

from __future__ import annotations

import gc

import pytest

from bespoke.collector import uncollected


def test_a_pause_within_a_pause_ends_with_the_outer_one() -> None:
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_fault_ends_the_pause() -> None:
    @uncollected()
    def fails() -> None:
        assert not gc.isenabled()
        raise ValueError("so")

    for _ in range(2):
        with pytest.raises(ValueError, match="so"):
            fails()
        assert gc.isenabled()
