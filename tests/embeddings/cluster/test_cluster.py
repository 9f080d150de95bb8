"""Extraction on a real Dask cluster on this machine: a scheduler and two workers in processes of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo, orl_faces
from facebench.embeddings import Embedding, Extractor, Failure, extractors, iter_outcomes
from facebench.embeddings._identity import extractor_identity
from facebench.embeddings.cluster._cluster import Cluster, _batches, secure_cluster
from facebench.embeddings.extraction import Embedder, Photos, embed_photos
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError

PATHS = [item.path for item in orl_faces().items]
CALL = "face_recognition"


class Processes:
    """A scheduler and workers, ended with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: list[subprocess.Popen] = []
        self.file = folder / "scheduler.json"
        self.address = ""

    def begin(self) -> None:
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file))
        self.address = self._address()

    def _address(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError, ValueError):  # not there yet, or half written
                return json.loads(self.file.read_text())["address"]
            time.sleep(0.05)
        raise TimeoutError("the scheduler did not start")

    def start(self, kind: str, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", kind, "--no-dashboard", *options]
        with (self.folder / f"{len(self.all)}.log").open("w") as log:
            self.all.append(subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log))
        return self.all[-1]

    def worker(self) -> subprocess.Popen:
        return self.start("worker", "--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny")

    def end(self) -> None:
        for process in self.all:
            process.kill()
            process.wait()


@contextmanager
def begun(folder: Path) -> Iterator[Processes]:
    made = Processes(folder)
    try:
        made.begin()
        yield made
    finally:
        made.end()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Processes]:
    """A scheduler without workers, of one test."""
    with begun(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """A scheduler and two workers; a test that kills one leaves the other."""
    with begun(tmp_path_factory.mktemp("cluster")) as made:
        made.worker()
        made.worker()
        yield made


@pytest.fixture(scope="module")
def cluster(processes: Processes) -> Iterator[Cluster]:
    made = secure_cluster(processes.address)
    yield made
    made.close()


@pytest.fixture(scope="module")
def local() -> Extractor:
    return extractors.create(CALL)


def remote(cluster: Cluster, local: Extractor) -> Extractor:
    return cluster.extractor(CALL, local, extractor_identity(extractors, CALL, local).key)


def test_a_killed_worker_loses_nothing_and_the_vectors_are_those_of_this_machine(
    processes: Processes, cluster: Cluster, local: Extractor, tmp_path: Path
) -> None:
    missing, broken = tmp_path / "missing.jpg", tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no photo")
    paths = [*PATHS[:30], missing, broken, *PATHS[30:240]]
    stream = iter_outcomes(remote(cluster, local), paths)
    outcomes = [next(stream)]
    os.kill(processes.all[1].pid, signal.SIGKILL)
    outcomes += stream
    expected = list(iter_outcomes(local, paths))
    assert [type(outcome) for outcome in outcomes] == [type(outcome) for outcome in expected]
    assert [outcomes[index].reason for index in (30, 31)] == ["unreadable", "unreadable"]
    for ours, theirs in zip(expected, outcomes, strict=True):
        if isinstance(ours, Embedding):
            assert np.abs(ours.vector - theirs.vector).max() < 1e-5
            assert ours.box == theirs.box
        else:
            assert ours == theirs


@pytest.mark.slow
def test_without_its_last_worker_it_ends_and_what_came_is_stored(
    scheduler: Processes, local: Extractor, tmp_path: Path
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    workers = [scheduler.worker(), scheduler.worker()]
    cluster = secure_cluster(scheduler.address)

    class Killing(Photos):
        def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
            for number, found in enumerate(super().read(positions)):
                if number == 200:
                    for worker in workers:
                        worker.kill()
                yield found

    photos = Killing(PATHS)
    with pytest.raises(FacebenchError, match="no workers left"):
        embed_photos(photos, Embedder(CALL, local, store, cluster))
    cluster.close()
    assert 0 < sum(store.counts().values()) < 400


def test_workers_with_another_version_are_refused(cluster: Cluster, local: Extractor) -> None:
    with pytest.raises(FacebenchError, match="another version of face_recognition"):
        list(iter_outcomes(cluster.extractor(CALL, local, "another identity"), PATHS[:2]))


def test_what_fails_on_a_worker_is_told(cluster: Cluster, local: Extractor) -> None:
    with pytest.raises(FacebenchError, match="No extractor is named 'only_here'"):
        list(iter_outcomes(cluster.extractor("only_here", local, ""), PATHS[:2]))


def test_a_cluster_without_workers_is_refused(scheduler: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facebench.embeddings.cluster._cluster._PATIENCE", 1)
    with pytest.raises(FacebenchError, match="does not answer or has no workers"):
        secure_cluster(scheduler.address)


def test_an_address_where_nobody_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facebench.embeddings.cluster._cluster._PATIENCE", 1)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(FacebenchError, match="does not answer"):
            secure_cluster(f"127.0.0.1:{nobody.getsockname()[1]}")


@pytest.mark.parametrize(
    "address",
    ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "scheduler:8786", "ws://scheduler:8786", "tcp://[2001:db8::1]:1"],
)
def test_an_open_connection_to_another_machine_is_refused_before_it_is_made(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facebench.embeddings.cluster._cluster._connect", lambda address: pytest.fail("connected"))
    with pytest.raises(FacebenchError, match=r"not encrypted.*--insecure-cluster"):
        secure_cluster(address)


@pytest.mark.parametrize(
    "address",
    ["tls://scheduler:8786", "wss://192.0.2.1:8786", "tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:1"],
)
def test_an_encrypted_connection_or_one_on_this_machine_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("facebench.embeddings.cluster._cluster._connect", asked.append)
    secure_cluster(address)
    assert asked == [address]


def test_without_dask_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FacebenchError, match=r"--cluster needs Dask: pip install 'distributed<"):
        Cluster("127.0.0.1:8786")


def test_a_photo_that_is_no_file_travels_as_its_pixels(cluster: Cluster, local: Extractor) -> None:
    pixels = np.zeros((80, 80, 3), np.uint8)
    assert list(iter_outcomes(remote(cluster, local), [pixels])) == [Failure("no_face", "no face found")]


@pytest.mark.parametrize("make", [lambda pixels: pixels, lambda pixels: pixels.tobytes()], ids=["pixels", "a file"])
def test_large_photos_travel_a_few_at_a_time(make: Callable[[np.ndarray], Any]) -> None:
    photo = make(np.zeros((640, 640, 3), np.uint8))  # 1.2 MB, of 4 MB that a batch may have
    assert [len(batch) for batch in _batches(map(Photo, [photo] * 10))] == [4, 4, 2]


def test_small_photos_travel_a_batch_at_a_time() -> None:
    assert [len(batch) for batch in _batches(Photo(path) for path in PATHS[:70])] == [32, 32, 6]
