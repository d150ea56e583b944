"""Downloading data sets of the catalogue from the UCI Machine Learning Repository."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bespoke.data.catalogue import CatalogueEntry, find_entry
from bespoke.data.columns import TableOptions
from bespoke.data.dataset import Dataset
from bespoke.data.layouts import TARGET, archive_members
from bespoke.data.load import load_official
from bespoke.data.provided import PROVIDERS, provided_dataset
from bespoke.errors import DataError, FetchError, OptionError
from bespoke.files import parse_json, write_file

MIRROR_VARIABLE = "BESPOKE_DATASETS_MIRROR"
CHECKSUM_FILE = "checksums.json"
FIRST_PAUSE_S = 0.5  # doubles with every further attempt
LARGEST_DOWNLOAD_BYTES = 500_000_000  # the largest official archive has 61 MB
_BLOCK_BYTES = 65536
_USER_AGENT = "bespoke-datasets/1"
_WORTH_A_RETRY = frozenset((408, 425, 429, 500, 502, 503, 504))

Progress = Callable[[int, int | None], None]
"""Called with the bytes received so far and the total, or None where the server does not say."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How a data set is downloaded.

    Attributes
    ----------
    retries : int
        Further attempts after the first, 0 to 20; only for faults that may pass.
    timeout_s : float
        Longest wait for the server in seconds, at each step.
    mirror : str, optional
        Replaces ``https://archive.ics.uci.edu/static/public``; ``$BESPOKE_DATASETS_MIRROR`` by default.
    """

    retries: int = 3
    timeout_s: float = 30.0
    mirror: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.retries <= 20:
            raise OptionError("the number of retries is out of range", got=self.retries, allowed="0 to 20")
        if not self.timeout_s > 0:
            raise OptionError("the time limit is out of range", got=self.timeout_s, allowed="seconds above 0")


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a fetch wrote.

    Attributes
    ----------
    path : Path
        The CSV file.
    dataset : Dataset
        Its content.
    url : str
        Where it came from; empty for data sets that need no download.
    sha256 : str
        Of the download; empty likewise.
    """

    path: Path
    dataset: Dataset
    url: str
    sha256: str


class _PassingError(Exception):
    """A fault of the transfer that may be gone at the next attempt."""


def fetch_dataset(
    name: str, folder: Path, *, progress: Progress | None = None, options: FetchOptions | None = None
) -> FetchResult:
    """Download a data set and write it as ``NAME.csv``, or write the bundled or generated one.

    The checksum of the first download is noted in ``checksums.json`` in `folder`; later ones must agree with it.

    Parameters
    ----------
    name : str
        Catalogue name.
    folder : Path
        Made if it does not exist; the file appears whole or not at all.
    progress : callable, optional
        See `Progress`.
    options : FetchOptions, optional

    Raises
    ------
    DatasetNotFoundError
        No such name in the catalogue.
    FetchError
        The server cannot be reached, refuses, or delivers something else than the known table.
    OutputError
        `folder` cannot be written.
    """
    entry = find_entry(name)
    options = options or FetchOptions()
    path = folder / f"{entry.name}.csv"
    if entry.provision in PROVIDERS:
        dataset = provided_dataset(entry)
        write_file(path, csv_text(dataset))
        return FetchResult(path, dataset, "", "")
    url = _address(entry, options)
    content = download(url, progress=progress, options=options)
    sha256 = hashlib.sha256(content).hexdigest()
    _check_sha256(entry, folder, sha256, url)
    dataset = _parsed(entry, content, url)
    write_file(path, csv_text(dataset))
    _note_sha256(folder, entry.name, sha256)
    return FetchResult(path, dataset, url, sha256)


def download(url: str, *, progress: Progress | None = None, options: FetchOptions | None = None) -> bytes:
    """The content behind an http(s) address; see `fetch_dataset`."""
    options = options or FetchOptions()
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchError("not a web address", got=repr(url), allowed="http:// or https://")
    fault, attempts = "", options.retries + 1
    for attempt in range(attempts):
        if attempt:
            time.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
        try:
            return _attempt(url, progress, options.timeout_s)
        except _PassingError as error:
            fault = str(error)
    allowed = "a connection to the repository; or download the file elsewhere and put it into the data sets folder"
    raise FetchError(f"the download failed {attempts} time(s)", where=url, got=fault, allowed=allowed)


def csv_text(dataset: Dataset) -> str:
    """The data set as CSV: features in order, then ``target``; columns of whole numbers without a decimal point."""
    columns = [_column_text(dataset.features[:, column]) for column in range(dataset.features.shape[1])]
    columns.append([str(target) for target in dataset.targets.tolist()])
    lines = [",".join(_quoted(name) for name in (*dataset.feature_names, TARGET))]
    lines += [",".join(cells) for cells in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"


def _address(entry: CatalogueEntry, options: FetchOptions) -> str:
    mirror = options.mirror or os.environ.get(MIRROR_VARIABLE)
    if not mirror:
        return entry.url
    return mirror.rstrip("/") + urlsplit(entry.url).path.removeprefix("/static/public")


def _attempt(url: str, progress: Progress | None, timeout_s: float) -> bytes:
    request = Request(url, headers={"User-Agent": _USER_AGENT})  # noqa: S310  the scheme was checked
    try:
        with urlopen(request, timeout=timeout_s) as response:  # noqa: S310  the scheme was checked
            return _receive(response, url, progress)
    except HTTPError as error:
        fault = f"HTTP {error.code} {error.reason}"
        if error.code in _WORTH_A_RETRY:
            raise _PassingError(fault) from error
        raise FetchError("the server refuses the download", where=url, got=fault) from error
    except URLError as error:
        raise _PassingError(str(error.reason)) from error
    except (HTTPException, OSError) as error:
        raise _PassingError(str(error) or type(error).__name__) from error


def _receive(response: Any, url: str, progress: Progress | None) -> bytes:  # noqa: ANN401  urlopen has no better type
    length = response.headers.get("Content-Length")
    total = int(length) if length and length.isdigit() else None
    content = bytearray()
    while block := response.read(_BLOCK_BYTES):
        content += block
        if len(content) > LARGEST_DOWNLOAD_BYTES:
            raise FetchError("the download is too large", where=url, allowed=f"{LARGEST_DOWNLOAD_BYTES} bytes")
        if progress:
            progress(len(content), total)
    if total is not None and len(content) < total:
        raise _PassingError(f"{len(content)} of {total} bytes, then the connection ended")
    return bytes(content)


def _parsed(entry: CatalogueEntry, content: bytes, url: str) -> Dataset:
    """The downloaded table, which must be the known one."""
    try:
        is_zip = urlsplit(url).path.endswith(".zip")
        members = archive_members(content, url) if is_zip else lambda _: content
        dataset = load_official(entry, members, url, TableOptions())
    except DataError as error:
        raise FetchError("the download is not the official table", where=entry.name, got=str(error)) from error
    if entry.digest is not None and dataset.digest != entry.digest:
        got, allowed = (f"digest {digest[:16]}" for digest in (dataset.digest, entry.digest))
        allowed += "; or put the official file there by hand"
        raise FetchError("the downloaded table is not the known one", where=url, got=got, allowed=allowed)
    changed = next((note for note in dataset.notes if note.startswith("the table has")), None)
    if changed:
        raise FetchError("the downloaded table is not whole", where=url, got=changed)
    return dataset


def _check_sha256(entry: CatalogueEntry, folder: Path, sha256: str, url: str) -> None:
    known = entry.sha256 or _noted(folder).get(entry.name)
    if known is None or known == sha256:
        return
    origin = "the catalogue" if entry.sha256 else str(folder / CHECKSUM_FILE)
    allowed = f"{known[:16]}, from {origin}; if the repository changed the file, remove the entry there"
    raise FetchError("the download's checksum is wrong", where=url, got=f"sha256 {sha256[:16]}", allowed=allowed)


def _noted(folder: Path) -> dict[str, str]:
    path = folder / CHECKSUM_FILE
    if not path.is_file():
        return {}
    try:
        noted, fault = parse_json(path.read_text(encoding="utf-8"), FetchError, str(path)), ""
    except (OSError, ValueError, FetchError) as error:
        noted, fault = None, str(error)
    if not isinstance(noted, dict):
        raise FetchError("the file of checksums is damaged", where=str(path), got=fault or type(noted).__name__)
    return noted


def _note_sha256(folder: Path, name: str, sha256: str) -> None:
    noted = {**_noted(folder), name: sha256}
    write_file(folder / CHECKSUM_FILE, json.dumps(noted, indent=2, sort_keys=True) + "\n")


def _column_text(values: Any) -> list[str]:  # noqa: ANN401  one column of an array
    numbers: list[float] = values.tolist()
    if all(number.is_integer() for number in numbers):
        return [str(int(number)) for number in numbers]
    return [repr(number) for number in numbers]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n') else name
