"""Data sets from folders: a folder per person, CelebA, LFW, photos of me and of others, or any photos."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from ..errors import FacebenchError, counted
from ._celeba import celeba_photos
from ._dataset import ME, Dataset, Item
from ._lfw import lfw_people
from ._listing import as_text, directory, photos_below, what_was_skipped


def people_folder(root: str | Path) -> Dataset:
    """Return the photos below `root`: one folder per person, LFW or the folder it lies in, or CelebA.

    Photos outside the folders of people are skipped and counted.

    Raises:
        FacebenchError: no such directory, unreadable, fewer than two people in it, or damaged lists of CelebA.
    """
    root = directory(root, "--data")
    listed, skipped = _listed(root)
    items = [item for item in listed if item.person is not None]
    skipped["photos outside a person's folder"] += len(listed) - len(items)
    dataset = Dataset(root.resolve().name, _slug(root), tuple(items), +skipped, sources={"data": root.resolve()})
    if len(dataset.people) < 2:
        raise FacebenchError(
            f"{root} holds {counted(len(dataset.people), 'folder')} with photos; a folder per person is needed, two at "
            f"least{what_was_skipped(dataset.skipped)}. For your own photos use --me DIR --others DIR."
        )
    return dataset


def photos_folder(root: str | Path) -> Dataset:
    """Return the photos below any folder: flat, one folder per person, LFW or the folder that contains it, or CelebA.

    Names are paths relative to `root`. People may be unknown, and there may be a single photo.

    Raises:
        FacebenchError: no such directory, unreadable, no photo in it, or damaged lists of CelebA.
    """
    root = directory(root, "DATA")
    listed, skipped = _listed(root)
    if not listed:
        raise FacebenchError(f"{root} holds no photos{what_was_skipped(skipped)}: give a folder of photos.")
    items = tuple(replace(item, name=as_text(item.path.relative_to(root).as_posix())) for item in listed)
    return Dataset(root.resolve().name, _slug(root), items, +skipped, sources={"data": root.resolve()})


def me_and_others(me: str | Path, others: str | Path) -> Dataset:
    """Return photos of one person and of others.

    Args:
        me: a folder, photos at any depth.
        others: a flat folder, one folder per person, LFW or the folder that contains it, or CelebA.

    Raises:
        FacebenchError: a directory is missing, unreadable or without photos, or one lies inside the other.
    """
    me, others = directory(me, "--me"), directory(others, "--others")
    mine, theirs = me.resolve(), others.resolve()
    if mine.is_relative_to(theirs) or theirs.is_relative_to(mine):
        raise FacebenchError(
            f"--me {me} and --others {others} lie inside one another: photos of you would count as strangers. "
            "Move one of the folders out."
        )
    items: list[Item] = []
    skipped: Counter[str] = Counter()
    for root, side in ((me, "me"), (others, "others")):
        listed, passed_over = _listed(root)
        if not listed:
            raise FacebenchError(
                f"--{side} {root} holds no photos{what_was_skipped(passed_over)}: give a folder of photos."
            )
        for item in listed:
            # A stranger's folder may be called "me" too.
            person = ME if side == "me" else item.person and f"others/{item.person}"
            items.append(replace(item, name=f"{side}/{item.name}", person=person))
        skipped += passed_over
    sources = {"me": mine, "others": theirs}
    return Dataset(f"{mine.name} against {theirs.name}", _slug(me), tuple(items), skipped, me=ME, sources=sources)


def _listed(root: Path) -> tuple[list[Item], Counter[str]]:
    try:
        return celeba_photos(root) or photos_below(lfw_people(root))
    except OSError as error:
        raise FacebenchError(f"{error.filename} cannot be read: {error.strerror}. Check its permissions.") from error


def _slug(root: Path) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in root.resolve().name.lower())
    return "-".join(filter(None, letters.split("-")))[:40] or "photos"
