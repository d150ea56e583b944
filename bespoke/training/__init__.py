"""Training of models that can be compiled."""

from bespoke.training.options import ALIASES, KINDS, TrainingOptions
from bespoke.training.refits import Refit, refits
from bespoke.training.scores import rounded_accuracy, score
from bespoke.training.train import TrainedModel, train_model

__all__ = [
    "ALIASES",
    "KINDS",
    "Refit",
    "TrainedModel",
    "TrainingOptions",
    "refits",
    "rounded_accuracy",
    "score",
    "train_model",
]
