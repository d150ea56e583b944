"""Argmax: the contests of the certificate, or the whole of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.netlist import FALSE, Certificate, Contest, NetlistBuilder, Port
from bespoke.numeric import Interval
from bespoke.proof.block import Block, logic_block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.ledger import Ledger
from bespoke.proof.word import Word, constant_bits, equals, extended, less, select, within

STEP = "decision"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Winner of a part of the scores: its value, literals of its class index, and the classes of the part."""

    value: Word
    index: tuple[int, ...]
    scores: tuple[int, ...]


def prove_argmax(scores: dict[int, Word], certificate: Certificate, output: Port, ledger: Ledger) -> None:
    """Claim that the output is the class of the largest score, the lowest one of equals.

    ``scores`` are the scores in the running by class index, in ascending order.
    """
    final = _final(scores, certificate, ledger)
    if final is None:
        _claim_at_once(scores, output, ledger)
        return

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        index = reader.word(final.index)
        return _among(builder, index, final.scores), index

    ledger.claim(Block(STEP, output.name, output.bits, spec, (nets_of(final.index),), is_output=True))


def _final(scores: dict[int, Word], certificate: Certificate, ledger: Ledger) -> _Candidate | None:
    """Winner over all scores, or None if the contests do not lead to one."""
    width = max(scores).bit_length()
    candidates = [_Candidate(score, constant_bits(i, width), (i,)) for i, score in scores.items()]
    for number, contest in enumerate(certificate.contests):
        literals = (contest.right_wins, *contest.value, *contest.index)
        known = 0 <= contest.left < len(candidates) and 0 <= contest.right < len(candidates)
        if not known or not all(ledger.circuit.has(literal) for literal in literals):
            return None
        left, right = candidates[contest.left], candidates[contest.right]
        if max(left.scores) >= min(right.scores):
            return None
        is_final = len(left.scores) + len(right.scores) == len(scores)
        candidates.append(_prove_contest(number, contest, (left, right), ledger, is_final=is_final))
    return next((c for c in candidates if len(c.scores) == len(scores)), None)


def _prove_contest(
    number: int, contest: Contest, parts: tuple[_Candidate, _Candidate], ledger: Ledger, *, is_final: bool
) -> _Candidate:
    name = f"contest {number}"
    left, right = parts
    a, b = left.value.interval, right.value.interval
    value = Word.of(contest.value, Interval(max(a.low, b.low), max(a.high, b.high)))
    ledger.count(STEP, "contests")
    ledger.claim(logic_block(STEP, f"{name} comparison", (contest.right_wins,), [left.value, right.value], _is_less))
    if contest.value or not is_final:
        _claim_value(f"{name} value", contest.right_wins, value, (left.value, right.value), ledger)
    _claim_index(f"{name} index", contest, left, right, ledger)
    return _Candidate(value, contest.index, left.scores + right.scores)


def _is_less(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
    return [less(builder, *words)]


def _claim_value(name: str, right_wins: int, value: Word, parts: tuple[Word, Word], ledger: Ledger) -> None:
    left, right = parts
    width = 1 + max(len(left.literals), len(right.literals), len(value.literals))

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        a, b = left.read(reader), right.read(reader)
        bits = [extended(word.literals, width, signed=word.signed) for word in (b, a)]
        winner = Word(tuple(select(builder, reader(right_wins), *bits)), value.interval, signed=True)
        return builder.all_of([within(builder, word) for word in (a, b, winner)]), list(winner.literals)

    cut = nets_of(left.literals, right.literals)
    cuts = (nets_of(left.literals, right.literals, (right_wins,)), cut)
    ledger.claim(Block(STEP, name, value.literals, spec, cuts, signed=value.signed))


def _claim_index(name: str, contest: Contest, left: _Candidate, right: _Candidate, ledger: Ledger) -> None:
    width = max(len(left.index), len(right.index))

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        a, b = reader.word(left.index), reader.word(right.index)
        known = builder.and_(_among(builder, a, left.scores), _among(builder, b, right.scores))
        bits = [extended(word, width, signed=False) for word in (b, a)]
        return known, select(builder, reader(contest.right_wins), *bits)

    cut = nets_of(left.index, right.index, (contest.right_wins,))
    ledger.claim(Block(STEP, name, contest.index, spec, (cut,)))


def _among(builder: NetlistBuilder, index: list[int], scores: tuple[int, ...]) -> int:
    return builder.any_of([equals(builder, index, score) for score in scores])


def _claim_at_once(scores: dict[int, Word], output: Port, ledger: Ledger) -> None:
    """Without contests: compare with a plain linear search over the scores."""
    width = max(scores).bit_length()

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        index = [FALSE] * width
        for i, (label, word) in enumerate(zip(scores, words, strict=True)):
            beaten = [less(builder, other, word) for other in words[:i]]
            beaten += [less(builder, word, other) ^ 1 for other in words[i + 1 :]]
            wins = builder.all_of(beaten)
            index = [builder.or_(bit, wins) if label >> k & 1 else bit for k, bit in enumerate(index)]
        return index

    ledger.claim(logic_block(STEP, output.name, output.bits, [*scores.values()], logic, is_output=True))
