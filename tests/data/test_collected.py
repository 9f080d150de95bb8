"""The photos of me, copied together: nothing overwritten, nothing half, nothing twice."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.data import check_folder, copy_photos
from facebench.errors import FacebenchError


@pytest.fixture
def photos(tmp_path: Path, orl: list[Path]) -> list[Path]:
    """Three photos in a folder."""
    (tmp_path / "photos").mkdir()
    return [
        Path(shutil.copy(photo, tmp_path / "photos" / f"{name}.pgm")) for name, photo in zip("abc", orl, strict=False)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder to copy to."""
    return check_folder(tmp_path / "of" / "me", "--copy-to", [], [])


def held(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, hidden files too, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_photos_are_copied_with_their_dates_into_a_private_folder(photos: list[Path], folder: Path) -> None:
    os.utime(photos[0], (1e9, 1e9))
    assert copy_photos(photos, folder) == (3, 0)
    assert held(folder) == {photo.name: photo.read_bytes() for photo in photos}
    assert (folder / "a.pgm").stat().st_mtime == 1e9
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_second_time_they_are_there_already(photos: list[Path], folder: Path) -> None:
    copy_photos(photos, folder)
    before = held(folder)
    assert copy_photos(photos, folder) == (0, 3)
    assert copy_photos([photos[0], photos[0]], folder) == (0, 2)
    assert held(folder) == before


def test_another_photo_of_the_same_name_stays_and_the_copy_gets_a_number(
    photos: list[Path], folder: Path, orl: list[Path]
) -> None:
    (folder / "a.pgm").write_bytes(b"mine")
    (folder / "a-2.pgm").write_bytes(b"mine too")
    assert copy_photos(photos[:1], folder) == (1, 0)
    assert held(folder) == {"a.pgm": b"mine", "a-2.pgm": b"mine too", "a-3.pgm": photos[0].read_bytes()}
    assert copy_photos(photos[:1], folder) == (0, 1)
    other = photos[0].parent / "deep" / "a.pgm"
    other.parent.mkdir()
    shutil.copy(orl[50], other)
    assert copy_photos([other], folder) == (1, 0)
    assert held(folder)["a-4.pgm"] == orl[50].read_bytes()


def test_folders_and_broken_links_of_the_same_name_stay(photos: list[Path], folder: Path, tmp_path: Path) -> None:
    (folder / "a.pgm").mkdir()
    (folder / "b.pgm").symlink_to(tmp_path / "nowhere")
    assert copy_photos(photos, folder) == (3, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["a-2.pgm", "a.pgm", "b-2.pgm", "b.pgm", "c.pgm"]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("where", ["shutil.copy2", "tempfile.mkstemp", "pathlib.Path.replace"])
def test_no_half_photo_is_left(
    where: str, error: BaseException, photos: list[Path], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _that_works_once(where)

    def fails(*arguments: Any, **options: Any) -> Any:
        try:
            return whole(*arguments, **options)
        except StopIteration:
            if where == "shutil.copy2":  # half of it was written
                Path(arguments[1]).write_bytes(b"half")
            raise error from None

    with monkeypatch.context() as patch:
        patch.setattr(where, fails)
        raised = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else FacebenchError
        with pytest.raises(raised) as told:
            copy_photos(photos, folder)
    if raised is FacebenchError:
        assert f"b.pgm cannot be copied into {folder} (No space left on device): 1 photo copied before" in str(
            told.value
        )
    assert held(folder) == {"a.pgm": photos[0].read_bytes()}
    assert copy_photos(photos, folder) == (2, 1)


def test_a_photo_that_has_gone_is_told(photos: list[Path], folder: Path) -> None:
    (folder / "b.pgm").write_bytes(b"mine")
    for name in ("a.pgm", "b.pgm"):
        gone = photos[0].parent / name
        gone.unlink()
        with pytest.raises(FacebenchError, match=f"{name} cannot be copied into .* \\(No such file or directory\\)"):
            copy_photos([gone], folder)
    assert held(folder) == {"b.pgm": b"mine"}


def test_a_folder_that_holds_photos_that_are_looked_at_is_refused(photos: list[Path], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    for folder in (photos[0].parent, tmp_path, tmp_path / "link", tmp_path / "photos" / ".." / "photos"):
        with pytest.raises(FacebenchError, match=r"--copy-to .* holds .*a.pgm, which is looked at: choose another"):
            check_folder(folder, "--copy-to", [], photos)
    assert check_folder(tmp_path / "photos" / "me", "--copy-to", [], photos).is_dir()


def test_a_folder_within_one_that_is_searched_is_refused_and_not_made(
    tmp_path: Path, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for searched in (tmp_path / "photos", tmp_path, "~/photos"):
        with pytest.raises(FacebenchError, match=r"--copy-to .*me lies in .*, where its photos would be found again"):
            check_folder(tmp_path / "photos" / "me", "--copy-to", [str(searched)], photos)
    assert not (tmp_path / "photos" / "me").exists()
    assert check_folder(tmp_path / "me", "--copy-to", [str(tmp_path / "photos"), str(photos[0])], photos).is_dir()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, photos: list[Path]) -> None:
    for folder in (photos[0], photos[0] / "below", tmp_path / ("x" * 300)):
        with pytest.raises(FacebenchError, match=r"--copy-to .* cannot be made: .*Choose another folder"):
            check_folder(folder, "--copy-to", [], [])
    with pytest.raises(FacebenchError, match=r"--copy-to ~nobody-of-that-name cannot be made: .*home directory"):
        check_folder(Path("~nobody-of-that-name"), "--copy-to", [], [])


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(FacebenchError, match=r"--copy-to .*me cannot be written: choose another folder"):
        check_folder(tmp_path / "me", "--copy-to", [], [])


def test_the_home_directory_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert check_folder(Path("~/me"), "--copy-to", [], []) == tmp_path / "me"


def _that_works_once(where: str) -> Callable[..., Any]:
    """Return a function by its path that works the first time, and is at its end the second."""
    import importlib

    module, name = where.rsplit(".", 1)
    owner = Path if module == "pathlib.Path" else importlib.import_module(module)
    whole = getattr(owner, name)
    once = iter([True])

    def works_once(*arguments: Any, **options: Any) -> Any:
        next(once)
        return whole(*arguments, **options)

    return works_once
