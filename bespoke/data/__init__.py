"""Data sets: by catalogue name or from a file, with their split and digest."""

from bespoke.data.catalogue import CatalogueEntry, catalogue, find_entry
from bespoke.data.dataset import CLASSIFICATION, REGRESSION, Dataset, Split
from bespoke.data.fetch import FetchOptions, FetchResult, fetch_dataset
from bespoke.data.load import datasets_folder, load_dataset

__all__ = [
    "CLASSIFICATION",
    "REGRESSION",
    "CatalogueEntry",
    "Dataset",
    "FetchOptions",
    "FetchResult",
    "Split",
    "catalogue",
    "datasets_folder",
    "fetch_dataset",
    "find_entry",
    "load_dataset",
]
