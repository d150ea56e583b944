"""Families of models: what can be trained on the words of a circuit, and the race between their candidates."""

from bespoke.families.additive import Additive
from bespoke.families.alternating import Alternating
from bespoke.families.annealed import Annealed
from bespoke.families.arithmetic import Arithmetic
from bespoke.families.boosting import Boosting
from bespoke.families.evolved import Evolved
from bespoke.families.family import Family
from bespoke.families.float_models import FLOAT_MODELS, float_accuracies, float_score
from bespoke.families.forest import Forest
from bespoke.families.learning import Learning, Prices
from bespoke.families.linear import Linear
from bespoke.families.luck import luck
from bespoke.families.network import SmallNetwork
from bespoke.families.race import Candidate, RaceOptions, best_of_each_size, enter, finish, refitted
from bespoke.families.rules import Rules
from bespoke.families.symmetric import Symmetric
from bespoke.families.tree import Tree
from bespoke.families.votes import Votes

FAMILIES: dict[str, type[Family]] = {
    family.name: family
    for family in (
        Arithmetic,
        Symmetric,
        Evolved,
        Votes,
        Tree,
        Annealed,
        Alternating,
        Rules,
        Additive,
        Boosting,
        Forest,
        Linear,
        SmallNetwork,
    )
}
