"""Training of models that can be compiled."""

from bespoke.training.options import ALIASES, KINDS, TrainingOptions
from bespoke.training.refits import Refit, refits
from bespoke.training.train import TrainedModel, rounded_accuracy, score, train_model
