"""Training of models that can be compiled."""

from bespoke.training.options import ALIASES, KINDS, TrainingOptions
from bespoke.training.scores import rounded_accuracy, score
from bespoke.training.store import check_model_path, store_model
from bespoke.training.train import TrainedModel, train_model

__all__ = [
    "ALIASES",
    "KINDS",
    "TrainedModel",
    "TrainingOptions",
    "check_model_path",
    "rounded_accuracy",
    "score",
    "store_model",
    "train_model",
]
