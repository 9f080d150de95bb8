"""How `bench predict` collects the photos of me: `--copy-to`, `--link-to`, `--keep-folders`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...errors import FacebenchError, printable

#: Collects photos, and says in words how many.
Collect = Callable[[Sequence[Path]], str]


def checked_collect(
    copy_to: Path | None, link_to: Path | None, keep_folders: bool, arguments: Sequence[str], photos: Sequence[Path]
) -> Collect | None:
    """Return what collects photos as the options say, None where they do not; a folder is refused before the work.

    Args:
        copy_to: folder of copies.
        link_to: folder of links.
        keep_folders: whether the subfolders of what is searched are kept.
        arguments: that name what is searched.
        photos: that they name.
    """
    if copy_to and link_to:
        raise FacebenchError("--copy-to and --link-to are two ways to collect photos: use one of them.")
    if keep_folders and not (copy_to or link_to):
        raise FacebenchError("--keep-folders goes with --copy-to DIR or --link-to DIR: it says where photos go there.")
    from ...data import check_folder, check_links, copy_photos, folder_around, link_photos

    root = folder_around(arguments) if keep_folders else None
    if copy_to:
        folder = check_folder(copy_to, "--copy-to", arguments, photos)
        return lambda found: _said(folder, "copied", copy_photos(found, folder, root))
    if link_to:
        folder = check_folder(link_to, "--link-to", arguments, photos)
        check_links(folder)
        return lambda found: _said(folder, "linked", link_photos(found, folder, root))
    return None


def _said(folder: Path, done: str, counts: tuple[int, int]) -> str:
    made, there = counts
    return f"{printable(folder)}: {made} {done}, {there} already there"
