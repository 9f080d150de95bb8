"""`bench embed`: the file holds what the extractor said, row by row, and takes nothing else's place."""

import hashlib
import io
import json
import os
import shutil
import stat
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from facebench.data import Dataset, Photo, orl_faces, photos_folder
from facebench.embeddings import load_extractor
from facebench.embeddings.extraction import export_vectors
from facebench.embeddings.store import VectorStore
from facebench.embeddings.vector_files import FORMATS, VectorTable
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st

ENDINGS = (".npz", ".parquet")


def read(file: Path) -> tuple[dict[str, list[str]], np.ndarray, dict[str, str]]:
    """Return the columns of text, the vectors with NaN where there is none, and what the file tells about itself."""
    names = ("path", "sha256", "person", "outcome", "box")
    if file.suffix == ".npz":
        with np.load(file, allow_pickle=False) as arrays:
            told = {name: str(arrays[name]) for name in ("format", "version", "extractor", "card", "dimension")}
            return {name: arrays[name].tolist() for name in names}, arrays["vectors"], told
    table = pyarrow.parquet.read_table(file)
    told = {key.decode().removeprefix("facebench."): text.decode() for key, text in table.schema.metadata.items()}
    nothing = [np.nan] * int(told["dimension"])
    vectors = np.array([vector or nothing for vector in table["vector"].to_pylist()], dtype=np.float32)
    return {name: table[name].to_pylist() for name in names}, vectors, told


@pytest.fixture
def folder(orl: list[Path], tmp_path: Path) -> Path:
    """Photos of two people and one of nobody known, one photo that is cut off, and no photo."""
    root = tmp_path / "photos"
    for name, source in {"ann/1.pgm": 0, "ann/2.pgm": 1, "bob/1.pgm": 10, "flat.pgm": 20}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(orl[source], root / name)
    (root / "bob" / "2.pgm").write_bytes(orl[11].read_bytes()[:3000])
    (root / "notes.txt").write_text("no photo")
    return root


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_row_per_photo(ending: str, folder: Path, tmp_path: Path, extractor: Callable[..., Any]) -> None:
    made = extractor(without_face=[folder / "ann" / "2.pgm"])
    file = tmp_path / f"vectors{ending}"
    written = export_vectors(photos_folder(folder), file, "blocks")
    columns, vectors, told = read(file)

    paths = ["ann/1.pgm", "ann/2.pgm", "bob/1.pgm", "bob/2.pgm", "flat.pgm"]
    assert columns["path"] == paths
    assert columns["sha256"] == [hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in paths]
    assert columns["person"] == ["ann", "ann", "bob", "bob", ""]
    assert columns["outcome"] == ["embedded", "no_face", "embedded", "truncated", "embedded"]
    assert columns["box"] == ["1 2 90 110", "", "1 2 90 110", "", "1 2 90 110"]
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 42)
    assert np.isnan(vectors).all(axis=1).tolist() == [False, True, False, True, False]
    for row in (0, 2, 4):
        assert np.array_equal(vectors[row], made.embed([Photo(folder / paths[row])])[0].vector)
    assert (told["extractor"], told["version"]) == ("blocks()", version("facebench"))
    assert json.loads(told["card"]) == made.card.facts()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (written.photos, written.with_vector, written.readable) == (5, 3, 4)
    assert written.failures == {"no_face": 1, "truncated": 1}


def test_npz_holds_no_objects(folder: Path, tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    export_vectors(photos_folder(folder), tmp_path / "v.npz", "blocks")
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} == {"U", "f"}


def test_parquet_has_null_where_there_is_no_vector(folder: Path, tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    export_vectors(photos_folder(folder), tmp_path / "v.parquet", "blocks")
    vectors = pyarrow.parquet.read_table(tmp_path / "v.parquet")["vector"]
    assert vectors.type.value_type == pyarrow.float32()
    assert [value.is_valid for value in vectors] == [True, True, True, False, True]


def test_vectors_are_those_of_the_transformer(people: Callable[..., Dataset], tmp_path: Path) -> None:
    few = people(2, 3)
    export_vectors(few, tmp_path / "v.npz", "colour")
    columns, vectors, _ = read(tmp_path / "v.npz")
    assert columns["path"] == [item.name for item in few.items]
    assert np.array_equal(vectors, load_extractor("colour").transform([item.path for item in few.items]))


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@pytest.mark.parametrize("ending", ENDINGS)
@given(rows=st.lists(st.tuples(text, text, st.booleans()), min_size=1, max_size=8), width=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_any_table_is_read_back(
    ending: str, rows: list[tuple[str, str, bool]], width: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names, people, embedded = (list(column) for column in zip(*rows, strict=True))
    vectors = np.arange(len(rows) * width, dtype=np.float32).reshape(-1, width) - 3
    vectors[~np.array(embedded)] = np.nan
    table = VectorTable(names, ["0" * 64] * len(rows), people, ["embedded"] * len(rows), [""] * len(rows), vectors)
    about = {"version": "1", "extractor": "x()", "card": "{}", "dimension": str(width)}
    file = tmp_path_factory.mktemp("table") / f"v{ending}"
    file.write_bytes(FORMATS[ending].packed(table, about))
    columns, found, told = read(file)
    assert (columns["path"], columns["person"]) == (names, people)
    assert np.array_equal(found, vectors, equal_nan=True)
    assert told == {**about, "format": "facebench vectors 1"}
    assert FORMATS[ending].is_ours(file)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_older_export_is_replaced(ending: str, folder: Path, tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    file = tmp_path / f"v{ending}"
    export_vectors(photos_folder(folder), file, "blocks")
    (folder / "flat.pgm").unlink()
    export_vectors(photos_folder(folder), file, "blocks")
    assert len(read(file)[0]["path"]) == 4


def _foreign() -> dict[str, bytes]:
    arrays = io.BytesIO()
    np.savez(arrays, path=np.array(["mine"]), vectors=np.zeros((1, 3)))
    other = io.BytesIO()
    np.savez(other, format=np.array("somebody else's"))
    objects = io.BytesIO()
    np.savez(objects, format=np.array([{}], dtype=object))
    single = io.BytesIO()
    np.save(single, np.zeros(3))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("format.npy", "no array")
    table = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table({"path": ["mine"]}), table)
    return {
        "npz of arrays": arrays.getvalue(),
        "npz of another format": other.getvalue(),
        "npz of objects": objects.getvalue(),
        "npy": single.getvalue(),
        "zip": archive.getvalue(),
        "parquet": table.getvalue().to_pybytes(),
        "text": b"precious",
        "empty": b"",
        "half an export": FORMATS[".npz"].packed(VectorTable([""], [""], [""], [""], [""], np.zeros((1, 2))), {})[:99],
    }


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("kind", "content"), _foreign().items(), ids=_foreign())
def test_anothers_file_is_not_replaced(
    kind: str, content: bytes, ending: str, folder: Path, tmp_path: Path, extractor: Callable[..., Any]
) -> None:
    made = extractor()
    file = tmp_path / f"precious{ending}"
    file.write_bytes(content)
    with pytest.raises(FacebenchError, match="exists and was not written by this command"):
        export_vectors(photos_folder(folder), file, "blocks")
    assert file.read_bytes() == content
    assert not made.given  # it is told before anything is embedded


def test_a_folder_or_another_ending_is_refused(folder: Path, tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    (tmp_path / "v.npz").mkdir()
    with pytest.raises(FacebenchError, match="exists and was not written"):
        export_vectors(photos_folder(folder), tmp_path / "v.npz", "blocks")
    with pytest.raises(FacebenchError, match=r"does not end in \.npz or \.parquet"):
        export_vectors(photos_folder(folder), tmp_path / "v.csv", "blocks")
    with pytest.raises(FacebenchError, match="there is no folder"):
        export_vectors(photos_folder(folder), tmp_path / "gone" / "v.npz", "blocks")


def test_parquet_without_pyarrow_says_what_to_install(
    folder: Path, tmp_path: Path, extractor: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = extractor()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FacebenchError, match=r"pip install 'pyarrow<27,>=18', or write \.npz"):
        export_vectors(photos_folder(folder), tmp_path / "v.parquet", "blocks")
    assert not made.given
    export_vectors(photos_folder(folder), tmp_path / "v.npz", "blocks")
    assert (tmp_path / "v.npz").exists()


def test_photos_that_cannot_be_read_are_rows(tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    root = tmp_path / "photos"
    root.mkdir()
    (root / "empty.jpg").write_bytes(b"")
    (root / "text.jpg").write_text("not a photo")
    (root / "away.jpg").symlink_to(root / "text.jpg")
    written = export_vectors(photos_folder(root), tmp_path / "v.npz", "blocks")
    columns, vectors, _ = read(tmp_path / "v.npz")
    assert dict(zip(columns["path"], columns["outcome"], strict=True)) == {
        "away.jpg": "unsupported",
        "empty.jpg": "unreadable",
        "text.jpg": "unsupported",
    }
    assert np.isnan(vectors).all()
    assert (written.with_vector, written.readable) == (0, 0)


def test_a_photo_that_is_gone_before_it_is_read_is_a_row(
    folder: Path, tmp_path: Path, extractor: Callable[..., Any]
) -> None:
    extractor()
    listed = photos_folder(folder)
    (folder / "flat.pgm").unlink()
    export_vectors(listed, tmp_path / "v.npz", "blocks")
    columns, _, _ = read(tmp_path / "v.npz")
    assert (columns["sha256"][-1], columns["outcome"][-1]) == ("", "unreadable")


def test_the_second_export_reads_vectors_from_the_store(
    folder: Path, tmp_path: Path, extractor: Callable[..., Any], store: VectorStore
) -> None:
    made = extractor()
    export_vectors(photos_folder(folder), tmp_path / "v.npz", "blocks", store=store)
    first = Counter(made.given)
    export_vectors(photos_folder(folder), tmp_path / "v.parquet", "blocks", store=store)
    assert made.given - first == {folder / "bob" / "2.pgm": 1}  # faults are never stored
    assert np.array_equal(read(tmp_path / "v.npz")[1], read(tmp_path / "v.parquet")[1], equal_nan=True)


def test_what_was_embedded_before_ctrl_c_is_kept(
    tmp_path: Path, extractor: Callable[..., Any], store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = extractor()
    outcome = made._outcome

    def interrupted(photo: Any) -> Any:
        if len(made.given) == 70:
            raise KeyboardInterrupt
        return outcome(photo)

    monkeypatch.setattr(made, "_outcome", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_vectors(orl_faces(), tmp_path / "v.npz", "blocks", store=store)
    assert list(tmp_path.glob("*.npz*")) == []
    assert store.counts() == {"blocks()": 64}


def test_names_are_kept_as_they_are(orl: list[Path], tmp_path: Path, extractor: Callable[..., Any]) -> None:
    extractor()
    root = tmp_path / "photos"
    root.mkdir()
    names = ["=1+1.pgm", "[bold]x.pgm", "a\nb.pgm", "evil\x1b[2J.pgm"]
    for name in names:
        shutil.copy(orl[0], root / name)
    shutil.copy(orl[0], os.fsencode(root) + b"/z\xff.pgm")
    for ending in ENDINGS:
        export_vectors(photos_folder(root), tmp_path / f"v{ending}", "blocks")
        assert read(tmp_path / f"v{ending}")[0]["path"] == [*names, "z\\udcff.pgm"]
