"""Labels as a data set: who takes part, what is seen of a photo, and what is refused with its line."""

import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from facebench.data import (
    ME,
    Dataset,
    Label,
    Photo,
    dataset_from,
    labelled_photos,
    orl_faces,
    read_labels,
    write_labels,
)
from facebench.errors import FacebenchError
from PIL import Image

#: Two faces on `two.png`, whose pixels are all different.
LEFT, RIGHT = (20, 30, 60, 80), (120, 30, 170, 90)
HEAD = "path,person,box,state\n"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Photos of one face, and one of two."""
    (tmp_path / "deep").mkdir()
    for name in ("a.pgm", "b.pgm", "deep/c.pgm"):
        shutil.copy(orl_faces().items[ord(name[-5])].path, tmp_path / name)
    random = np.random.default_rng(0)
    Image.fromarray(random.integers(0, 256, (120, 200, 3), dtype=np.uint8)).save(tmp_path / "two.png")
    return tmp_path


def labelled(album: Path, *labels: tuple, **options) -> Dataset:
    write_labels(album / "labels.csv", [Label(*label, *["confirmed"][len(label) - 3 :]) for label in labels])
    return labelled_photos(album / "labels.csv", **options)


def refusal(album: Path, rows: str) -> str:
    (album / "labels.csv").write_text(HEAD + rows)
    with pytest.raises(FacebenchError) as caught:
        labelled_photos(album / "labels.csv")
    return str(caught.value)


# Who takes part


def test_only_confirmed_faces_take_part(album):
    dataset = labelled(
        album,
        ("a.pgm", "Me", None),
        ("b.pgm", "anna", None, "unreviewed"),
        ("deep/c.pgm", " Zoë ", None),
        ("deep/c.pgm", "me", (1, 1, 5, 5), "rejected"),
        ("two.png", "", None),
    )
    assert [(item.name, item.person, item.crop) for item in dataset.items] == [
        ("a.pgm", ME, None),
        ("deep/c.pgm", "Zoë", None),
        ("two.png", None, None),
    ]
    assert (dataset.me, dataset.people, dataset.title, dataset.slug) == (ME, {ME: 1, "Zoë": 1}, "labels.csv", "labels")
    assert dataset.sources == {"labels": (album / "labels.csv").resolve()}
    assert [remark.what for remark in dataset.remarks] == ["1 unreviewed face of labels.csv takes no part"]


def test_without_me_anybody_can_be_the_target(album):
    assert labelled(album, ("a.pgm", "anna", None), ("b.pgm", "bob", None)).me is None


def test_the_same_face_counts_once(album):
    twice = [("a.pgm", "me", (5, 5, 60, 60)), (str(album / "deep/../a.pgm"), "me", (5, 5, 60, 60))]
    assert len(labelled(album, *twice, ("b.pgm", "", None), ("b.pgm", "", None)).items) == 2


def test_photos_elsewhere_are_called_by_their_whole_path(album, orl):
    first, second = labelled(album, (str(orl[3]), "me", None), (str(album / "a.pgm"), "anna", None)).items
    assert (first.file, first.name) == (str(orl[3]), str(orl[3]))
    assert second.name == "a.pgm"


def test_the_order_of_the_rows_does_not_matter(album):
    rows = [("a.pgm", "me", None), ("b.pgm", "anna", None), ("two.png", "me", LEFT), ("two.png", "bob", RIGHT)]
    first, second = labelled(album, *rows), labelled(album, *rows[::-1])
    assert first.items == second.items
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize("there", ["NFC", "NFD"])
def test_letters_in_another_form_name_the_same_photo(album, there):
    (album / "a.pgm").rename(album / unicodedata.normalize(there, "Zoë.pgm"))
    for written in ("NFC", "NFD"):
        [item] = labelled(album, (unicodedata.normalize(written, "Zoë.pgm"), "me", None)).items
        assert item.name == unicodedata.normalize("NFC", "Zoë.pgm")
        assert item.path.exists()


def test_two_forms_of_one_name_are_two_photos(album):
    names = [unicodedata.normalize(form, "Zoë.pgm") for form in ("NFC", "NFD")]
    for name in names:
        shutil.copy(album / "a.pgm", album / name)
    items = labelled(album, *((name, "me", None) for name in names)).items
    assert {Path(item.name).name for item in items} == set(names)


def test_names_that_are_not_utf_8_are_found(album):
    os.rename(os.fsencode(album / "a.pgm"), os.fsencode(album) + b"/zo\xeb.pgm")  # noqa: PTH104 (bytes)
    [item] = labelled(album, ("zo\udceb.pgm", "me", None)).items
    assert (item.name, item.path.exists()) == ("zo\\udceb.pgm", True)


# What is seen


def test_several_faces_are_seen_as_crops(album):
    first, second = labelled(album, ("two.png", "me", LEFT), ("two.png", "anna", RIGHT)).items
    assert (first.name, first.person, first.crop) == ("two.png [120 30 170 90]", "anna", (85, 0, 200, 120))
    assert (second.name, second.person, second.crop) == ("two.png [20 30 60 80]", ME, (0, 5, 90, 105))
    whole = Photo(album / "two.png")
    np.testing.assert_array_equal(second.photo().pixels, whole.pixels[5:105, :90])
    assert len({item.photo().key for item in (first, second)} | {whole.key}) == 3
    assert first.is_beside(second)


@pytest.mark.parametrize(
    ("other", "cropped"),
    [(("unreviewed", RIGHT), True), (("rejected", RIGHT), False), (("unreviewed", LEFT), False), (None, False)],
)
def test_a_photo_is_seen_as_it_is_where_no_other_face_has_a_box(album, other, cropped):
    others = [("two.png", "anna", other[1], other[0])] if other else []
    [item] = labelled(album, ("two.png", "me", LEFT), *others).items
    assert (item.crop is not None) == cropped
    assert item.name == ("two.png [20 30 60 80]" if cropped else "two.png")


def test_a_view_is_one_for_all(album):
    rows = [
        ("a.pgm", "me", None),
        ("b.pgm", "me", (10, 10, 30, 30)),
        ("two.png", "me", LEFT),
        ("two.png", "bob", RIGHT),
    ]
    assert [item.crop is None for item in labelled(album, *rows).items] == [True, True, False, False]
    assert [item.crop is None for item in labelled(album, *rows, view="crop").items] == [True, False, False, False]
    whole = labelled(album, *rows, view="photo").items
    assert [item.crop for item in whole] == [None] * 4
    assert len({item.name for item in whole}) == 4


def test_a_box_may_reach_over_the_edges(album):
    [item] = labelled(album, ("two.png", "me", (-50, -60, 20, 10)), view="crop").items
    assert item.photo().pixels.shape[:2] == (45, 55)


def test_boxes_are_of_the_upright_photo(album):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 120)).save(album / "lying.jpg", exif=exif)
    assert labelled(album, ("lying.jpg", "me", (10, 150, 100, 190))).items
    assert "which has 120x200 pixels once upright" in refusal(album, "lying.jpg,me,130 10 150 50,confirmed\n")


def test_a_crop_changes_the_fingerprint(album):
    rows = [("two.png", "me", LEFT), ("two.png", "bob", RIGHT)]
    assert labelled(album, *rows).fingerprint != labelled(album, *rows, view="photo").fingerprint


# What is refused


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("a.pgm,me,,confirmed\ngone.jpg,me,,confirmed\n", "line 3: there is no photo {0}/gone.jpg: correct the path"),
        ("deep,me,,confirmed\n", "line 2: there is no photo {0}/deep"),
        ("zero\0byte,me,,confirmed\n", "line 2: there is no photo"),
        (f"{'n' * 300},me,,confirmed\n", "line 2: there is no photo"),
        ("two.png,me,200 0 210 10,confirmed\n", "line 2: the box 200 0 210 10 lies outside of {0}/two.png"),
        ("two.png,me,-9 0 0 10,confirmed\n", "lies outside"),
        ("two.png,me,0 120 9 130,confirmed\n", "lies outside"),
        (
            "two.png,me,1 2 30 40,confirmed\na.pgm,me,,confirmed\ntwo.png,anna,1 2 30 40,confirmed\n",
            "line 4: the face 1 2 30 40 of {0}/two.png is me in line 2 and anna here: correct one of them",
        ),
        (
            "a.pgm,me,,confirmed\na.pgm,,,confirmed\n",
            "line 3: {0}/a.pgm shows somebody without a name, and in line 2 me: give each a box",
        ),
        ("two.png,me,,confirmed\ntwo.png,bob,1 2 30 40,confirmed\n", "line 2: {0}/two.png shows me, and in line 3 bob"),
        ("a.pgm,All,,confirmed\n", "line 2: 'All' cannot be a person's name: write another"),
        ("a.pgm,an\x07na,,confirmed\n", "line 2: 'an\\x07na' cannot be a person's name"),
        ("a.pgm,,,confirmed\nb.pgm,me,,unreviewed\n", " confirms nobody by name: write the person"),
        ("", " confirms nobody by name"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_told_by_its_line(album, rows, complaint):
    message = refusal(album, rows)
    assert message.startswith(f"{album / 'labels.csv'}{complaint[:1] if complaint[0] == ' ' else ', '}")
    assert complaint.format(album) in message


def test_rows_that_take_no_part_need_no_photo(album):
    assert labelled(album, ("a.pgm", "me", None), ("gone.jpg", "me", (1, 2, 3, 4), "unreviewed")).items


def test_a_photo_that_cannot_be_read_is_listed_all_the_same(album):
    (album / "text.jpg").write_text("no photo")
    assert len(labelled(album, ("a.pgm", "me", None), ("text.jpg", "me", (1, 2, 3, 4)), view="crop").items) == 2


def test_the_first_problems_are_told_together(album):
    message = refusal(album, "".join(f"gone{number}.jpg,me,,confirmed\n" for number in range(7)))
    assert message.count("there is no photo") == 5
    assert message.endswith("; and 2 more problems.")


# As an option


def test_labels_are_one_of_three_ways(album):
    write_labels(
        album / "labels.csv", [Label("a.pgm", "me", None, "confirmed"), Label("b.pgm", "Me x", None, "confirmed")]
    )
    file = album / "labels.csv"
    assert dataset_from(labels=file).people == {ME: 1, "Me x": 1}
    for options, complaint in (
        ({"data": album}, "--labels and --data are two ways to name photos: use one of them."),
        ({"me": album, "others": album}, "--labels and --me/--others are two ways to name photos: use one of them."),
    ):
        with pytest.raises(FacebenchError, match=complaint):
            dataset_from(labels=file, **options)
    with pytest.raises(FacebenchError, match="--view crop needs --labels FILE"):
        dataset_from(view="crop")


def test_others_are_drawn(album):
    rows = [("a.pgm", "me", None), ("b.pgm", "anna", None), ("deep/c.pgm", "", None), ("two.png", "", None)]
    labelled(album, *rows)
    dataset = dataset_from(labels=album / "labels.csv", limit_others=2, seed=1)
    assert len(dataset.items) == 3
    assert dataset.items[0].person == ME


def test_spellings_of_one_name_are_told(album):
    labelled(album, ("a.pgm", "Anna", None), ("b.pgm", "anna", None))
    [remark] = dataset_from(labels=album / "labels.csv").remarks
    assert (remark.kind, remark.advice) == ("spellings", "Write it the same way in all rows")


# Columns of one's own


def test_further_columns_are_categories_of_the_faces(album):
    (album / "labels.csv").write_text(
        "Path;Glasses;person;box;state;place\n"
        "two.png;'-yes;me;20 30 60 80;confirmed;\n"
        "two.png;no;anna;120 30 170 90;confirmed;in\n"
        "a.pgm;;me;;confirmed;out\n"
        "b.pgm;maybe;me;;rejected;out\n"
    )
    assert labelled_photos(album / "labels.csv").categories == {
        "Glasses": {"two.png [20 30 60 80]": "-yes", "two.png [120 30 170 90]": "no"},
        "place": {"two.png [120 30 170 90]": "in", "a.pgm": "out"},
    }
    with pytest.raises(FacebenchError, match="has columns besides, Glasses, place: a table of labels has the columns"):
        read_labels(album / "labels.csv")  # as those do who would write it again without them


@pytest.mark.parametrize(
    ("columns", "rows", "complaint"),
    [
        ("boxs", "a.pgm,me,confirmed,1 2 3 4\n", "has a column boxs: did you mean box?"),
        ("note", "a.pgm,me,confirmed,\n", "the column note has no value"),
        ("a,a", "a.pgm,me,confirmed,x,y\n", "has the columns path, person, state, a, a"),
        (",b", "a.pgm,me,confirmed,x,y\n", "has the columns path, person, state, , b"),
    ],
)
def test_what_is_no_column_of_ones_own_is_told(album, columns, rows, complaint):
    (album / "labels.csv").write_text(f"path,person,state,{columns}\n{rows}")
    with pytest.raises(FacebenchError) as caught:
        labelled_photos(album / "labels.csv")
    assert complaint in str(caught.value)
