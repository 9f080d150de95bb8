"""Data sets: the ORL faces, a folder per person, me and others; what is skipped and what is refused."""

import os
import shutil
from pathlib import Path

import pytest
from facebench.data import ME, Photo, dataset_from, me_and_others, orl_faces, people_folder, photos_folder
from facebench.data._dataset import Dataset, Item
from facebench.errors import FacebenchError

ORL = [item.path for item in orl_faces().items]


def fill(folder, *names):
    """Put a photo of its own at each name below the folder; names that are no photos get text."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() in (".txt", ".db", ""):
            path.write_text("no photo")
        else:
            shutil.copy(ORL[number], path)
    return folder


def listed(dataset):
    return [(item.name, item.person) for item in dataset.items]


def refusal(function, *arguments):
    with pytest.raises(FacebenchError) as caught:
        function(*arguments)
    return str(caught.value)


# The ORL faces


def test_orl_is_40_people_with_10_photos_each():
    dataset = orl_faces()
    assert dataset.people == {f"s{number}": 10 for number in range(1, 41)}
    assert {item.name for item in dataset.items} == {f"s{p}/{n}.pgm" for p in range(1, 41) for n in range(1, 11)}
    assert all(Photo(item.path).header.size == (92, 112) for item in dataset.items)
    assert (dataset.slug, dataset.me, dict(dataset.skipped)) == ("orl", None, {})


def test_orl_names_people_by_their_folders():
    assert all(item.person == item.path.parent.name for item in orl_faces().items)


# A folder per person


def test_people_are_the_folders_whatever_lies_deeper(tmp_path):
    fill(tmp_path, "zoe/1.jpg", "adam/2020/summer/1.jpg", "adam/1.png", "adam/2020/1.jpg")
    assert listed(people_folder(tmp_path)) == [
        ("adam/1.png", "adam"),
        ("adam/2020/1.jpg", "adam"),
        ("adam/2020/summer/1.jpg", "adam"),
        ("zoe/1.jpg", "zoe"),
    ]
    assert people_folder(tmp_path).people == {"adam": 3, "zoe": 1}


@pytest.mark.parametrize(
    "ending",
    [
        *("jpg", "JPG", "jpeg", "Jpeg", "jpe", "jfif", "png", "PNG", "webp", "bmp", "tif", "TIFF"),
        *("ppm", "pgm", "pnm", "gif", "heic", "HEIC", "heif"),
    ],
)
def test_photos_are_known_by_their_endings_in_any_case(tmp_path, ending):
    fill(tmp_path, f"adam/1.{ending}", "zoe/1.jpg")
    assert people_folder(tmp_path).people == {"adam": 1, "zoe": 1}


def test_files_that_are_no_photos_are_skipped_and_counted(tmp_path):
    fill(tmp_path, "adam/1.jpg", "adam/a.txt", "adam/B.TXT", "zoe/1.jpg", "zoe/Thumbs.db", "zoe/README", "group.jpg")
    assert dict(people_folder(tmp_path).skipped) == {
        ".txt": 2,
        ".db": 1,
        "no ending": 1,
        "photos outside a person's folder": 1,
    }


def test_hidden_files_and_folders_are_passed_over(tmp_path):
    fill(tmp_path, "adam/1.jpg", "adam/._1.jpg", "adam/.thumbs/1.jpg", ".cache/1.jpg", "zoe/1.jpg", "zoe/.jpg")
    dataset = people_folder(tmp_path)
    assert [item.name for item in dataset.items] == ["adam/1.jpg", "zoe/1.jpg"]
    assert not dataset.skipped


def test_a_hidden_data_set_folder_is_listed(tmp_path):
    assert len(people_folder(fill(tmp_path / ".photos", "adam/1.jpg", "zoe/1.jpg")).items) == 2


def test_broken_links_and_pipes_are_skipped_and_counted(tmp_path):
    fill(tmp_path, "adam/1.jpg", "zoe/1.jpg")
    (tmp_path / "adam/2.jpg").symlink_to(tmp_path / "gone.jpg")
    os.mkfifo(tmp_path / "adam/3.jpg")
    dataset = people_folder(tmp_path)
    assert dataset.people == {"adam": 1, "zoe": 1}
    assert dict(dataset.skipped) == {"broken links": 2}


def test_links_that_lead_in_circles_are_followed_once(tmp_path):
    fill(tmp_path, "adam/1.jpg", "zoe/1.jpg")
    (tmp_path / "adam/self").symlink_to(tmp_path / "adam")
    (tmp_path / "adam/up").symlink_to(tmp_path)
    assert [item.name for item in people_folder(tmp_path).items] == ["adam/1.jpg", "zoe/1.jpg"]


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path):
    root = fill(tmp_path / "people", "zoe/1.jpg")
    (root / "adam").symlink_to(fill(tmp_path / "elsewhere", "1.jpg", "2.jpg"))
    assert people_folder(root).people == {"adam": 2, "zoe": 1}


def test_a_folder_linked_into_another_person_takes_no_photo_away_from_its_own(tmp_path):
    fill(tmp_path, "adam/1.jpg", "zoe/1.jpg", "zoe/2.jpg")
    (tmp_path / "adam/friends").symlink_to(tmp_path / "zoe")
    assert people_folder(tmp_path).people == {"adam": 3, "zoe": 2}


def test_names_that_are_not_utf_8_are_spelled_out(tmp_path):
    fill(tmp_path, "adam/1.jpg")
    folder = os.fsencode(tmp_path) + b"/zo\xeb"
    try:
        os.mkdir(folder)  # noqa: PTH102 (bytes)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    shutil.copy(ORL[0], folder + b"/\xff.jpg")
    dataset = people_folder(tmp_path)
    assert listed(dataset) == [("adam/1.jpg", "adam"), (r"zo\udceb/\udcff.jpg", r"zo\udceb")]
    assert Photo(dataset.items[1].path).pixels.shape == (112, 92, 3)
    assert len(dataset.fingerprint) == 64


@pytest.mark.parametrize("folders", [[], ["adam"]], ids=["none", "one"])
def test_fewer_than_two_people_are_refused_with_what_to_do(tmp_path, folders):
    fill(tmp_path, *(f"{folder}/1.jpg" for folder in folders), "group.jpg", "a.txt")
    message = refusal(people_folder, tmp_path)
    assert message.startswith(f"{tmp_path} holds {len(folders)} folder")
    assert "1 .txt" in message
    assert "1 photos outside a person's folder" in message
    assert "--me DIR --others DIR" in message


def test_title_and_slug_come_from_the_folder(tmp_path):
    dataset = people_folder(fill(tmp_path / "Família & Friends 2020!", "adam/1.jpg", "zoe/1.jpg"))
    assert (dataset.title, dataset.slug) == ("Família & Friends 2020!", "fam-lia-friends-2020")


def test_a_folder_without_a_single_letter_still_has_a_slug(tmp_path):
    assert people_folder(fill(tmp_path / "照片", "adam/1.jpg", "zoe/1.jpg")).slug == "photos"


# Me and others


def test_others_may_lie_flat(tmp_path):
    me, others = fill(tmp_path / "anna", "1.jpg", "trip/2.jpg"), fill(tmp_path / "strangers", "a.jpg", "b.jpg")
    dataset = me_and_others(me, others)
    assert listed(dataset) == [("me/1.jpg", ME), ("me/trip/2.jpg", ME), ("others/a.jpg", None), ("others/b.jpg", None)]
    assert (dataset.me, dataset.title) == (ME, "anna against strangers")


def test_others_may_have_a_folder_per_person_even_one_called_me(tmp_path):
    me, others = fill(tmp_path / "anna", "1.jpg"), fill(tmp_path / "strangers", "me/1.jpg", "zoe/1.jpg")
    dataset = me_and_others(me, others)
    assert dataset.people == {ME: 1, "others/me": 1, "others/zoe": 1}


def test_skipped_files_of_both_folders_are_counted_together(tmp_path):
    me, others = fill(tmp_path / "anna", "1.jpg", "a.txt"), fill(tmp_path / "strangers", "1.jpg", "b.txt", "c.db")
    assert dict(me_and_others(me, others).skipped) == {".txt": 2, ".db": 1}


@pytest.mark.parametrize("empty", ["me", "others"])
def test_an_empty_class_is_refused_with_its_path_and_what_was_skipped(tmp_path, empty):
    names = {"me": ["1.jpg"], "others": ["1.jpg"]} | {empty: ["a.txt", "b.txt"]}
    folders = {side: fill(tmp_path / side, *names[side]) for side in names}
    message = refusal(me_and_others, folders["me"], folders["others"])
    assert message == f"--{empty} {folders[empty]} holds no photos (skipped: 2 .txt): give a folder of photos."


@pytest.mark.parametrize(
    ("me", "others"),
    [("all/me", "all"), ("all", "all/others"), ("all", "all"), ("link", "all"), ("all/x/../me", "all")],
)
def test_folders_inside_one_another_are_refused(tmp_path, me, others):
    fill(tmp_path, "all/me/1.jpg", "all/others/1.jpg", "all/x/1.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "all/me")
    message = refusal(me_and_others, tmp_path / me, tmp_path / others)
    assert f"--me {tmp_path / me} and --others {tmp_path / others} lie inside one another" in message
    assert "Move one of the folders out" in message


def test_a_folder_whose_name_only_begins_alike_is_not_inside(tmp_path):
    assert me_and_others(fill(tmp_path / "all", "1.jpg"), fill(tmp_path / "all-others", "1.jpg")).items


def test_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    fill(tmp_path / "people", "adam/1.jpg", "zoe/1.jpg")
    assert len(people_folder("~/people").items) == 2


# Folders that cannot be used


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("missing", "does not exist"),
        ("file.jpg", "is a file"),
        ("n" * 300, "cannot be read"),
        ("zero\0byte", "does not exist"),
    ],
    ids=["missing", "file", "too long", "zero byte"],
)
def test_a_path_that_is_no_folder_is_named_with_its_option(tmp_path, name, complaint):
    good = fill(tmp_path, "file.jpg", "good/1.jpg") / "good"
    bad = tmp_path / name
    for option, arguments in (("--data", [bad]), ("--me", [bad, good]), ("--others", [good, bad])):
        message = refusal(people_folder if option == "--data" else me_and_others, *arguments)
        assert message.startswith(f"{option} {bad} {complaint}")
        assert message.endswith("give a folder of photos.")


def test_the_home_of_nobody_is_refused():
    assert refusal(people_folder, "~no-such-user/photos").startswith("--data ~no-such-user/photos cannot be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
@pytest.mark.parametrize("mode", [0o000, 0o400], ids=["not listed", "listed, not entered"])
def test_a_folder_without_permission_is_named(tmp_path, mode):
    fill(tmp_path, "adam/1.jpg", "zoe/1.jpg")
    (tmp_path / "zoe").chmod(mode)
    try:
        message = refusal(people_folder, tmp_path)
    finally:
        (tmp_path / "zoe").chmod(0o700)
    assert str(tmp_path / "zoe") in message
    assert "Check its permissions" in message


def denied(real, forbidden):
    def call(path, *arguments, **options):
        if os.fspath(path) == os.fspath(forbidden):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path, *arguments, **options)

    return call


@pytest.mark.parametrize(
    ("owner", "function", "forbidden"),
    [(os, "scandir", "zoe"), (Path, "is_file", "zoe/1.jpg"), (Path, "is_dir", "")],
    ids=["not listed", "listed, not entered", "not reached"],
)
def test_a_permission_error_becomes_a_message(tmp_path, monkeypatch, owner, function, forbidden):
    fill(tmp_path, "adam/1.jpg", "zoe/1.jpg")
    monkeypatch.setattr(owner, function, denied(getattr(owner, function), tmp_path / forbidden))
    message = refusal(people_folder, tmp_path)
    assert str(tmp_path / forbidden) in message
    assert "Permission denied" in message


# Identity


def test_two_listings_of_the_same_photos_have_the_same_fingerprint(tmp_path):
    first = people_folder(fill(tmp_path / "first", "adam/1.jpg", "zoe/1.jpg"))
    second = people_folder(fill(tmp_path / "second", "adam/1.jpg", "zoe/1.jpg"))
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    "items",
    [[("a", "x", 5)], [("b", "x", 5), ("b2", "y", 5)], [("a", "z", 5), ("b", "y", 5)], [("a", "x", 6), ("b", "y", 5)]],
    ids=["a photo less", "other names", "another person", "another size"],
)
def test_another_listing_has_another_fingerprint(tmp_path, items):
    def fingerprint(rows):
        made = []
        for name, person, size in rows:
            path = tmp_path / f"{name}-{size}.jpg"
            path.write_bytes(bytes(size))
            made.append(Item(path, name, person))
        return Dataset("title", "slug", tuple(made)).fingerprint

    assert fingerprint(items) != fingerprint([("a", "x", 5), ("b", "y", 5)])


# Options


def test_options_name_the_data_set(tmp_path):
    people = fill(tmp_path / "people", "adam/1.jpg", "zoe/1.jpg")
    others = fill(tmp_path / "others", "1.jpg")
    assert dataset_from().slug == "orl"
    assert dataset_from(data=people).people == {"adam": 1, "zoe": 1}
    assert dataset_from(me=people, others=others).me == ME


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"me": Path("a")}, "--me needs --others DIR"),
        ({"others": Path("a")}, "--others needs --me DIR"),
        ({"data": Path("a"), "me": Path("b")}, "use one of them"),
        ({"data": Path("a"), "me": Path("b"), "others": Path("c")}, "use one of them"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, missing):
    with pytest.raises(FacebenchError, match=missing):
        dataset_from(**options)


# Any photos


def test_any_folder_of_photos_will_do(tmp_path):
    fill(tmp_path / "photos", "flat.jpg", "ann/2020/1.jpg", "ann/1.png", "notes.txt", ".hidden.jpg")
    dataset = photos_folder(tmp_path / "photos")
    assert listed(dataset) == [("ann/1.png", "ann"), ("ann/2020/1.jpg", "ann"), ("flat.jpg", None)]
    assert (dict(dataset.skipped), dataset.sources) == ({".txt": 1}, {"data": (tmp_path / "photos").resolve()})


def test_a_single_photo_is_enough(tmp_path):
    assert listed(photos_folder(fill(tmp_path, "me.jpg"))) == [("me.jpg", None)]


@pytest.mark.parametrize("inside", ["", "lfw/"])
def test_names_of_any_photos_are_relative_to_the_folder_given(tmp_path, monkeypatch, inside):
    fill(tmp_path / "data", f"{inside}Abel_Pacheco/Abel_Pacheco_0001.jpg")
    monkeypatch.chdir(tmp_path)
    for root in (tmp_path / "data", "data"):
        assert listed(photos_folder(root)) == [(f"{inside}Abel_Pacheco/Abel_Pacheco_0001.jpg", "Abel_Pacheco")]


def test_any_photos_may_be_those_of_celeba(tmp_path):
    fill(tmp_path, "img_align_celeba/000001.jpg", "img_align_celeba/000002.jpg")
    (tmp_path / "identity_CelebA.txt").write_text("000001.jpg 7\n000002.jpg 9\n")
    found = [("img_align_celeba/000001.jpg", "7"), ("img_align_celeba/000002.jpg", "9")]
    assert listed(photos_folder(tmp_path)) == found


def test_a_folder_without_photos_is_refused(tmp_path):
    fill(tmp_path / "empty", "notes.txt")
    message = refusal(photos_folder, tmp_path / "empty")
    assert message == f"{tmp_path / 'empty'} holds no photos (skipped: 1 .txt): give a folder of photos."
    assert "does not exist" in refusal(photos_folder, tmp_path / "gone")


def test_a_photo_has_a_path_however_it_was_given(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"four")
    by_path, by_text = Item(tmp_path / "a.jpg", "a.jpg", None), Item(str(tmp_path / "a.jpg"), "a.jpg", None)
    assert by_path == by_text
    assert by_text.path == tmp_path / "a.jpg"
    assert by_text.file == str(tmp_path / "a.jpg")
    assert by_text.size == 4
