"""Data sets that scikit-learn carries."""

from __future__ import annotations

from bespoke.data.catalogue import CatalogueEntry
from bespoke.data.columns import constant_notes
from bespoke.data.dataset import Dataset

LOADERS = {
    "iris": "load_iris",
    "wine": "load_wine",
    "digits": "load_digits",
    "breast_cancer_wdbc": "load_breast_cancer",
}


def bundled_dataset(entry: CatalogueEntry) -> Dataset:
    """The data set of an entry whose provision is ``bundled``."""
    from sklearn import datasets

    features, targets = getattr(datasets, LOADERS[entry.name])(return_X_y=True)
    notes = constant_notes(entry.features, features)
    return Dataset(entry.name, entry.features, features, targets, entry.task, source="scikit-learn", notes=notes)
