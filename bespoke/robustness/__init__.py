"""How far inputs may be from what they should be until a circuit gives another output."""

from bespoke.robustness.boxes import TreeChanges, changes_of_tree
from bespoke.robustness.device import Device
from bespoke.robustness.features import few_features
from bespoke.robustness.nearness import Nearness
from bespoke.robustness.noise import FeatureNoise, feature_noise, normal_noise, random_noise
from bespoke.robustness.radius import radii
