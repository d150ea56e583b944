"""Data sets: by catalogue name or from a file, with their split and digest."""

from bespoke.data.catalogue import catalogue, find_entry
from bespoke.data.columns import guess_task
from bespoke.data.dataset import CLASSIFICATION, REGRESSION, Dataset, Split
from bespoke.data.fetch import FetchOptions, fetch_dataset
from bespoke.data.load import datasets_folder, load_dataset
