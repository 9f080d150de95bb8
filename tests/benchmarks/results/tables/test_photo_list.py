"""photos.csv: what is written is read back, and what is damaged is refused."""

from pathlib import Path

import pytest
from facebench.benchmarks.results import RunPhoto, read_photo_list
from facebench.benchmarks.results.tables._photo_list import PHOTOS, photos_csv
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
PHOTO = st.builds(
    RunPhoto,
    path=TEXTS | TEXTS.map("=".__add__),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    group=st.integers(0, 10**9),
    taken=st.none() | st.floats(-1e9, 1e10),
)
ONE = RunPhoto(path="=s1/1.jpg", sha256="a" * 64, group=3, taken=12.5)


@given(st.lists(PHOTO, max_size=20))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, photos: list[RunPhoto]) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / PHOTOS).write_bytes(photos_csv(photos))
    assert read_photo_list(folder) == photos


def test_no_cell_is_a_formula_and_columns_of_a_newer_facebench_are_passed_over(tmp_path: Path) -> None:
    header, row = photos_csv([ONE]).decode().splitlines()
    assert row.startswith("\"'=s1")
    (tmp_path / PHOTOS).write_text(f'"camera",{header}\n"phone",{row}\n')
    assert read_photo_list(tmp_path) == [ONE]


def test_an_older_run_has_no_list(tmp_path: Path) -> None:
    assert read_photo_list(tmp_path) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("group", "grup"),
        ('"' + "a" * 64 + '"', '"abc"'),
        (",3,", ",three,"),
        (",12.5", ",noon"),
        (",3,12.5", ""),
    ],
)
def test_a_damaged_list_is_named(before: str, after: str, tmp_path: Path) -> None:
    text = photos_csv([ONE]).decode()
    damaged = text.replace(before, after)
    assert damaged != text
    (tmp_path / PHOTOS).write_text(damaged)
    with pytest.raises(FacebenchError, match=r"photos\.csv cannot be read or is damaged: delete it, or the folder"):
        read_photo_list(tmp_path)


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    (tmp_path / PHOTOS).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FacebenchError, match="damaged"):
        read_photo_list(tmp_path)
