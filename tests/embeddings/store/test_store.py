"""The store of vectors: what goes in comes out, and whatever befalls the file, nothing wrong ever does."""

import ast
import hashlib
import inspect
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from facebench.data import FAULTS
from facebench.embeddings import Embedding, Failure, Identity, Outcome
from facebench.embeddings.inventory._inventory import store_state
from facebench.embeddings.store import StoreError, VectorStore, _outcomes, _rows, _store, _version_1
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

MOBILE, FACE = Identity("mobilenet()", "facts"), Identity("face_recognition()", "facts")
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
BOXES = st.tuples(*[st.integers(-(2**40), 2**40)] * 4)
EMBEDDINGS = st.builds(Embedding, arrays(np.float32, st.integers(1, 40), elements=FINITE), st.none() | BOXES)
REASONS = st.text(min_size=1).filter(lambda reason: reason not in FAULTS)
OUTCOMES = EMBEDDINGS | st.builds(Failure, REASONS, st.text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[VectorStore]:
    with opened(path) as store:
        yield store


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store of several pages, with 60 outcomes each of two extractors."""
    path = tmp_path_factory.mktemp("full") / "vectors.sqlite"
    with opened(path) as store:
        for identity in (MOBILE, FACE):
            store.put(identity, expected(identity).items())
    return path


def test_vectors_come_back_bit_by_bit(store: VectorStore) -> None:
    odd = np.array([0.0, -0.0, 1e-45, np.finfo(np.float32).max, 0.1, -1 / 3], np.float32)
    store.put(MOBILE, [("photo", Embedding(odd))])
    [outcome] = store.get(MOBILE, ["photo"]).values()
    assert isinstance(outcome, Embedding)
    assert outcome.vector.dtype == np.float32
    assert outcome.vector.tobytes() == odd.tobytes()
    assert outcome.vector.flags.writeable


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(Embedding(np.ones(3, np.float32), (-5, 0, 100, 2000)), id="box over the edge"),
        pytest.param(Embedding(np.ones(3, np.float32)), id="no box"),
        pytest.param(Embedding(np.ones((3, 2), np.float32)[:, 0]), id="every other value"),
        pytest.param(Failure("no_face", "no face found"), id="no face"),
        pytest.param(Failure("too_dark"), id="no detail"),
    ],
)
def test_outcomes_of_every_kind_survive_reopening(outcome: Outcome, path: Path) -> None:
    with opened(path) as store:
        store.put(FACE, [("photo", outcome)])
    with opened(path) as store:
        assert plain(store.get(FACE, ["photo"])) == plain({"photo": outcome})


def test_a_detail_that_is_not_utf_8_is_spelled_out(store: VectorStore) -> None:
    store.put(FACE, [("photo", Failure("odd", "caf\udce9.jpg"))])
    assert store.get(FACE, ["photo"]) == {"photo": Failure("odd", r"caf\udce9.jpg")}


def test_a_box_of_floats_does_not_spoil_later_runs(store: VectorStore) -> None:
    store.put(FACE, [("photo", Embedding(np.ones(2, np.float32), tuple(np.arange(4.0))))])  # type: ignore[arg-type]
    [outcome] = store.get(FACE, ["photo"]).values()
    assert isinstance(outcome, Embedding)
    assert outcome.box == (0, 1, 2, 3)


@pytest.mark.parametrize("fault", FAULTS)
def test_photos_that_cannot_be_decoded_are_not_stored(fault: str, store: VectorStore) -> None:
    store.put(MOBILE, [("bad", Failure(fault)), ("good", Embedding(np.ones(2, np.float32)))])
    assert set(store.get(MOBILE, ["bad", "good"])) == {"good"}


def test_photos_without_a_hash_are_not_stored(store: VectorStore) -> None:
    store.put(MOBILE, [("", Embedding(np.ones(2, np.float32)))])
    assert store.counts() == {}


def test_the_last_outcome_counts(store: VectorStore) -> None:
    for value in (1, 2):
        store.put(MOBILE, [("photo", Embedding(np.full(2, value, np.float32)))])
    assert plain(store.get(MOBILE, ["photo"])) == plain({"photo": Embedding(np.full(2, 2, np.float32))})
    assert store.counts() == {"mobilenet()": 1}


@pytest.mark.parametrize("other", [Identity("mobilenet()", "other"), Identity("other()", "facts")], ids=str)
def test_one_identity_never_sees_the_vectors_of_another(other: Identity, store: VectorStore) -> None:
    store.put(MOBILE, [("photo", Embedding(np.ones(2, np.float32)))])
    assert store.get(other, ["photo"]) == {}


def test_counts_add_up_identities_of_one_title(store: VectorStore) -> None:
    for version, photos in (("1", "abc"), ("2", "de")):
        store.put(Identity("mobilenet()", version), [(photo, Failure("no_face")) for photo in photos])
    store.put(FACE, [("a", Failure("no_face"))])
    assert store.counts() == {"face_recognition()": 1, "mobilenet()": 5}


def test_tens_of_thousands_of_photos_are_asked_for_at_once(full: Path, path: Path) -> None:
    shutil.copy(full, path)
    with opened(path) as store:
        found = store.get(FACE, [f"{number:064}" for number in range(50_000)] + list(expected(FACE)))
    assert plain(found) == plain(expected(FACE))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([MOBILE, FACE]), st.dictionaries(st.sampled_from("abcdef"), OUTCOMES), st.booleans()),
        max_size=8,
    )
)
def test_a_store_is_a_dictionary_also_after_reopening(
    tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[Identity, dict[str, Outcome], bool]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "vectors.sqlite"
    model: dict[Identity, dict[str, Outcome]] = {MOBILE: {}, FACE: {}}
    store = VectorStore(path)
    for identity, outcomes, reopen in puts:
        store.put(identity, outcomes.items())
        model[identity].update(outcomes)
        if reopen:
            store.close()
            store = VectorStore(path)
        for each, content in model.items():
            asked = list("abcz")
            assert plain(store.get(each, asked)) == plain({key: content[key] for key in asked if key in content})
    assert store.counts() == {each.title: len(content) for each, content in model.items() if content}
    store.close()


def test_the_default_place_is_the_cache_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "deep" / "cache"))
    with opened(None) as store:
        assert store.path == tmp_path / "deep" / "cache" / "vectors.sqlite"
    assert (tmp_path / "deep" / "cache").stat().st_mode & 0o777 == 0o700


def test_every_file_is_private(store: VectorStore, path: Path) -> None:
    store.put(MOBILE, [("photo", Failure("no_face"))])
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(["vectors.sqlite", "vectors.sqlite-wal", "vectors.sqlite-shm"], 0o600)


def test_no_pickle_is_imported() -> None:
    sources = [inspect.getsource(module) for module in (_store, _outcomes, _rows, _version_1)]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert "sqlite3" in imported
    assert not {name.split(".")[0] for name in imported} & {"pickle", "joblib", "shelve", "marshal", "dill"}


def test_a_newer_store_is_refused_by_name_and_left_alone(full: Path, path: Path) -> None:
    shutil.copy(full, path)
    execute(path, f"PRAGMA user_version = {_store.VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer facebench.*FACEBENCH_CACHE") as refused:
        VectorStore(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["vectors.sqlite"]


@pytest.mark.parametrize(
    "content", [b"not a database", b"\0" * 100, b"SQLite format 3\0", b"x" * 100_000], ids=lambda content: content[:15]
)
def test_a_file_that_is_no_store_is_kept_aside(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with opened(path) as store:
        aside = path.with_name("vectors.sqlite.damaged")
        assert "damaged" in store.warning
        assert str(aside) in store.warning
        assert aside.read_bytes() == content
        assert_it_works(store)


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE embeddings",
        "DROP TABLE embeddings_keys",
        "DROP TABLE identities",
        "ALTER TABLE embeddings RENAME COLUMN vector TO vectro",
        "ALTER TABLE identities RENAME COLUMN key TO kye",
    ],
)
def test_a_store_without_its_tables_is_kept_aside(damage: str, full: Path, path: Path) -> None:
    shutil.copy(full, path)
    execute(path, damage)
    with opened(path) as store:
        assert_nothing_wrong(store)
        assert_it_works(store)
        assert "damaged" in store.warning
        assert path.with_name("vectors.sqlite.damaged").exists()


@pytest.mark.parametrize(
    "damage",
    [
        "vector = (SELECT vector FROM embeddings AS other WHERE photo > embeddings.photo)",
        "vector = NULL, reason = 'no_face', detail = ''",
        "box = '1 2 3 4'",
        "vector = CAST(x'ff00fe' AS TEXT)",
        "reason = CAST(x'ff' AS TEXT)",
        "checksum = 7",
        "photo = photo || 'x'",
    ],
)
def test_a_row_that_was_tampered_with_is_not_served(damage: str, full: Path, path: Path) -> None:
    shutil.copy(full, path)
    with opened(path) as store:
        store.put(MOBILE, [("last", Embedding(np.ones(64, np.float32)))])
    execute(
        path, f"UPDATE embeddings SET {damage} WHERE identity = (SELECT id FROM identities WHERE key = '{MOBILE.key}')"
    )
    with opened(path) as store:
        photos = list(expected(MOBILE))
        assert store.get(MOBILE, [*photos, *(f"{photo}x" for photo in photos)]) == {}
        assert plain(store.get(FACE, list(expected(FACE)))) == plain(expected(FACE))
        assert_it_works(store)


CUTS = [0, 1, 15, 16, 50, 60, 99, 100, 101, 1000, 4095, 4096, 4097, 8192, 10_000, *range(12_288, 45_000, 3001)]


@pytest.mark.parametrize("length", CUTS)
def test_a_truncated_store_serves_nothing_wrong(length: int, full: Path, path: Path) -> None:
    path.write_bytes(full.read_bytes()[:length])
    assert length < full.stat().st_size
    with opened(path) as store:
        assert_nothing_wrong(store)
        assert_it_works(store)
        if length > 1:  # what has one byte or none is a new file to SQLite
            assert "damaged" in store.warning
            assert path.with_name("vectors.sqlite.damaged").stat().st_size == length


@settings(deadline=None, max_examples=250)
@given(flips=st.lists(st.tuples(st.integers(0, 2**20), st.integers(1, 255)), min_size=1, max_size=4))
@example(flips=[(3985, 1)])  # once an identity without a number
def test_flipped_bytes_anywhere_give_nothing_wrong(
    flips: list[tuple[int, int]], full: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert_damage_is_harmless(flips, full, tmp_path_factory, limit=full.stat().st_size)


@settings(deadline=None, max_examples=150)
@given(flips=st.lists(st.tuples(st.integers(0, 2**20), st.integers(1, 255)), min_size=1, max_size=3))
def test_flipped_bytes_of_header_and_schema_give_nothing_wrong(
    flips: list[tuple[int, int]], full: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    schema = full.read_bytes().index(b"CREATE TABLE")
    assert schema < 4096
    moved = [(at % 120 if at % 2 else schema - 250 + at % (4096 - schema + 250), mask) for at, mask in flips]
    assert_damage_is_harmless(moved, full, tmp_path_factory, limit=4096)


@pytest.mark.parametrize("cut", [0, 31, 32, 60, 4000, 4152, 10_000, None])
def test_a_log_left_over_is_used_as_far_as_it_is_whole(cut: int | None, path: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "source.sqlite") as source:
        for identity in (MOBILE, FACE):
            source.put(identity, expected(identity).items())
        shutil.copy(source.path, path)
        log = Path(f"{source.path}-wal").read_bytes()
    Path(f"{path}-wal").write_bytes(log[:cut])
    with opened(path) as store:
        assert_nothing_wrong(store)
        if cut is None:
            assert store.counts() == {MOBILE.title: 60, FACE.title: 60}
        assert_it_works(store)


def test_a_log_of_another_store_gives_nothing_wrong(full: Path, path: Path, tmp_path: Path) -> None:
    shutil.copy(full, path)
    with opened(tmp_path / "other.sqlite") as other:
        other.put(MOBILE, [(photo, Embedding(np.zeros(64, np.float32))) for photo in "pq"])
        shutil.copy(f"{other.path}-wal", f"{path}-wal")
    with opened(path) as store:
        assert_nothing_wrong(store)
        assert_it_works(store)


def test_damage_that_two_runs_find_costs_the_new_store_nothing(full: Path, path: Path) -> None:
    shutil.copy(full, path)
    with opened(path) as one, opened(path) as two:
        for store in (one, two):
            store._connect().execute("PRAGMA cache_size = 0")
        with path.open("r+b") as file:
            file.write(b"\xff" * full.stat().st_size)
        assert one.get(MOBILE, list(expected(MOBILE))) == {}
        one.put(MOBILE, batch(0))
        assert_it_works(two)
        assert two.warning == ""
    with opened(path) as again:
        assert again.counts() == {FACE.title: 2, MOBILE.title: 32}


@pytest.mark.parametrize(("limit", "each"), [("_TOGETHER = 32", 32), ("_WITHIN = 0", 1)])
def test_killed_while_embedding_only_the_unfinished_batch_is_lost(limit: str, each: int, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_RUN.format(limit)],
        env={**os.environ, "FACEBENCH_CACHE": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    embedded = 0
    for line in process.stdout:
        embedded = int(line)
        if embedded > 70:
            break
    os.kill(process.pid, signal.SIGKILL)
    embedded = max([embedded, *map(int, process.stdout.read().split())])
    process.wait()
    process.stdout.close()
    with opened(tmp_path / "vectors.sqlite") as store:
        assert store.warning == ""
        [kept] = store.counts().values()
        assert embedded - 2 * 32 < kept <= embedded
        assert kept % each == 0
        assert kept >= 64


#: One photo at a time, so that the count it prints is what was embedded.
SLOW_RUN = """
import time
import numpy as np
from facebench.data import orl_faces
from facebench.embeddings import Card, Embedding, Extractor, Identity, VectorStore
from facebench.embeddings.extraction import Embedder, Photos, _keeper, embed_photos

class Slow(Extractor):
    card = Card("slow", 1, "whole photo")
    count = 0
    def embed(self, photos):
        return [self.embed_one(photo) for photo in photos]
    def embed_one(self, photo):
        time.sleep(0.002)
        self.count += 1
        print(self.count, flush=True)
        return Embedding(photo.pixels.mean(keepdims=True, dtype=np.float32).ravel())

_keeper.{}
photos = Photos([item.path for item in orl_faces().items])
embed_photos(photos, Embedder("slow", Slow(), VectorStore(), identity=Identity("slow()", "")))
"""


def test_a_row_that_was_tampered_with_is_deleted_and_stored_again(store: VectorStore, path: Path) -> None:
    store.put(MOBILE, batch(0))
    execute(path, "UPDATE embeddings SET box = '1 2 3 4' WHERE photo < '0-2'")
    lost = {photo for photo, _ in batch(0)} - store.get(MOBILE, [photo for photo, _ in batch(0)]).keys()
    assert len(lost) > 1
    store.put(MOBILE, [(photo, outcome) for photo, outcome in batch(0) if photo in lost])
    assert plain(store.get(MOBILE, [photo for photo, _ in batch(0)])) == plain(dict(batch(0)))
    with sqlite3.connect(path) as connection:
        assert _rows.count_rows(connection, _outcomes.EMBEDDINGS) == (32, 0)
    connection.close()


def test_vectors_are_appended_and_not_written_all_over_the_file(path: Path) -> None:
    with opened(path) as store:
        written = bytes_written()
        for number in range(200):
            photos = [hashlib.sha256(b"%d" % (32 * number + n)).hexdigest() for n in range(32)]
            store.put(MOBILE, [(photo, Embedding(np.full(128, number, np.float32))) for photo in photos])
    kept = path.stat().st_size
    assert kept > 200 * 32 * 128 * 4
    assert bytes_written() - written < 4 * kept


def bytes_written() -> int:
    """Return how many bytes this process has handed to the system so far."""
    counters = Path("/proc/self/io")
    if not counters.exists():
        pytest.skip("only Linux counts them")
    return int(dict(line.split(": ") for line in counters.read_text().splitlines())["wchar"])


# An older store


@pytest.fixture
def older(path: Path) -> Path:
    """A store as version 1 wrote it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(VERSION_1)
    for identity in (MOBILE, FACE):
        connection.execute("INSERT INTO extractors VALUES (?, ?)", (identity.key, identity.title))
        for photo, outcome in expected(identity).items():
            values = _outcomes._values(outcome)
            right = _rows.checksum(identity.key, photo, *values)
            connection.execute(
                "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", (identity.key, photo, *values, right)
            )
    connection.close()
    return path


VERSION_1 = """
CREATE TABLE extractors (identity TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outcomes (
    identity TEXT NOT NULL, photo TEXT NOT NULL,
    vector BLOB, box TEXT, reason TEXT, detail TEXT, checksum BLOB NOT NULL,
    PRIMARY KEY (identity, photo)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


@pytest.mark.parametrize("together", [1, 7, 1000])
def test_an_older_store_is_taken_over(together: int, older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_version_1, "_TOGETHER", together)
    for _ in range(2):
        with opened(older) as store:
            assert store.warning == ""
            assert store.counts() == {FACE.title: 60, MOBILE.title: 60}
            for identity in (MOBILE, FACE):
                assert plain(store.get(identity, list(expected(identity)))) == plain(expected(identity))
    with opened(older) as store:
        assert_it_works(store)


def test_of_an_older_store_only_what_is_right_is_served(older: Path) -> None:
    execute(older, "UPDATE outcomes SET box = '1 2 3 4' WHERE photo < '05'")
    with opened(older) as store:
        right = {photo: outcome for photo, outcome in expected(FACE).items() if photo >= "05"}
        assert plain(store.get(FACE, list(expected(FACE)))) == plain(right)
        assert store.warning == ""


def test_taking_over_that_fails_leaves_the_older_store_as_it_was(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(_version_1, "append_with_checksums", fail)
        with pytest.raises(StoreError, match="full"):
            VectorStore(older)
    with opened(older) as store:
        assert store.counts() == {FACE.title: 60, MOBILE.title: 60}


def test_runs_that_take_over_the_same_store_do_it_once(older: Path) -> None:
    open_it = ("from facebench.embeddings import VectorStore", "print(VectorStore(pathlib.Path(path)).counts())")
    for run in [in_process(*open_it, path=older) for _ in range(3)]:
        output, errors = run.communicate()
        assert output == f"{{'{FACE.title}': 60, '{MOBILE.title}': 60}}\n", errors
    with sqlite3.connect(older) as connection:
        assert _rows.count_rows(connection, _outcomes.EMBEDDINGS) == (120, 0)
    connection.close()


def test_a_run_of_the_older_facebench_that_has_the_file_open_goes_on(older: Path) -> None:
    with opened(older):
        execute(older, "INSERT OR IGNORE INTO extractors VALUES ('a', 'b')")
        execute(older, "INSERT OR REPLACE INTO outcomes VALUES ('a', 'b', NULL, NULL, NULL, NULL, 'c')")


def test_an_older_store_is_looked_at_and_left_alone(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(older.parent))
    before = older.read_bytes()
    state = store_state()
    assert state is not None
    assert (state.version, state.outcomes, state.wrong, state.damage, state.newer) == (1, 120, 0, "", False)
    assert older.read_bytes() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 800 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=800k", "tmpfs", str(folder)]
    if mount is None or subprocess.run([mount, *options], check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_costs_nothing_that_was_stored(small_disk: Path) -> None:
    path = small_disk / "vectors.sqlite"
    written = 0
    with opened(path) as store:
        with pytest.raises(StoreError, match=r"full.*FACEBENCH_CACHE"):
            for written in range(100):
                store.put(MOBILE, batch(written))
        assert written > 2
        stored = dict(outcome for number in range(written) for outcome in batch(number))
        asked = [*stored, *dict(batch(written))]
        assert plain(store.get(MOBILE, asked)) == plain(stored)
    with opened(path) as store:
        assert store.warning == ""
        assert plain(store.get(MOBILE, asked)) == plain(stored)


def test_a_file_at_its_limit_costs_nothing_that_was_stored(store: VectorStore) -> None:
    store.put(MOBILE, batch(0))
    store._connect().execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="full"):
        for number in range(1, 100):
            store.put(MOBILE, batch(number))
    assert plain(store.get(MOBILE, list(dict(batch(0))))) == plain(dict(batch(0)))
    assert store.warning == ""
    store._connect().execute("PRAGMA max_page_count = 100000")
    assert_it_works(store)


def test_an_error_of_the_disk_is_no_damage(monkeypatch: pytest.MonkeyPatch, store: VectorStore) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    store.put(MOBILE, batch(0))
    with monkeypatch.context() as patch:
        patch.setattr(_store, "insert_outcomes", fail)
        with pytest.raises(StoreError, match=r"vectors\.sqlite cannot be used \(database or disk is full\)"):
            store.put(MOBILE, batch(1))
    assert store.warning == ""
    assert store.counts() == {MOBILE.title: 32}


@pytest.mark.parametrize("place", ["a folder", "no folder"])
def test_a_place_that_cannot_be_opened_is_an_error(place: str, path: Path) -> None:
    if place == "a folder":
        path.mkdir()
    else:
        path = path / "in" / "none"
    with pytest.raises(StoreError, match="FACEBENCH_CACHE"):
        VectorStore(path)


def test_a_writer_is_waited_for(store: VectorStore, path: Path) -> None:
    writer = in_process(
        "connection = sqlite3.connect(path, isolation_level=None)",
        "connection.execute('BEGIN IMMEDIATE')",
        "print('locked', flush=True)",
        "time.sleep(1)",
        "connection.execute('COMMIT')",
        path=path,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "locked\n"
    started = time.monotonic()
    assert store.get(MOBILE, ["photo"]) == {}  # readers need not wait
    assert time.monotonic() - started < 0.5
    store.put(MOBILE, [("photo", Failure("no_face"))])
    assert time.monotonic() - started > 0.5
    writer.communicate()
    assert store.counts() == {MOBILE.title: 1}


def test_a_lock_that_is_never_released_is_an_error(store: VectorStore, path: Path) -> None:
    store._connect().execute("PRAGMA busy_timeout = 50")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            store.put(MOBILE, batch(0))
        other.execute("ROLLBACK")
    other.close()
    store.put(MOBILE, batch(0))
    assert store.counts() == {MOBILE.title: 32}


def test_two_runs_write_the_same_and_different_photos(path: Path) -> None:
    writers = [
        in_process(
            "from facebench.embeddings import Embedding, Identity, VectorStore",
            "import numpy as np",
            "store = VectorStore(pathlib.Path(path))",
            f"for batch in range({first}, {first} + 20):",
            "    photos = range(32 * batch, 32 * batch + 32)",
            "    outcomes = [(str(n), Embedding(np.full(64, n, np.float32))) for n in photos]",
            f"    store.put(Identity({MOBILE.title!r}, {MOBILE.facts!r}), outcomes)",
            path=path,
        )
        for first in (0, 10)
    ]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    with opened(path) as store:
        found = store.get(MOBILE, list(map(str, range(32 * 40))))
    assert plain(found) == {str(n): plain({"": Embedding(np.full(64, n, np.float32))})[""] for n in range(32 * 30)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start within the same millisecond")
def test_runs_may_begin_the_same_store_at_the_same_moment(tmp_path: Path) -> None:
    begin = [sys.executable, "-c", BEGIN_TOGETHER, str(tmp_path)]
    done = subprocess.run(begin, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    for round_ in range(15):
        with opened(tmp_path / f"{round_}.sqlite") as store:
            assert store.counts() == {"a": 4}


BEGIN_TOGETHER = """
import os, pathlib, sys, time
from facebench.embeddings import Failure, Identity, VectorStore

for round_ in range(15):
    start, children = time.monotonic() + 0.03, []
    for child in range(4):
        children.append(os.fork())
        if not children[-1]:
            try:
                while time.monotonic() < start:
                    pass
                store = VectorStore(pathlib.Path(sys.argv[1], f"{round_}.sqlite"))
                store.put(Identity("a", ""), [(str(child), Failure("no_face"))])
                store.close()
            except BaseException as error:
                print(error, flush=True)
            os._exit(0)
    for child in children:
        os.waitpid(child, 0)
"""


@contextmanager
def opened(path: Path | None) -> Iterator[VectorStore]:
    store = VectorStore(path)
    try:
        yield store
    finally:
        store.close()


def expected(identity: Identity) -> dict[str, Outcome]:
    """Return 60 outcomes of which no two are alike, for any identity."""
    offset = 1000 if identity is FACE else 0
    outcomes: dict[str, Outcome] = {}
    for number in range(60):
        vector = np.full(64, offset + number, np.float32)
        box = (number, offset, 500, 600) if offset else None
        photo = f"{number:02}" * 32
        outcomes[photo] = Failure("no_face", str(offset + number)) if number % 10 == 0 else Embedding(vector, box)
    return outcomes


def batch(number: int) -> list[tuple[str, Outcome]]:
    return [(f"{number}-{i}", Embedding(np.full(256, 32 * number + i, np.float32))) for i in range(32)]


def plain(outcomes: dict[str, Outcome]) -> dict[str, object]:
    """Return outcomes as values that can be compared."""
    return {
        photo: outcome if isinstance(outcome, Failure) else (outcome.vector.tobytes(), outcome.box)
        for photo, outcome in outcomes.items()
    }


def assert_nothing_wrong(store: VectorStore) -> None:
    for identity in (MOBILE, FACE):
        right = plain(expected(identity))
        for photo, outcome in plain(store.get(identity, list(right))).items():
            assert outcome == right[photo]
    store.counts()


def assert_it_works(store: VectorStore) -> None:
    """Store and read something new."""
    right: dict[str, Outcome] = {"new": Embedding(np.arange(64, dtype=np.float32)), "none": Failure("no_face")}
    store.put(FACE, right.items())
    assert plain(store.get(FACE, list(right))) == plain(right)


def assert_damage_is_harmless(
    flips: list[tuple[int, int]], full: Path, factory: pytest.TempPathFactory, limit: int
) -> None:
    content = bytearray(full.read_bytes())
    for position, mask in flips:
        content[position % limit] ^= mask
    path = factory.mktemp("flipped") / "vectors.sqlite"
    path.write_bytes(content)
    with suppress(StoreError), opened(path) as store:
        assert_nothing_wrong(store)
        store.put(FACE, list(expected(FACE).items())[::2])
        assert_nothing_wrong(store)
        assert bool(store.warning) == path.with_name("vectors.sqlite.damaged").exists()
    for file in path.parent.iterdir():
        file.unlink()
    with opened(path) as store:
        assert_it_works(store)
    shutil.rmtree(path.parent)


def execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()


def in_process(*lines: str, path: Path) -> subprocess.Popen[str]:
    program = "\n".join(["import pathlib, sqlite3, sys, time", "path = sys.argv[1]", *lines])
    command = [sys.executable, "-c", program, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
