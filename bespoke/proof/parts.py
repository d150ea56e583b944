"""Shared sub-sums: words as integer linear forms of a sum's input words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bespoke.netlist import PartHint, TermHint
from bespoke.proof.adders import AdderChecker
from bespoke.proof.polynomial import Elimination, adder_identity, part_identity
from bespoke.proof.word import Word

Literals = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinearForm:
    """``constant + sum(weight * word)`` over unsigned words, which are given by their literals."""

    weights: dict[Literals, int] = field(default_factory=dict)
    constant: int = 0

    def plus(self, other: LinearForm, factor: int) -> LinearForm:
        """Sum with a multiple of another form."""
        weights = dict(self.weights)
        for word, weight in other.weights.items():
            weights[word] = weights.get(word, 0) + factor * weight
        return LinearForm({w: v for w, v in weights.items() if v}, self.constant + factor * other.constant)


def form_of(word: Word) -> LinearForm:
    """A proven word: unsigned as it is, signed as its reading with the sign bit flipped, less half its span."""
    if not word.literals:
        return LinearForm()
    if not word.signed:
        return LinearForm({word.literals: 1})
    return LinearForm({flipped(word.literals): 1}, -1 << len(word.literals) - 1)


def flipped(literals: Literals) -> Literals:
    """A word with its top bit complemented."""
    return (*literals[:-1], literals[-1] ^ 1)


class PartTable:
    """What words of literals are worth as linear forms of one sum's input words, and how large they can be.

    Parameters
    ----------
    checker : AdderChecker
    words : iterable of Word
        Proven input words.
    """

    def __init__(self, checker: AdderChecker, words: Iterable[Word]) -> None:
        self._checker = checker
        self._forms: dict[Literals, LinearForm] = {(): LinearForm()}
        self._tops: dict[Literals, int] = {(): 0}
        for word in words:
            form = form_of(word)
            for literals in form.weights:
                top = (1 << len(literals)) - 1 if word.signed else word.interval.high
                self._note(literals, LinearForm({literals: 1}), min(top, self._tops.get(literals, top)))

    def _note(self, literals: Literals, form: LinearForm, top: int) -> None:
        """Enter a word and its complement."""
        self._forms[literals], self._tops[literals] = form, top
        full = (1 << len(literals)) - 1
        complement = tuple(literal ^ 1 for literal in literals)
        self._forms[complement], self._tops[complement] = LinearForm({}, full).plus(form, -1), full

    def add_parts(self, parts: Sequence[PartHint]) -> bool:
        """Prove parts in the order in which they were built and enter them; False if one is not proven."""
        return all(part.result in self._forms or self._add(part) for part in parts)

    def _add(self, part: PartHint) -> bool:
        """The sum is exact since it is right modulo ``2**len(result)`` and cannot reach that."""
        first, second = self._forms.get(part.first), self._forms.get(part.second)
        if first is None or second is None or part.shift < 0:
            return False
        top = self._tops[part.first] + (self._tops[part.second] << part.shift)
        modulus = 1 << len(part.result)
        if top >= modulus or not all(self._checker.holds(adder) for adder in part.adders):
            return False
        if Elimination(part_identity(part), map(adder_identity, part.adders), modulus).run():
            return False
        self._note(part.result, first.plus(second, 1 << part.shift), top)
        return True

    def total(self, terms: Sequence[TermHint]) -> LinearForm | None:
        """Linear form of a sum of terms; None if a word is not known."""
        total = LinearForm()
        for literals, shift, sign in terms:
            form = self._forms.get(literals)
            if form is None or shift < 0:
                return None
            total = total.plus(form, sign << shift if sign > 0 else -(-sign << shift))
        return total
