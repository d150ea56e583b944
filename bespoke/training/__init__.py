"""Training of models that can be compiled."""

from bespoke.training.aware import disturbed_accuracy, network_rows
from bespoke.training.disturbances import DISTURBANCES
from bespoke.training.members import Member, NetworkRows, TrainedNetwork
from bespoke.training.network_options import (
    AWARE,
    CLIPPINGS,
    NETWORK_INPUTS,
    RESILIENCES,
    WEIGHT_RANGES,
    NetworkOptions,
)
from bespoke.training.networks import train_networks
from bespoke.training.options import ALIASES, KINDS, TrainingOptions
from bespoke.training.refits import Refit, refits
from bespoke.training.teachers import TEACHERS
from bespoke.training.train import TrainedModel, rounded_accuracy, score, train_model
