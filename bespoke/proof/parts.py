"""Shared sub-sums: words as integer linear forms of a sum's input words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bespoke.netlist import TRUE, Adder, PartHint, TermHint
from bespoke.numeric import Interval
from bespoke.proof.adders import AdderChecker
from bespoke.proof.polynomial import Elimination, Polynomial, add_literal, add_word, adder_identity
from bespoke.proof.word import Word

Literals = tuple[int, ...]
# ``sum(factor * word)`` over unsigned words, which are given by their literals; that of the constant is `ONE`.
Form = dict[Literals, int]
ONE = (TRUE,)


def plus(form: Form, other: Form, factor: int) -> Form:
    """Sum of a form and a multiple of another one, zeros left out."""
    total = {word: form.get(word, 0) + factor * other.get(word, 0) for word in (*form, *other)}
    return {word: weight for word, weight in total.items() if weight}


def as_unsigned(word: Word) -> tuple[Literals, int]:
    """Unsigned word, and what it lacks: of a signed word its reading with the sign bit flipped, less half its span."""
    if not word.signed or not word.literals:
        return word.literals, 0
    return (*word.literals[:-1], word.literals[-1] ^ 1), -1 << len(word.literals) - 1


def identity_holds(
    checker: AdderChecker, word: Word, terms: Sequence[TermHint], constant: int, adders: Sequence[Adder]
) -> bool:
    """Whether a word is ``constant + sum(terms)`` modulo its span, as far as true adders show it."""
    difference: Polynomial = {}
    add_word(difference, word.literals, 1, signed=word.signed)
    add_literal(difference, TRUE, -constant)
    for literals, shift, sign in terms:
        add_word(difference, literals, -sign << shift, signed=False)
    if not all(map(checker.holds, adders)):
        return False
    return not Elimination(difference, map(adder_identity, adders), 1 << len(word.literals)).run()


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
        self._forms: dict[Literals, Form] = {(): {}}
        self._tops: dict[Literals, int] = {(): 0}
        self._note(ONE, {ONE: 1}, 1)
        for word in words:
            literals, _ = as_unsigned(word)
            self._note(literals, {literals: 1}, (1 << len(literals)) - 1 if word.signed else word.interval.high)

    def _note(self, literals: Literals, form: Form, top: int) -> None:
        """Enter a word and its complement, where these are new, and how large they can be."""
        full = (1 << len(literals)) - 1
        complement = tuple(literal ^ 1 for literal in literals)
        for word, value, most in ((literals, form, top), (complement, plus({ONE: full}, form, -1), full)):
            self._forms.setdefault(word, value)
            self._tops[word] = min(most, self._tops.get(word, most))

    def add_parts(self, parts: Sequence[PartHint]) -> bool:
        """Prove parts in the order in which they were built and enter them; False if one is not proven."""
        return all(part.result in self._forms or self._add(part) for part in parts)

    def _add(self, part: PartHint) -> bool:
        """The sum is exact since it is right modulo ``2**len(result)`` and cannot reach that."""
        terms = (TermHint(part.first, 0, 1), TermHint(part.second, part.shift, 1))
        form = self.total(terms)
        if form is None:
            return False
        top = self._tops[part.first] + (self._tops[part.second] << part.shift)
        result = Word.of(part.result, Interval.unsigned(len(part.result)))
        if top >> len(part.result) or not identity_holds(self._checker, result, terms, 0, part.adders):
            return False
        self._note(part.result, form, top)
        return True

    def total(self, terms: Sequence[TermHint]) -> Form | None:
        """Linear form of a sum of terms; None if a word is not known."""
        total: Form = {}
        for literals, shift, sign in terms:
            form = self._forms.get(literals)
            if form is None or shift < 0:
                return None
            total = plus(total, form, sign << shift)
        return total
