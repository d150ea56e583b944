"""Downloads, against a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bespoke.data import FetchOptions, catalogue, fetch_dataset, load_dataset
from bespoke.data.fetch import csv_text, download
from bespoke.errors import DatasetNotFoundError, FetchError, OptionError, OutputError

Answer = Callable[[BaseHTTPRequestHandler], None]
SEEDS_URL = "/236/seeds.zip"


class Server(HTTPServer):
    """Gives the queued answers in order, the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        server.paths.append(self.path)
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        answer(self)

    def log_message(self, *_: object) -> None:
        pass


def body(content: bytes, length: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int) -> Answer:
    return lambda handler: handler.send_error(code)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("bespoke.data.fetch.FIRST_PAUSE_S", 0.01)
    monkeypatch.setenv("no_proxy", "*")
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def archive(rows: int = 366, changed: str = "1") -> bytes:
    """An archive in the layout of dermatology, of which no content digest is known."""
    text = "".join(f"{','.join(['1', changed, *'2' * 31])},{20 + row % 50},{row % 6 + 1}\n" for row in range(rows))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("dermatology.data"), text)
    return buffer.getvalue()


def options(server: Server, retries: int = 2) -> FetchOptions:
    return FetchOptions(retries=retries, timeout_s=5, mirror=server.address)


def test_fetch_writes_csv_and_notes_the_checksum(server: Server, tmp_path: Path) -> None:
    content = archive()
    server.answers = [body(content)]
    seen: list[tuple[int, int | None]] = []
    folder = tmp_path / "new" / "folder"
    result = fetch_dataset(
        "dermatology", folder, progress=lambda *numbers: seen.append(numbers), options=options(server)
    )
    assert server.paths == ["/33/dermatology.zip"]
    assert seen[-1] == (len(content), len(content))
    assert result.sha256 == hashlib.sha256(content).hexdigest()
    assert json.loads((folder / "checksums.json").read_text()) == {"dermatology": result.sha256}
    assert sorted(path.name for path in folder.iterdir()) == ["checksums.json", "dermatology.csv"]
    loaded = load_dataset("dermatology", folder=folder)
    assert loaded.digest == result.dataset.digest
    assert loaded.features.shape == (366, 34)
    assert loaded.notes == result.dataset.notes


def test_passing_faults_are_retried(server: Server, tmp_path: Path) -> None:
    content = archive()
    server.answers = [status(503), body(content[:100], length=len(content)), body(content)]
    fetch_dataset("dermatology", tmp_path, options=options(server))
    assert len(server.paths) == 3


def test_retries_end(server: Server, tmp_path: Path) -> None:
    content = archive()
    server.answers = [body(content[:100], length=len(content))]
    with pytest.raises(FetchError) as caught:
        fetch_dataset("dermatology", tmp_path, options=options(server))
    assert str(caught.value) == (
        f"{server.address}/33/dermatology.zip: the download failed 3 time(s); "
        f"got 100 of {len(content)} bytes, then the connection ended; "
        "allowed: a connection to the repository; or download the file elsewhere and put it into the data sets folder"
    )
    assert len(server.paths) == 3
    assert not list(tmp_path.iterdir())


def test_refusal_is_not_retried(server: Server, tmp_path: Path) -> None:
    server.answers = [status(404)]
    with pytest.raises(FetchError, match="the server refuses the download; got HTTP 404 Not Found"):
        fetch_dataset("dermatology", tmp_path, options=options(server))
    assert len(server.paths) == 1


def test_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.data.fetch.FIRST_PAUSE_S", 0.01)
    monkeypatch.setenv("no_proxy", "*")
    closed = Server()
    address = closed.address
    closed.server_close()
    with pytest.raises(FetchError, match=r"the download failed 2 time\(s\); got .*[Cc]onnection refused"):
        fetch_dataset("seeds", tmp_path, options=FetchOptions(retries=1, timeout_s=2, mirror=address))
    assert not list(tmp_path.iterdir())


def test_checksum_of_the_first_download_binds_later_ones(server: Server, tmp_path: Path) -> None:
    server.answers = [body(archive())]
    first = fetch_dataset("dermatology", tmp_path, options=options(server))
    before = first.path.read_bytes()
    server.answers = [body(archive(changed="9"))]
    with pytest.raises(FetchError) as caught:
        fetch_dataset("dermatology", tmp_path, options=options(server))
    assert "the download's checksum is wrong; got sha256 " in str(caught.value)
    assert f"allowed: {first.sha256[:16]}, from {tmp_path / 'checksums.json'}" in str(caught.value)
    assert first.path.read_bytes() == before


def test_known_content_is_checked(server: Server, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("seeds_dataset.txt", "".join(f"1 2 3 4 5 6 {row} {row % 3}\n" for row in range(210)))
    server.answers = [body(buffer.getvalue())]
    with pytest.raises(FetchError, match="the downloaded table is not the known one; got digest"):
        fetch_dataset("seeds", tmp_path, options=options(server))
    assert server.paths == [SEEDS_URL]
    assert not list(tmp_path.iterdir())


def test_known_content_passes(server: Server, shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data" / "uci" / "seeds.csv").read_text().splitlines()[1:]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("seeds_dataset.txt", "\n".join(line.replace(",", "\t") for line in lines))
    server.answers = [body(buffer.getvalue())]
    result = fetch_dataset("seeds", tmp_path, options=options(server))
    assert result.path.read_text() == (shared / "data" / "uci" / "seeds.csv").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>moved</html>", "the download is not the official table; got .*the zip archive is damaged"),
        (archive(rows=300), "the downloaded table is not whole; got the table has 300 rows, the official one 366"),
    ],
)
def test_wrong_content(content: bytes, message: str, server: Server, tmp_path: Path) -> None:
    server.answers = [body(content)]
    with pytest.raises(FetchError, match=message):
        fetch_dataset("dermatology", tmp_path, options=options(server))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["iris", "monks2"])
def test_sets_at_hand_need_no_server(name: str, tmp_path: Path) -> None:
    result = fetch_dataset(name, tmp_path)
    assert (result.url, result.sha256) == ("", "")
    assert load_dataset(name, folder=tmp_path).digest == result.dataset.digest


def test_damaged_checksum_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "checksums.json").write_text("[")
    server.answers = [body(archive())]
    with pytest.raises(FetchError, match="the file of checksums is damaged"):
        fetch_dataset("dermatology", tmp_path, options=options(server))


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written; got"):
        fetch_dataset("iris", tmp_path / "file")


def test_bad_calls(tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFoundError, match="did you mean 'seeds'"):
        fetch_dataset("seed", tmp_path)
    with pytest.raises(FetchError, match="not a web address; got 'file:///etc/passwd'"):
        download("file:///etc/passwd")
    with pytest.raises(OptionError, match="the number of retries is out of range"):
        FetchOptions(retries=-1)
    with pytest.raises(OptionError, match="the time limit is out of range"):
        FetchOptions(timeout_s=0)


@pytest.mark.slow
def test_csv_equals_the_reference_form(shared: Path) -> None:
    for path in (shared / "data" / "uci").glob("*.csv"):
        written, given = (text.splitlines() for text in (csv_text(load_dataset(path)), path.read_text()))
        assert written[0] == given[0]
        assert [_plain(line) for line in written] == [_plain(line) for line in given], path.name


def _plain(line: str) -> list[str | float]:
    """Cells of a line, numbers as such: some tables write a whole number as 0 in one row and as 0.0 in another."""
    cells: list[str | float] = list(line.split(","))
    for column, cell in enumerate(cells):
        with suppress(ValueError):
            cells[column] = float(cell)
    return cells


def test_catalogue_addresses_are_official() -> None:
    for entry in catalogue().values():
        assert entry.url.startswith(f"https://archive.ics.uci.edu/static/public/{entry.uci_id}/")
