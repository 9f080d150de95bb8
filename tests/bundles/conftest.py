"""Photos in folders, trained bundles, and bundles of made-up numbers for what needs no photo."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.bundles import Bundle, BundleError, train_bundle
from facebench.bundles._archive import archive
from facebench.bundles._extractor import extractor_part
from facebench.bundles._manifest import Calibration, Training
from facebench.classifiers import KINDS
from facebench.data import people_folder
from facebench.embeddings import _staged, extractors
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError

#: People of ORL; on half of the photos of s33 and on some of s1 and s35 no face is found.
PEOPLE = (*range(1, 10), 33, 35, 37)


#: Compiles each network once for all tests here: every `predict` makes an extractor of its own.
load_once = cache(_staged.load_network)


@pytest.fixture(scope="module", autouse=True)
def networks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_staged, "load_network", load_once)
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, orl: list[Path]) -> Path:
    """A folder per person, twelve of them with eight photos each."""
    root = tmp_path_factory.mktemp("people") / "album"
    for person in PEOPLE:
        (root / f"s{person}").mkdir(parents=True)
        for photo in orl[10 * (person - 1) :][:8]:
            shutil.copy(photo, root / f"s{person}" / photo.name)
    return root


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorStore]:
    """One store for all: each photo is embedded once."""
    store = VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")
    yield store
    store.close()


@pytest.fixture(scope="session")
def trained(folder: Path, store: VectorStore) -> Callable[..., Bundle]:
    """Return a function that trains face_recognition with a head on the photos of `folder`; s1 is me."""

    @cache
    def trained(head: str = "logreg", include_vectors: bool = True, **changed: Any) -> Bundle:
        settings = Settings(
            heads=[head], repeats=1, **{"extractors": ("face_recognition",), "target": "s1", "seed": 3, **changed}
        )
        return train_bundle(people_folder(folder), settings, include_vectors=include_vectors, store=store)

    return trained


@pytest.fixture(scope="session")
def heads() -> dict[str, Any]:
    """A frozen head of each kind, of random numbers, for vectors of 128 components."""
    rng = np.random.default_rng(0)
    known, weights = rng.normal(size=(6, 128)), rng.normal(size=6)
    scaled = {"mean": rng.normal(size=128), "scale": rng.uniform(0.5, 2, 128)}
    numbers = {
        "linear": {"coef": rng.normal(size=128), "intercept": 0.5, "link": "logistic"},
        "kernel": {**scaled, "support": known, "weights": weights, "intercept": 0.0, "kernel": "rbf", "gamma": 0.01},
        "neighbours": {
            **scaled,
            "known": known.astype(np.float32),
            "mine": np.arange(6, dtype=np.uint8) % 2,
            "class_weight": np.array([0.75, 1.5]),
            "n_neighbors": 3,
            "weights": "distance",
        },
        "cosine": {"mean": known[0], "threshold": 0.25},
        "nearest": {"known": known, "tolerance": 0.6},
        "dense": {
            "weights": rng.normal(size=128 * 4 + 4 + 16 + 4 + 1).astype(np.float32),
            "inputs": 128,
            "hidden": (4,),
            "batch_norm": True,
        },
    }
    return {kind: KINDS[kind](**fields) for kind, fields in numbers.items()}


@pytest.fixture(scope="session")
def made(heads: dict[str, Any]) -> Callable[..., Bundle]:
    """Return a function that makes a bundle of a head by kind: no photo, no network."""

    def made(kind: str = "linear", **changed: Any) -> Bundle:
        facts = {
            "created": "2026-01-01T00:00:00+00:00",
            "target": "me",
            "extractor": extractor_part("face_recognition", extractors.create("face_recognition")),
            "threshold": 0.5,
            "threshold_rule": "natural",
            "calibration": Calibration(slope=2.0, intercept=-1.0, scores="out-of-fold"),
            "training": Training(
                data="album",
                fingerprint="0" * 64,
                photos_of_me=3,
                photos_of_others=3,
                groups_of_me=3,
                people=3,
                without_vector=0,
                augment=0,
                seed=0,
            ),
            "out_of_fold": None,
            "as_tested": None,
            "versions": {"facebench": "0.1.0"},
        }
        return Bundle.of("logreg", heads[kind], **{**facts, **changed})

    return made


@pytest.fixture
def members(made: Callable[..., Bundle], tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """Return a function that gives the members of a sound file by name, the manifest first."""

    def members(kind: str = "linear") -> dict[str, bytes]:
        made(kind).save(tmp_path / "sound.facebench")
        with zipfile.ZipFile(tmp_path / "sound.facebench") as file:
            return {name: file.read(name) for name in file.namelist()}

    return members


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file of members.

    `manifest` takes the place of theirs; one that is `vouched` for the members has their hashes, as they are.
    """

    def written(members: dict[str, bytes], manifest: Any = None, *, vouched: bool = False) -> Path:
        if vouched:
            manifest = json.loads(members["manifest.json"])
            manifest["parts"] = {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in members.items()
                if name != "manifest.json"
            }
        if manifest is not None:
            members = {**members, "manifest.json": json.dumps(manifest).encode()}
        path = tmp_path / "me.facebench"
        path.write_bytes(archive(members))
        return path

    return written


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Path, str], None]:
    """Return a function that checks that a file is refused in certain words, and leaves no traces."""

    def refused(path: Path, what: str) -> None:
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(BundleError, match=what) as raised:
            Bundle.load(path)
        assert isinstance(raised.value, FacebenchError)
        assert str(path) in str(raised.value)
        assert sorted(tmp_path.rglob("*")) == before

    return refused
