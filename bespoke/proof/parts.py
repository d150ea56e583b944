"""Shared sub-sums: exact identities of whole words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bespoke.netlist import PartHint
from bespoke.proof.adders import AdderChecker
from bespoke.proof.polynomial import Elimination, Polynomial, adder_identity, part_identity, primitive
from bespoke.proof.word import Word


class PartProver:
    """Proves ``result = first + 2**shift * second`` over the integers for the parts of a certificate.

    Parameters
    ----------
    checker : AdderChecker
    """

    def __init__(self, checker: AdderChecker) -> None:
        self._checker = checker
        self._tops: dict[tuple[int, ...], int] = {}
        self._known: dict[PartHint, Polynomial | None] = {}

    def note_words(self, words: Iterable[Word]) -> None:
        """Take the proven largest values of words into account."""
        for word in words:
            if not word.signed and word.literals:
                self._tops[word.literals] = min(word.interval.high, self._top(word.literals))

    def identities(self, parts: Sequence[PartHint]) -> list[Polynomial] | None:
        """Identities of parts, in the order in which they were built; None if one of them is not proven."""
        found = [self._identity(part) for part in parts]
        return [identity for identity in found if identity is not None] if None not in found else None

    def _identity(self, part: PartHint) -> Polynomial | None:
        if part not in self._known:
            self._known[part] = self._prove(part)
        return self._known[part]

    def _prove(self, part: PartHint) -> Polynomial | None:
        """The sum is exact since it is right modulo ``2**len(result)`` and cannot reach that."""
        top = self._top(part.first) + (self._top(part.second) << part.shift)
        modulus = 1 << len(part.result)
        if part.shift < 0 or top >= modulus or not all(self._checker.holds(adder) for adder in part.adders):
            return None
        identity = part_identity(part)
        if Elimination(identity, map(adder_identity, part.adders), modulus).run():
            return None
        self._tops[part.result] = min(top, self._top(part.result))
        return primitive(identity)

    def _top(self, literals: tuple[int, ...]) -> int:
        """Largest value known of an unsigned word."""
        return self._tops.get(literals, (1 << len(literals)) - 1)
