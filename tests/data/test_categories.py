"""A table of slices: photos by any of their names; what is wrong is told with its line, before any photo is read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from facebench.data import Dataset, with_categories
from facebench.errors import FacebenchError


def given(dataset: Dataset, folder: Path, text: str) -> Dataset:
    (folder / "mine.csv").write_text(text, encoding="utf-8")
    return with_categories(dataset, folder / "mine.csv")


def test_photos_are_named_as_listed_or_by_their_files(copies: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "photos/s1/3.pgm"
    text = f"child;photo;glasses\n;s1/1.pgm;yes\nno;photos/s1/2.pgm;'-no\nno;{file};\n"
    assert given(copies, tmp_path, text).categories == {
        "child": {"s1/2.pgm": "no", "s1/3.pgm": "no"},
        "glasses": {"s1/1.pgm": "yes", "s1/2.pgm": "-no"},
    }


def test_a_photo_that_takes_no_part_is_passed_over_and_crops_share_what_the_photo_is(
    copies: Dataset, tmp_path: Path
) -> None:
    first = copies.items[0]
    crops = tuple(replace(first, name=f"a [{left} 0 40 40]", crop=(left, 0, 40, 40)) for left in (0, 9))
    found = given(replace(copies, items=crops), tmp_path, "photo,party\nphotos/s1/1.pgm,yes\nphotos/s2/1.pgm,no\n")
    assert found.categories == {"party": dict.fromkeys((crop.name for crop in crops), "yes")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: a table of slices has a column photo, and a column for each category"),
        ("path,glasses\n", "has the columns path, glasses: a table of slices has a column photo"),
        ("photo\ns1/1.pgm\n", "has the columns photo: "),
        ("photo,a,a\n", "has the columns photo, a, a: "),
        ("photo,a,\n", "has the columns photo, a, : "),
        ("photo,a\ns1/1.pgm,yes,no\n", "line 2: 3 cells, and 2 columns: put a cell that holds a separator into quotes"),
        ("photo,a\n,yes\n", "line 2: no photo: add its path, or delete the row"),
        ("photo,a\nme.jpg,yes\n", "line 2: there is no photo me.jpg: write it as the run lists it, such as s1/1.pgm,"),
        ("photo,a\ns1/1.pgm,x\nphotos/s1/1.pgm,y\n", "line 3: s1/1.pgm is in line 2, too: delete one of them"),
        ("photo,a\ns1/1.pgm,\n", "the column a has no value: write a category into it, or delete it"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str, copies: Dataset, tmp_path: Path) -> None:
    with pytest.raises(FacebenchError) as told:
        given(copies, tmp_path, text)
    assert message in str(told.value)


def test_more_than_20_values_are_no_categories(people: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = people(3)
    rows = [f"{item.name},{number}" for number, item in enumerate(dataset.items)]
    given(dataset, tmp_path, "\n".join(["photo,a", *rows[:20]]))
    with pytest.raises(FacebenchError, match="the column a has 21 different values, and 20 at most make slices"):
        given(dataset, tmp_path, "\n".join(["photo,a", *rows[:21]]))
    with pytest.raises(FacebenchError, match=r"--slices .*none.csv cannot be read \(No such file"):
        with_categories(dataset, tmp_path / "none.csv")
