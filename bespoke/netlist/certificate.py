"""Hints that lowering leaves for the proof checker: which nets realise which arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Adder:
    """A full or half adder: ``sum(addends) = total + 2 * carry`` over the integers 0 and 1.

    ``addends`` are two or three literals, constants included.
    """

    addends: tuple[int, ...]
    total: int
    carry: int


@dataclass(frozen=True, slots=True)
class PartHint:
    """A sub-sum that several sums share: ``result = first + 2**shift * second``, all unsigned and exact.

    ``first`` and ``second`` are words of literals, least significant first: bits of a layer's inputs (any of them
    complemented) or results of earlier parts (all of them complemented or none). ``result`` is just wide enough
    for the largest sum, which follows from the ranges of the inputs.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    shift: int
    result: tuple[int, ...]
    adders: tuple[Adder, ...]


class TermHint(NamedTuple):
    """One summand ``sign * 2**shift * word`` of a sum, the word unsigned and given by its literals."""

    word: tuple[int, ...]
    shift: int
    sign: int


@dataclass(frozen=True, slots=True)
class SumHint:
    """How one weighted sum was built.

    Attributes
    ----------
    result : tuple of int
        Literals of the two's-complement sum modulo ``2**len(result)``, least significant first.
    adders : tuple of Adder
        In the order in which they were built.
    terms : tuple of TermHint
        What the adders add, up to a constant: words of the layer's inputs (a signed one with its sign bit
        flipped) and results of parts.
    parts : tuple of PartHint
        The parts below the terms, in the order in which they were built.
    """

    result: tuple[int, ...]
    adders: tuple[Adder, ...]
    terms: tuple[TermHint, ...] = ()
    parts: tuple[PartHint, ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """One match of an argmax tournament.

    Candidates 0 .. K-1 are the K scores in the running; candidate ``K + m`` is the winner of contest ``m``. All
    class indices below ``left`` are lower than those below ``right``, so ``right`` wins only if it is strictly larger.

    Attributes
    ----------
    left, right : int
        Candidate numbers.
    right_wins : int
        Literal of "right's value > left's value".
    value : tuple of int
        Literals of the winner's value, empty for the final.
    index : tuple of int
        Literals of the winner's class index.
    """

    left: int
    right: int
    right_wins: int
    value: tuple[int, ...]
    index: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Nets of a lowered netlist by what they claim to compute.

    A key is the role of a signal, the number of its stage (from 0; the decision's is the number of stages), and the
    number of the signal there.

    Attributes
    ----------
    sums : dict of Key to SumHint
        ``("sum", l, j)``: weighted sum ``j`` of stage ``l``, bias included, and in the last stage
        `Decision.score_offset` too; ``("votes", l, i)``: votes for class ``i``. A sum whose sign alone matters
        and is known from its exact range is absent.
    words : dict of Key to tuple of int
        Literals, least significant first, of ``("input", 0, i)`` (the binary word made of the thermometer code of
        feature ``i``; bits that nothing reads may be 0), ``("unit", l, j)`` (output ``j`` of stage ``l`` behind its
        activation, unsigned), ``("inner", l, j)`` (word ``j`` inside stage ``l``, such as the leaf of one tree, in the
        order of the stage's own definition), ``("pair", l, p)`` (one literal: score ``p`` > 0). A pair is absent
        where its outcome is decided by its range or cannot change the winner.
    contests : tuple of Contest
        The argmax tournament over the scores (or vote counts) of the classes that are not in ``beaten``, in the
        order built.
    beaten : dict of int to tuple of int
        Class that never wins an argmax to the non-negative multipliers ``m_j`` of all classes that prove it:
        ``sum(m_j * (s_j - s_i + (j < i))) >= 1`` over the ranges of the stage's inputs. Their sums are absent.
    common : tuple of int
        Weights, then bias, of the linear function of the stage's inputs that was subtracted from all scores of an
        argmax before they were built; empty for none.
    """

    sums: dict[Key, SumHint] = field(default_factory=dict)
    words: dict[Key, tuple[int, ...]] = field(default_factory=dict)
    contests: tuple[Contest, ...] = ()
    beaten: dict[int, tuple[int, ...]] = field(default_factory=dict)
    common: tuple[int, ...] = ()

    def copied(self, literal: Callable[[int], int]) -> Certificate:
        """The hints about a copy of the netlist, for what stands there for each literal."""

        def word(literals: Iterable[int]) -> tuple[int, ...]:
            return tuple(map(literal, literals))

        def adders(hints: Iterable[Adder]) -> tuple[Adder, ...]:
            return tuple(Adder(word(a.addends), literal(a.total), literal(a.carry)) for a in hints)

        def part(hint: PartHint) -> PartHint:
            ends = word(hint.first), word(hint.second), hint.shift, word(hint.result)
            return PartHint(*ends, adders(hint.adders))

        def total(hint: SumHint) -> SumHint:
            terms = tuple(TermHint(word(term.word), term.shift, term.sign) for term in hint.terms)
            return SumHint(word(hint.result), adders(hint.adders), terms, tuple(map(part, hint.parts)))

        def contest(hint: Contest) -> Contest:
            wins, value, index = literal(hint.right_wins), word(hint.value), word(hint.index)
            return replace(hint, right_wins=wins, value=value, index=index)

        return replace(
            self,
            sums={key: total(hint) for key, hint in self.sums.items()},
            words={key: word(literals) for key, literals in self.words.items()},
            contests=tuple(map(contest, self.contests)),
        )
