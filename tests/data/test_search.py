"""Which photos files, folders and patterns name."""

import os
from pathlib import Path

import pytest
from facebench.data import find_photos
from facebench.errors import FacebenchError


@pytest.fixture(autouse=True)
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Photos and other files; the current folder is the one that holds the album."""
    for name in (
        "album/b.jpg",
        "album/a.PNG",
        "album/deep/er/c.heic",
        "album/notes.txt",
        "album/.hidden.jpg",
        "d.webp",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "album"


def names(*arguments: str) -> list[str]:
    return [str(path) for path in find_photos(arguments)[0]]


def test_photos_of_a_folder_are_found_at_any_depth_and_others_counted() -> None:
    paths, skipped = find_photos(["album"])
    assert list(map(str, paths)) == ["album/a.PNG", "album/b.jpg", "album/deep/er/c.heic"]
    assert skipped == {".txt": 1}


def test_files_are_taken_as_they_are_named_in_their_order() -> None:
    assert names("d.webp", "album/notes.txt", "album/.hidden.jpg") == ["d.webp", "album/notes.txt", "album/.hidden.jpg"]


def test_each_photo_is_found_once() -> None:
    assert names("album/b.jpg", "album", "album/*.jpg", "./album/b.jpg") == [
        "album/b.jpg",
        "album/a.PNG",
        "album/deep/er/c.heic",
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.webp", ["d.webp"]),
        ("album/*.jpg", ["album/b.jpg"]),
        ("album/?.*", ["album/a.PNG", "album/b.jpg"]),
        ("**/*.heic", ["album/deep/er/c.heic"]),
        ("album/[ab].*", ["album/a.PNG", "album/b.jpg"]),
        ("al*", ["album/a.PNG", "album/b.jpg", "album/deep/er/c.heic"]),
        ("album/**", ["album/a.PNG", "album/b.jpg", "album/deep/er/c.heic"]),
    ],
)
def test_patterns_that_the_shell_left_alone_are_understood(pattern: str, expected: list[str]) -> None:
    assert names(pattern) == expected


def test_absolute_patterns_and_the_home_directory_are_understood(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(f"{album}/*.jpg") == [f"{album}/b.jpg"]
    monkeypatch.setenv("HOME", str(album.parent))
    assert names("~/d.webp", "~/album/*.jpg") == [f"{album.parent}/d.webp", f"{album}/b.jpg"]


def test_other_files_that_a_pattern_matches_are_counted() -> None:
    paths, skipped = find_photos(["album/*.jpg", "album/*.txt"])
    assert (list(map(str, paths)), dict(skipped)) == (["album/b.jpg"], {".txt": 1})


def test_a_file_whose_name_is_a_pattern_is_that_file(album: Path) -> None:
    (album / "[ab].jpg").touch()
    (album / "what?.jpg").touch()
    assert names("album/[ab].jpg", "album/what?.jpg") == ["album/[ab].jpg", "album/what?.jpg"]


def test_links_are_followed_but_not_in_circles(album: Path) -> None:
    (album / "again").symlink_to(album)
    (album / "broken.jpg").symlink_to("nowhere")
    paths, skipped = find_photos(["album"])
    assert [path.name for path in paths] == ["a.PNG", "b.jpg", "c.heic"]
    assert skipped == {".txt": 1, "broken links": 1}


@pytest.mark.parametrize("argument", ["nowhere.jpg", "album/*.gif", "album/[", "~nobody-of-that-name/a.jpg", "\0"])
def test_what_names_nothing_is_refused(argument: str) -> None:
    with pytest.raises(FacebenchError, match=r"does not exist: give photos, folders|cannot be read"):
        find_photos(["d.webp", argument])


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").touch()
    with pytest.raises(FacebenchError, match=r"^empty holds no photos \(skipped: 1 .txt\)\.$"):
        find_photos(["empty"])
    assert names("empty", "d.webp") == ["d.webp"]


def test_a_folder_that_cannot_be_read_is_refused(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)  # root reads every folder
    with pytest.raises(FacebenchError, match="album cannot be read: Permission denied"):
        find_photos(["album"])


def test_names_of_any_bytes_are_found(album: Path) -> None:
    strange = os.fsdecode(b"caf\xe9\n\x1b[2J.jpg")
    (album / strange).touch()
    assert album.name + "/" + strange in names("album")
