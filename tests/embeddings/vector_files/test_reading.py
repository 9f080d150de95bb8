"""Files of vectors are read as they were written; what is damaged or of another kind is refused by name."""

import hashlib
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from facebench.embeddings.vector_files import FORMATS, VectorTable, read_vectors, size_of
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st

ENDINGS = tuple(FORMATS)


def table_of(vectors: np.ndarray, **texts: list[str]) -> VectorTable:
    paths = [f"{row}.jpg" for row in range(len(vectors))]
    empty = {name: [""] * len(vectors) for name in ("sha256", "person", "outcome", "box")}
    return VectorTable(**{"path": paths, **empty, **texts}, vectors=vectors)


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def parquet(columns: dict[str, Any]) -> bytes:
    stream = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue().to_pybytes()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., VectorTable]:
    """Return a function from the bytes of a file and its ending to the table in it."""

    def read(content: bytes, ending: str = ".npz") -> VectorTable:
        file = tmp_path / f"mine{ending}"
        file.write_bytes(content)
        table, origin = read_vectors(file)
        assert (origin.name, origin.sha256) == (file.name, hashlib.sha256(content).hexdigest())
        assert size_of(file) == len(content)
        return table

    return read


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read(ending: str, read: Callable[..., VectorTable]) -> None:
    vectors = np.array([[1, 2], [np.nan, np.nan], [3, 4]], dtype=np.float32)
    texts = {"sha256": ["a" * 64, "b" * 64, ""], "outcome": ["embedded", "no_face", "embedded"]}
    written = table_of(vectors, **texts, person=["ann", "", "bob"], box=["1 2 30 40", "", "-5 0 7 8"])
    table = read(FORMATS[ending].packed(written, {"version": "1"}), ending)
    assert table.texts() == written.texts()
    assert np.array_equal(table.vectors, vectors, equal_nan=True)
    assert table.vectors.dtype == np.float32


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble, ">f4"])
def test_floats_of_any_size_become_float32(kind: Any, read: Callable[..., VectorTable]) -> None:
    vectors = np.arange(6).reshape(3, 2).astype(kind)
    table = read(npz(path=np.array(["a", "b", "c"]), vectors=vectors))
    assert table.vectors.dtype == np.float32
    assert np.array_equal(table.vectors, vectors)
    assert (table.sha256, table.outcome) == ([""] * 3, [""] * 3)


@pytest.mark.parametrize(
    "kind",
    [pyarrow.list_(pyarrow.float64()), pyarrow.large_list(pyarrow.float32()), pyarrow.list_(pyarrow.float32(), 2)],
    ids=str,
)
def test_parquet_of_other_programs_is_read(kind: Any, read: Callable[..., VectorTable]) -> None:
    people = pyarrow.array(["ann", None]).dictionary_encode()
    columns = {"person": people, "path": ["a", "b"], "vector": pyarrow.array([[1, 2], None], kind), "more": [1, 2]}
    table = read(parquet(columns), ".parquet")
    assert (table.path, table.person) == (["a", "b"], ["ann", ""])
    assert np.array_equal(table.vectors, [[1, 2], [np.nan, np.nan]], equal_nan=True)


TWO, NAMES = np.ones((2, 3)), np.array(["a.jpg", "b.jpg"])
BROKEN = TWO * [[1, 1, 1], [1, np.nan, 1]]
NPZ = {
    "no vectors": ({"path": NAMES}, "has no array 'vectors'; its arrays: path."),
    "objects": ({"path": NAMES, "vectors": np.array([[1.0], [1.0, 2.0]], dtype=object)}, "holds 'vectors' as pickled"),
    "paths as objects": ({"path": NAMES.astype(object), "vectors": TWO}, "holds 'path' as pickled objects"),
    "numbers as paths": ({"path": np.arange(2), "vectors": TWO}, "has 'path' as int64 of shape (2,): a text per row"),
    "one vector": ({"path": NAMES, "vectors": TWO[0]}, "has vectors of shape (3,): (photos, components) is needed"),
    "no rows": ({"path": NAMES[:0], "vectors": TWO[:0]}, "has vectors of shape (0, 3)"),
    "integers": ({"path": NAMES, "vectors": TWO.astype(np.int8)}, "has vectors of type int8: float16, float32 or"),
    "more paths": ({"path": NAMES, "vectors": TWO[:1]}, "has 1 vectors and 2 values of 'path'"),
    "no names": ({"vectors": TWO}, "'path' or 'sha256' is needed"),
    "a NaN": ({"path": NAMES, "vectors": BROKEN}, "not finite numbers in float32, first in row 2 (b.jpg)"),
    "too large": ({"path": NAMES, "vectors": TWO * 1e300}, "not finite numbers in float32, first in row 1 (a.jpg)"),
    "NaN, embedded": (
        {"path": NAMES, "vectors": TWO * [[np.nan], [1]], "outcome": np.array(["embedded"] * 2)},
        "not finite numbers in float32, first in row 1 (a.jpg)",
    ),
    "no hash": ({"sha256": np.array(["a" * 64, "xyz"]), "vectors": TWO}, "has 'xyz' as 'sha256' in row 2 (xyz)"),
    "no box": (
        {"path": NAMES, "box": np.array(["", "1 2 3"]), "vectors": TWO},
        "has '1 2 3' as 'box' in row 2 (b.jpg)",
    ),
    "newer": ({"path": NAMES, "vectors": TWO, "format": np.array("facebench vectors 2")}, "by a newer facebench"),
}


@pytest.mark.parametrize(("arrays", "why"), NPZ.values(), ids=NPZ)
def test_an_npz_that_cannot_be_used_is_refused(
    arrays: dict[str, Any], why: str, tmp_path: Path, read: Callable[..., VectorTable]
) -> None:
    with pytest.raises(FacebenchError) as refused:
        read(npz(**arrays))
    assert str(refused.value).startswith(f"--vectors {tmp_path / 'mine.npz'} ")
    assert why in str(refused.value)


LISTS = pyarrow.list_(pyarrow.float32())
PARQUET = {
    "no vectors": ({"path": ["a"], "vectors": [[1.0]]}, "has no column 'vector'; its columns: path, vectors."),
    "numbers": ({"path": ["a"], "vector": [1.0]}, "has 'vector' as double: lists of float16, float32 or float64"),
    "integers": ({"path": ["a"], "vector": [[1]]}, "has 'vector' as list<"),
    "ragged": (
        {"path": ["a", "b", "c"], "vector": [None, [1.0, 2.0], [1.0]]},
        "has vectors of different lengths: 2 components first, 1 in row 3 (c)",
    ),
    "empty lists": (
        {"path": ["a"], "vector": pyarrow.array([[]], LISTS)},
        "of shape (1, 0)",
    ),
    "none": ({"path": ["a"], "vector": pyarrow.array([None], LISTS)}, "holds no vector"),
    "null in a list": ({"path": ["a"], "vector": [[1.0, None]]}, "not finite numbers in float32, first in row 1 (a)"),
    "numbers as paths": ({"path": [1], "vector": [[1.0]]}, "has a column 'path' that is not of text"),
}


@pytest.mark.parametrize(("columns", "why"), PARQUET.values(), ids=PARQUET)
def test_a_parquet_that_cannot_be_used_is_refused(
    columns: dict[str, Any], why: str, read: Callable[..., VectorTable]
) -> None:
    with pytest.raises(FacebenchError) as refused:
        read(parquet(columns), ".parquet")
    assert why in str(refused.value)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", npz(a=TWO)[:50]], ids=["empty", "text", "cut off"])
def test_another_kind_of_file_is_refused(content: bytes, ending: str, read: Callable[..., VectorTable]) -> None:
    with pytest.raises(FacebenchError, match=rf"is damaged, or no \{ending} file \("):
        read(content, ending)


def test_an_encrypted_or_forged_zip_is_refused(read: Callable[..., VectorTable]) -> None:
    whole = npz(path=NAMES, vectors=TWO)
    encrypted = bytearray(whole)
    for at in [place for place in range(len(whole)) if whole[place : place + 4] == b"PK\x01\x02"]:
        encrypted[at + 8] |= 1
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as archive:
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 999999), }"
        archive.writestr("vectors.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    for content in (bytes(encrypted), forged.getvalue()):
        with pytest.raises(FacebenchError, match="is damaged, or no"):
            read(content)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "v.csv").touch()
    for name, why in {
        "gone.npz": "gone.npz cannot be read: No such file or directory.",
        "folder.npz": "folder.npz cannot be read: Is a directory.",
        "v.csv": "v.csv does not end in .npz or .parquet.",
    }.items():
        with pytest.raises(FacebenchError) as refused:
            read_vectors(tmp_path / name)
        assert str(refused.value).endswith(why)
    with pytest.raises(FacebenchError, match="does not end in"):
        size_of(tmp_path / "v.csv")
    with pytest.raises(FacebenchError, match="cannot be read"):
        size_of(tmp_path / "gone.npz")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FacebenchError, match="pip install 'pyarrow<27,>=18', or"):
        read_vectors(tmp_path / "v.parquet")


@pytest.mark.parametrize("ending", ENDINGS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damage_is_refused_or_changes_no_vector(
    ending: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    content = FORMATS[ending].packed(table_of(vectors, sha256=["c" * 64] * 20), {"version": "1"})
    if data.draw(st.booleans(), "cut"):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        at, bits = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
        content = content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :]
    file = tmp_path_factory.mktemp("damaged") / f"v{ending}"
    file.write_bytes(content)
    try:
        table, _ = read_vectors(file)
    except FacebenchError as error:
        assert str(error).startswith(f"--vectors {file} ")
    else:
        assert np.array_equal(table.vectors, vectors)
