"""Files that are written for a user: refused in time, private, whole, and never in the place of something else."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from facebench.errors import FacebenchError
from facebench.files import check_output, write_private


def ours(path: Path) -> bool:
    return path.read_bytes().startswith(b"ours")


def check(file: Path) -> None:
    check_output(file, "--output", (".png", ".facebench"), ours)


def test_a_new_file_and_one_of_ours_are_taken(tmp_path: Path) -> None:
    check(tmp_path / "new.facebench")
    check(tmp_path / "NEW.PNG")
    (tmp_path / "old.png").write_bytes(b"ours")
    check(tmp_path / "old.png")
    (tmp_path / "link.png").symlink_to("old.png")
    check(tmp_path / "link.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.png", "old.png"]


@pytest.mark.parametrize("name", ["me", "me.zip", "me.png.txt", ".png", "facebench"])
def test_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FacebenchError, match=rf"--output .*{name} does not end in \.png or \.facebench\."):
        check(tmp_path / name)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FacebenchError, match=r"there is no folder .*none. Make it first"):
        check(tmp_path / "none" / "me.png")


def test_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "theirs.png").write_bytes(b"a photo")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.png").symlink_to("nowhere")
    for name in ("theirs.png", "folder.png", "broken.png"):
        with pytest.raises(FacebenchError, match=f"{name} exists and was not written by this command: choose another"):
            check(tmp_path / name)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(FacebenchError, match=r"the folder .* cannot be written. Choose another place"):
        check(tmp_path / "me.png")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.png").touch()

    def fails(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(FacebenchError, match=r"old.png cannot be written \(Permission denied\): choose another place"):
        check_output(tmp_path / "old.png", "--output", (".png",), fails)
    with pytest.raises(FacebenchError, match="File name too long"):
        check(tmp_path / f"{'x' * 300}.png")


def test_a_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "me.png"
    for content in (b"first", b"second"):
        write_private(file, content, "--output")
        assert file.read_bytes() == content
        assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    write_private(file, b"third", "--output")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_of_any_length_is_written(tmp_path: Path) -> None:
    for name in ("x" * 251 + ".png", "ü" * 120 + ".png"):
        write_private(tmp_path / name, b"content", "--output")
        assert (tmp_path / name).read_bytes() == b"content"


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace", "tempfile.mkstemp"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_what_was_there_stays_when_writing_fails(
    where: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "me.png"
    file.write_bytes(b"old")

    def fails(*arguments: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(where, fails)
    raised = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else FacebenchError
    with pytest.raises(raised) as told:
        write_private(file, b"new", "--output")
    if raised is FacebenchError:
        assert str(told.value) == f"--output {file} cannot be written (No space left on device): choose another place."
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"me.png": b"old"}
