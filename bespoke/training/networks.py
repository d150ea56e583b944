"""Networks whose training computes what their circuit does, to the bit."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.cells import GateCosts
from bespoke.errors import ToolMissingError
from bespoke.training.levels import Levels
from bespoke.training.members import Member, NetworkRows, TrainedNetwork


def train_networks(rows: NetworkRows, members: Sequence[Member], costs: GateCosts) -> list[TrainedNetwork]:
    """Train networks, those of the same inputs, layers, activation, epochs and batches at once.

    Parameters
    ----------
    rows : NetworkRows
    members : sequence of Member
    costs : GateCosts
        Of the library, for ``cost_weight``.

    Returns
    -------
    list of TrainedNetwork
        In the order of ``members``.

    Raises
    ------
    ToolMissingError
        Without JAX.
    OptionError
        If sums may need more than 24 bits, beyond which training is not exact, or levels need too large tables.
    ModelError
        If a network differs from its integer model, which is a defect.
    """
    try:
        from bespoke.training.population import train_population
    except ImportError:
        raise ToolMissingError("JAX is not installed", allowed="pip install 'bespoke[training]'") from None
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, member in enumerate(members):
        groups.setdefault(member.options.shape, []).append(number)
    found: dict[int, TrainedNetwork] = {}
    for numbers in groups.values():
        own = [members[number] for number in numbers]
        levels = Levels.of(rows) if own[0].options.inputs == "unary" else None
        trained = train_population(rows if levels is None else levels.rows, own, costs)
        if levels is not None:
            trained = [levels.in_front(network, rows.coding) for network in trained]
        found.update(zip(numbers, trained, strict=True))
    return [found[number] for number in range(len(members))]
