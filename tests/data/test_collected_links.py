"""Links to the photos of me, and the subfolders that copies and links keep."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.data import check_folder, check_links, copy_photos, find_photos, folder_around, link_photos
from facebench.errors import FacebenchError

Collect = Callable[..., tuple[int, int]]


@pytest.fixture
def photos(tmp_path: Path, orl: list[Path]) -> list[Path]:
    """Three photos of the same name in an album: at its top, and in two subfolders of different depths."""
    places = [tmp_path / "album" / place / "a.pgm" for place in (".", "2019", "2020/June")]
    for place, photo in zip(places, orl, strict=False):
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, place)
    return places


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder to link from."""
    return check_folder(tmp_path / "of" / "me", "--link-to", [], [])


def links(folder: Path) -> dict[str, Path]:
    """Return what the links below a folder lead to, by their names there."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    assert not any(path.readlink().is_absolute() for path in found.values())
    return {name: path.resolve(strict=True) for name, path in found.items()}


def test_links_are_relative_and_survive_moving_all_of_it(photos: list[Path], folder: Path, tmp_path: Path) -> None:
    assert link_photos(photos, folder) == (3, 0)
    assert links(folder) == {"a.pgm": photos[0], "a-2.pgm": photos[1], "a-3.pgm": photos[2]}
    (tmp_path / "moved").mkdir()
    for part in ("album", "of"):
        (tmp_path / part).rename(tmp_path / "moved" / part)
    moved = tmp_path / "moved"
    assert links(moved / "of" / "me")["a-2.pgm"] == moved / "album" / "2019" / "a.pgm"


def test_a_second_time_they_are_there_already(photos: list[Path], folder: Path) -> None:
    link_photos(photos, folder)
    before = links(folder)
    assert link_photos(photos, folder) == (0, 3)
    assert link_photos([photos[0], photos[0]], folder) == (0, 2)
    assert links(folder) == before


def test_what_has_the_name_stays_and_the_link_gets_a_number(photos: list[Path], folder: Path) -> None:
    (folder / "a.pgm").symlink_to("a.pgm")
    shutil.copy(photos[0], folder / "a-2.pgm")
    (folder / "a-3.pgm").mkdir()
    (folder / "a-4.pgm").symlink_to("nowhere")
    assert link_photos(photos[:1], folder) == (1, 0)
    assert (folder / "a-5.pgm").resolve() == photos[0]
    assert (folder / "a-2.pgm").read_bytes() == photos[0].read_bytes()


def test_a_copy_is_made_beside_a_link_to_the_same_photo(photos: list[Path], folder: Path) -> None:
    link_photos(photos[:1], folder)
    assert copy_photos(photos[:1], folder) == (1, 0)
    assert not (folder / "a-2.pgm").is_symlink()
    assert (copy_photos(photos[:1], folder), link_photos(photos[:1], folder)) == ((0, 1), (0, 1))


@pytest.mark.parametrize("root", [False, True])
def test_links_resolve_through_folders_that_are_links(root: bool, photos: list[Path], tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "short").symlink_to(tmp_path / "far" / "away")
    (tmp_path / "Pictures").symlink_to("album")
    seen = [tmp_path / "Pictures" / photo.relative_to(tmp_path / "album") for photo in photos]
    kept = tmp_path / "Pictures" if root else None
    assert link_photos(seen, tmp_path / "short", kept) == (3, 0)
    assert sorted(links(tmp_path / "far" / "away").values()) == sorted(photos)
    assert link_photos(photos, tmp_path / "short", tmp_path / "album" if root else None) == (0, 3)


@pytest.mark.parametrize("collect", [copy_photos, link_photos])
def test_subfolders_are_kept_and_private(collect: Collect, photos: list[Path], folder: Path, tmp_path: Path) -> None:
    for counts in ((3, 0), (0, 3)):
        assert collect(photos, folder, tmp_path / "album") == counts
        kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
        assert kept == {"a.pgm", "2019/a.pgm", "2020/June/a.pgm"}
    for place in ("2019", "2020", "2020/June"):
        assert (folder / place).stat().st_mode & 0o777 == 0o700
        assert (folder / place / "a.pgm").exists() == (place != "2020")


@pytest.mark.parametrize("collect", [copy_photos, link_photos])
def test_a_file_in_the_place_of_a_subfolder_is_told(collect: Collect, photos: list[Path], folder: Path) -> None:
    (folder / "2019").write_bytes(b"mine")
    told = r"2019/a.pgm cannot be .* into .*me \(File exists\): 1 photo .* before it"
    with pytest.raises(FacebenchError, match=told):
        collect(photos, folder, photos[0].parent)
    assert (folder / "2019").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("searched", "around"),
    [
        (["album"], "album"),
        (["album/2019"], "album/2019"),
        (["album/2019", "album/2020/June"], "album"),
        (["album/a.pgm"], "album"),
        (["album/2019/a.pgm", "album/2020/June/a.pgm"], "album"),
        (["album/**/*.pgm"], "album"),
        (["album/20*/a.pgm", "album/2019"], "album"),
        (["**/*.pgm"], "."),
        (["album/2020/../2019"], "album/2019"),
        (["~/album/2019", "album/2020"], "album"),
    ],
)
def test_the_folder_around_is_that_of_what_is_searched(
    searched: list[str], around: str, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    root = folder_around(searched)
    assert root == (tmp_path / around).resolve()
    found, _ = find_photos(searched)
    (tmp_path / "me").mkdir()
    assert link_photos(found, tmp_path / "me", root) == (len(found), 0)
    linked = links(tmp_path / "me")
    assert {(root / name).resolve() for name in linked} == set(linked.values()) == {file.resolve() for file in found}


def test_links_of_an_earlier_time_are_not_looked_at_again(photos: list[Path], folder: Path, tmp_path: Path) -> None:
    link_photos(photos, folder)
    pattern = str(tmp_path / "*" / "*" / "*.pgm")
    found, _ = find_photos([pattern])
    with pytest.raises(FacebenchError, match=r"--link-to .*me holds .*me/a-2.pgm, which is looked at: choose another"):
        check_folder(folder, "--link-to", [pattern], found)


def test_where_no_link_can_be_made_the_advice_is_to_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_links(folder)
    for error in (OSError(errno.EPERM, "Operation not permitted"), NotImplementedError("no links here")):

        def refuse(*arguments: Any, error: Exception = error, **options: Any) -> None:
            raise error

        monkeypatch.setattr(os, "symlink", refuse)
        with pytest.raises(FacebenchError, match=r"--link-to .*me: no link can be made .*\. Give --copy-to instead"):
            check_links(folder)
    assert list(folder.iterdir()) == []


def test_a_photo_that_has_gone_is_told(photos: list[Path], folder: Path) -> None:
    photos[1].unlink()
    with pytest.raises(FacebenchError, match=r"2019/a.pgm cannot be linked into .* \(No such file .* 1 photo linked"):
        link_photos(photos, folder)
    assert links(folder) == {"a.pgm": photos[0]}


def test_drives_have_no_folder_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def apart(paths: list[str]) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", apart)
    with pytest.raises(FacebenchError, match="--keep-folders: no folder holds all these photos"):
        folder_around(["a", "b"])
