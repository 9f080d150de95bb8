"""Trees as people have them: parts of a data set, albums, two spellings, folders of systems, names of no UTF-8."""

import os
import random
import shutil
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from facebench.data import ME, Rules, dataset_from, find_photos, me_and_others, people_folder, photos_folder
from facebench.data.listing._layout import albums, spellings
from facebench.errors import FacebenchError

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))


def fill(folder: Path, *names: str) -> Path:
    """Put a file at each name below the folder; nothing of this is about what is in it."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"photo")
    return folder


def people_of(root: Path, layout: str = "auto") -> dict[str | None, list[str]]:
    """Return the names of the photos of each person, as `bench check` sees them."""
    people: dict[str | None, list[str]] = {}
    for item in photos_folder(root, Rules(layout)).items:
        people.setdefault(item.person, []).append(item.name)
    return people


def kinds(root: Path, layout: str = "auto") -> list[str]:
    return [remark.kind for remark in photos_folder(root, Rules(layout)).remarks]


# Parts of a data set


@pytest.mark.parametrize("parts", [("train", "test"), ("Train", "val", "TEST"), ("training", "validation", "testing")])
def test_people_in_train_and_test_are_one_by_name(parts: tuple[str, ...], tmp_path: Path) -> None:
    fill(tmp_path, *(f"{part}/{person}/{part}.jpg" for part in parts for person in ("anna", "bob")))
    dataset = people_folder(tmp_path)
    assert dataset.people == {"anna": len(parts), "bob": len(parts)}
    assert sorted(item.name for item in dataset.items if item.person == "anna") == sorted(
        f"{part}/anna/{part}.jpg" for part in parts
    )
    [remark] = dataset.remarks
    assert remark.kind == "layout"
    assert f"{', '.join(sorted(parts))} are taken for parts of the data set: 2 people in them" in remark.what
    assert "--layout people" in remark.advice


@pytest.mark.parametrize("above", ["images", "train", "images/train", "train/images"])
def test_a_single_folder_above_the_people_is_nobody(above: str, tmp_path: Path) -> None:
    fill(tmp_path, f"{above}/anna/1.jpg", f"{above}/bob/2019/1.jpg", "cover.jpg")
    dataset = people_folder(tmp_path)
    assert dataset.people == {"anna": 1, "bob": 1}
    assert dict(dataset.skipped) == {"photos outside a person's folder": 1}


def test_parts_without_people_in_them_hold_nobody_known(tmp_path: Path) -> None:
    fill(tmp_path / "others", "train/1.jpg", "test/2.jpg")
    fill(tmp_path / "me", "1.jpg")
    assert people_of(tmp_path / "others") == {None: ["test/2.jpg", "train/1.jpg"]}
    assert me_and_others(tmp_path / "me", tmp_path / "others").people == {ME: 1}
    with pytest.raises(FacebenchError, match="holds 0 folders with photos") as refusal:
        people_folder(tmp_path / "others")
    assert "test, train are taken for parts of the data set: nobody is known" in str(refusal.value)


@pytest.mark.parametrize("beside", ["anna/1.jpg", "labels/1.jpg"])
def test_a_person_may_be_called_test(beside: str, tmp_path: Path) -> None:
    fill(tmp_path, "test/x/1.jpg", "val/y/1.jpg", beside)
    assert set(people_of(tmp_path)) == {"test", "val", beside.split("/", maxsplit=1)[0]}
    assert kinds(tmp_path) == []


def test_the_layout_may_be_given(tmp_path: Path) -> None:
    fill(tmp_path, "train/anna/1.jpg", "test/bob/1.jpg", "train/2.jpg")
    names = ["test/bob/1.jpg", "train/2.jpg", "train/anna/1.jpg"]
    assert people_of(tmp_path, "people") == {"test": names[:1], "train": names[1:]}
    assert people_of(tmp_path, "flat") == {None: names}
    assert (
        people_of(tmp_path, "split") == people_of(tmp_path) == {"bob": names[:1], None: names[1:2], "anna": names[2:]}
    )
    assert [kinds(tmp_path, layout) for layout in ("people", "split", "flat", "auto")] == [[], [], [], ["layout"]]


def test_a_split_of_other_names_is_taken_where_it_is_given(tmp_path: Path) -> None:
    fill(tmp_path, "gallery/anna/1.jpg", "probe/anna/1.jpg", "probe/bob/1.jpg")
    assert set(people_of(tmp_path)) == {"gallery", "probe"}
    assert people_folder(tmp_path, Rules("split")).people == {"anna": 2, "bob": 1}


def test_others_have_a_layout_and_i_have_none(tmp_path: Path) -> None:
    fill(tmp_path / "me", "train/1.jpg", "test/1.jpg", "2019/1.jpg")
    fill(tmp_path / "others", "train/anna/1.jpg", "test/anna/2.jpg", "test/bob/1.jpg")
    dataset = dataset_from(me=tmp_path / "me", others=tmp_path / "others")
    assert dataset.people == {ME: 3, "others/anna": 2, "others/bob": 1}
    assert dataset_from(me=tmp_path / "me", others=tmp_path / "others", rules=Rules("people")).people == {
        ME: 3,
        "others/test": 2,
        "others/train": 1,
    }


def test_nobody_is_known_where_people_are_needed(tmp_path: Path) -> None:
    with pytest.raises(FacebenchError, match="use it with --others DIR"):
        dataset_from(data=fill(tmp_path, "anna/1.jpg", "bob/1.jpg"), rules=Rules("flat"))


def test_older_results_list_first_folders_and_all_that_is_in_them(tmp_path: Path) -> None:
    fill(tmp_path, "train/anna/1.jpg", f"test/{DECOMPOSED}/1.jpg", "test/@eaDir/1.jpg")
    dataset = dataset_from(data=tmp_path, rules=Rules(version=1))
    assert dataset.people == {"test": 2, "train": 1}
    assert f"test/{DECOMPOSED}/1.jpg" in [item.name for item in dataset.items]


# Albums


@pytest.mark.parametrize(
    "names",
    [
        ["2019", "2020", "2021"],
        ["2019-05", "2019-06 Rome", "20190712"],
        ["January", "03_March", "Sept"],
        ["100APPLE", "101APPLE"],
        ["Rome 2018", "Sommer 2019", "Christmas"],
        ["Camera", "Screenshots", "WhatsApp Images", "Download"],
        ["2017", "2018", "2019", "2020", "Anna"],
    ],
)
def test_years_months_and_albums_are_seen(names: list[str]) -> None:
    [remark] = albums(names, "Use --me")
    assert (remark.kind, remark.advice) == ("albums", "Use --me")


@pytest.mark.parametrize(
    "names",
    [
        ["anna", "bob"],
        ["April", "Bob", "Carla"],
        ["Augusta", "Maya", "Summers", "Janet"],
        ["s1", "s2"],
        ["0000045", "0000099", "2019"],
        ["1", "2", "12"],
        ["anna_1985", "bob_1990"],
        ["20190", "20205"],
        ["n000001", "n002019"],
        ["2019"],
        [],
    ],
)
def test_people_are_no_albums(names: list[str]) -> None:
    assert albums(names, "") == []


def test_a_tree_of_years_is_one_persons(tmp_path: Path) -> None:
    fill(tmp_path / "photos", *(f"{year}/{month:02}/1.jpg" for year in (2019, 2020) for month in (1, 7)))
    [remark] = people_folder(tmp_path / "photos").remarks
    assert remark.what == "2019, 2020 look like albums of one person"
    assert "--me DIR" in remark.advice
    me = fill(tmp_path / "me", "1.jpg")
    [remark] = me_and_others(me, tmp_path / "photos").remarks
    assert "--layout flat" in remark.advice
    assert me_and_others(me, tmp_path / "photos", Rules("flat")).remarks == ()


# One person in two spellings


def test_two_forms_of_unicode_are_one_person(tmp_path: Path) -> None:
    fill(tmp_path, f"{COMPOSED}/1.jpg", f"{DECOMPOSED}/2.jpg", "bob/1.jpg")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system has one form")
    dataset = people_folder(tmp_path)
    assert dataset.people == {COMPOSED: 2, "bob": 1}
    assert {item.name for item in dataset.items} == {f"{COMPOSED}/1.jpg", f"{COMPOSED}/2.jpg", "bob/1.jpg"}
    assert dataset.remarks == ()


def test_photos_keep_names_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path, f"{COMPOSED}/1.jpg", f"{DECOMPOSED}/1.jpg", "bob/1.jpg")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system has one form")
    for dataset in (people_folder(tmp_path), photos_folder(tmp_path)):
        assert {item.name: item.person for item in dataset.items} == {
            f"{COMPOSED}/1.jpg": COMPOSED,
            f"{DECOMPOSED}/1.jpg": COMPOSED,
            "bob/1.jpg": "bob",
        }


@pytest.mark.parametrize(
    "names", [["Anna", "anna"], ["Anna", "Anna "], ["Straße", "STRASSE"], ["Anna Lee", "anna_lee"], ["ﬁona", "Fiona"]]
)
def test_names_that_differ_in_spelling_alone_are_told(names: list[str]) -> None:
    [remark] = spellings([*names, "bob"])
    assert all(f"'{name}'" in remark.what for name in names)


def test_names_that_differ_are_not() -> None:
    assert spellings(["Anna", "Ana", "Zoe", COMPOSED, "s1", "s10"]) == []


# Folders that systems make


@pytest.mark.parametrize(
    "name",
    [
        *("@eaDir", "#recycle", "@Recycle", ".@__thumb", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"),
        *("lost+found", ".thumbnails"),
    ],
)
def test_folders_of_systems_are_passed_over_and_counted(name: str, tmp_path: Path) -> None:
    fill(tmp_path, "anna/1.jpg", "bob/1.jpg", f"{name}/anna/1.jpg", f"anna/{name}/1.jpg/THUMB.jpg", f"anna/{name}/x.db")
    dataset = people_folder(tmp_path)
    assert dataset.people == {"anna": 1, "bob": 1}
    assert dict(dataset.skipped) == {f"in {name}": 3}
    assert [path.name for path in find_photos([str(tmp_path)])[0]] == ["1.jpg", "1.jpg"]


def test_waste_beside_lfw_is_no_second_data_set(tmp_path: Path) -> None:
    names = ("lfw/Abel_Pacheco/Abel_Pacheco_0001.jpg", "lfw/Zoe_Ball/Zoe_Ball_0001.jpg")
    fill(tmp_path, *names, "__MACOSX/lfw/Abel_Pacheco/Abel_Pacheco_0001.jpg")
    assert people_folder(tmp_path).people == {"Abel_Pacheco": 1, "Zoe_Ball": 1}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_waste_that_nobody_may_read_is_no_error(tmp_path: Path) -> None:
    fill(tmp_path, "anna/1.jpg", "bob/1.jpg", "lost+found/1.jpg")
    (tmp_path / "lost+found").chmod(0)
    try:
        assert people_folder(tmp_path).people == {"anna": 1, "bob": 1}
    finally:
        (tmp_path / "lost+found").chmod(0o700)


# Any tree


@pytest.mark.slow
def test_whatever_a_tree_holds_its_files_are_listed_or_counted(tmp_path: Path) -> None:
    """2,000 trees: names, depths, parts, waste and links; no traceback, and photos listed + passed over = files."""
    draw = random.Random(14)
    folders = ["anna", "Anna", "anna ", COMPOSED, DECOMPOSED, "train", "Test", "val", "images", "2019", "May", "lfw"]
    folders += ["me", ".hidden", "a\nb", "\x1b[2J", "[x]", "~", "-", "\udce9", "日本", *sorted(_WASTE)]
    files = ["1.jpg", "2.JPG", f"{COMPOSED}.png", f"{DECOMPOSED}.png", "x.txt", "Thumbs.db", "README", ".DS_Store"]
    files += ["\udcff.jpg", "a.b.c.jpeg", ".jpg", "1.jpg.part", "identity_CelebA.csv"]
    listed = 0
    for number in range(2_000):
        root = tmp_path / str(number)
        root.mkdir()
        for _ in range(draw.randint(0, 16)):
            parts = [draw.choice(folders) for _ in range(draw.randint(0, 4))]
            path = root.joinpath(*parts, draw.choice(files))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"0.jpg 1\n")
        rules = Rules(draw.choice(["auto", "auto", "people", "split", "flat"]))
        expected = _files_that_count(root)
        for read in (photos_folder, people_folder):
            try:
                dataset = read(root, rules)
            except FacebenchError as error:
                assert str(root) in str(error)
                continue
            listed += 1
            assert len(dataset.items) + dataset.skipped.total() == expected, sorted(root.rglob("*"))
            assert Counter(item.name for item in dataset.items).most_common(1)[0][1] == 1
            assert all(item.name.encode() for item in dataset.items)
            assert len(dataset.fingerprint) == 64
        shutil.rmtree(root)
    assert listed > 1_500


def _files_that_count(root: Path) -> int:
    """Return the number of files that are neither hidden nor in a hidden folder, and of all in folders of systems."""
    count = 0
    for path in root.rglob("*"):
        if path.is_file():
            above = path.relative_to(root).parts
            where = next((part for part in above[:-1] if part.startswith(".") or part in _WASTE), "")
            count += where in _WASTE or not (where or path.name.startswith("."))
    return count


_WASTE = {"@eaDir", "#recycle", "__MACOSX", "lost+found", ".thumbnails"}
