"""Linear polynomials over nets modulo a power of two, and the elimination of adders from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bespoke.netlist import Adder

CONSTANT = 0
Polynomial = dict[int, int]


def add_literal(polynomial: Polynomial, literal: int, weight: int) -> None:
    """Add ``weight * literal``, where a complemented literal is ``1 - net``; `CONSTANT` keys the constant."""
    net = literal >> 1
    if literal & 1:
        polynomial[CONSTANT] = polynomial.get(CONSTANT, 0) + weight
        weight = -weight
    if net:
        polynomial[net] = polynomial.get(net, 0) + weight


def add_word(polynomial: Polynomial, literals: Sequence[int], weight: int, *, signed: bool) -> None:
    """Add ``weight`` times the number on the literals."""
    top = len(literals) - 1
    for bit, literal in enumerate(literals):
        add_literal(polynomial, literal, -(weight << bit) if signed and bit == top else weight << bit)


def reduced(polynomial: Polynomial, modulus: int) -> Polynomial:
    """Coefficients modulo ``modulus``, zeros left out."""
    return {net: value % modulus for net, value in polynomial.items() if value % modulus}


def adder_identity(adder: Adder) -> Polynomial:
    """The polynomial ``total + 2 * carry - sum(addends)``, which is zero where the adder is true."""
    identity: Polynomial = {}
    add_literal(identity, adder.total, 1)
    add_literal(identity, adder.carry, 2)
    for literal in adder.addends:
        add_literal(identity, literal, -1)
    return {net: value for net, value in identity.items() if value}


class Elimination:
    """Subtracts multiples of identities from a polynomial until nothing is left, if that can be done.

    Every identity is zero for all inputs, so any multiple of it may be subtracted: the multiples are guessed
    from nets that stand in one open identity only, and a wrong guess can leave a rest but never hide one.

    Parameters
    ----------
    polynomial : Polynomial
        What should be zero modulo ``modulus``.
    identities : iterable of Polynomial
    modulus : int
        A power of two.
    """

    def __init__(self, polynomial: Polynomial, identities: Iterable[Polynomial], modulus: int) -> None:
        self._modulus = modulus
        self._rest = reduced(polynomial, modulus)
        distinct = {_key(identity): identity for identity in identities if identity}
        self._open: dict[int, Polynomial] = dict(enumerate(distinct.values()))
        self._where: dict[int, set[int]] = {}
        for number, identity in self._open.items():
            for net in identity:
                if net != CONSTANT:
                    self._where.setdefault(net, set()).add(number)
        self._ready = [net for net, numbers in self._where.items() if len(numbers) == 1]

    def run(self) -> Polynomial:
        """Return the rest; it is empty if the polynomial is zero for all inputs as far as could be shown."""
        while self._take_odd() or self._take_even():
            pass
        return self._rest

    def _take_odd(self) -> bool:
        """Settle identities that alone hold some net with an odd coefficient."""
        taken = False
        while self._ready:
            net = self._ready.pop()
            numbers = self._where[net]
            if len(numbers) == 1:
                number = next(iter(numbers))
                coefficient = self._open[number][net]
                if coefficient & 1:
                    factor = self._rest.get(net, 0) * pow(coefficient, -1, self._modulus)
                    self._subtract(number, factor)
                    taken = True
        return taken

    def _take_even(self) -> bool:
        """Settle one identity that alone holds a net (a carry) with coefficient 2 or -2."""
        for number in reversed(self._open):
            for net, coefficient in self._open[number].items():
                if net == CONSTANT or abs(coefficient) != 2 or len(self._where[net]) != 1:
                    continue
                value = self._rest.get(net, 0) * coefficient // 2 % self._modulus
                if value and not value & 1:
                    self._subtract(number, value // 2)
                    return True
        return False

    def _subtract(self, number: int, factor: int) -> None:
        identity = self._open.pop(number)
        factor %= self._modulus
        for net, coefficient in identity.items():
            value = (self._rest.get(net, 0) - factor * coefficient) % self._modulus
            if value:
                self._rest[net] = value
            else:
                self._rest.pop(net, None)
            if net != CONSTANT:
                numbers = self._where[net]
                numbers.discard(number)
                if len(numbers) == 1:
                    self._ready.append(net)


def _key(identity: Polynomial) -> tuple[tuple[int, int], ...]:
    """The same key for an identity and its negative."""
    items = sorted(identity.items())
    sign = 1 if items[-1][1] > 0 else -1
    return tuple((net, sign * value) for net, value in items)
