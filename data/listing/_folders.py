"""Data sets from folders: a folder per person, CelebA, LFW, photos of me and of others, or any photos."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from ...errors import FacebenchError, counted
from .._dataset import ME, Dataset, Item, Remark
from .._names import as_text, slug_of
from ._celeba import celeba_photos
from ._layout import Rules, albums, arranged, spellings
from ._lfw import lfw_people
from ._listing import directory, photos_below, what_was_skipped, with_unique_names

#: What to do about albums in the place of people.
_USE_ME = "Use --me DIR --others DIR"
_USE_FLAT = "--layout flat takes everybody there for unknown"
#: What the tree shows.
_AUTO = Rules()


def people_folder(root: str | Path, rules: Rules = _AUTO) -> Dataset:
    """Return the photos below `root`: one folder per person, LFW or the folder it lies in, or CelebA.

    Folders called train, val, test or images hold the folders of people; `rules` may say otherwise. Photos outside the
    folders of people are skipped and counted.

    Raises:
        FacebenchError: no such directory, unreadable, fewer than two people in it, or damaged lists of CelebA.
    """
    root = directory(root, "--data")
    listed, skipped, remarks = _listed(root, rules, _USE_ME)
    items = [item for item in listed if item.person is not None]
    skipped["photos outside a person's folder"] += len(listed) - len(items)
    dataset = Dataset(
        root.resolve().name,
        slug_of(root.resolve().name),
        tuple(items),
        +skipped,
        sources={"data": root.resolve()},
        layout=rules.layout,
        any_name=rules.any_name,
        remarks=remarks,
    )
    if len(dataset.people) < 2:
        known = "".join(f" {remark.what}." for remark in remarks)
        raise FacebenchError(
            f"{root} holds {counted(len(dataset.people), 'folder')} with photos; a folder per person is needed, two at "
            f"least{what_was_skipped(dataset.skipped)}.{known} For your own photos use --me DIR --others DIR."
        )
    return dataset


def photos_folder(root: str | Path, rules: Rules = _AUTO, option: str = "DATA") -> Dataset:
    """Return the photos below any folder: flat, one folder per person, LFW or the folder that contains it, or CelebA.

    Names are paths relative to `root`. People may be unknown, and there may be a single photo.

    Args:
        root: the folder.
        rules: by which it is read.
        option: that named it, for the message.

    Raises:
        FacebenchError: no such directory, unreadable, no photo in it, or damaged lists of CelebA.
    """
    root = directory(root, option)
    listed, skipped, remarks = _listed(root, rules, _USE_ME)
    if not listed:
        raise FacebenchError(f"{root} holds no photos{what_was_skipped(+skipped)}: give a folder of photos.")
    items = [replace(item, name=as_text(item.path.relative_to(root).as_posix())) for item in listed]
    return Dataset(
        root.resolve().name,
        slug_of(root.resolve().name),
        tuple(with_unique_names(items, root)),
        +skipped,
        sources={"data": root.resolve()},
        layout=rules.layout,
        any_name=rules.any_name,
        remarks=remarks,
    )


def me_and_others(me: str | Path, others: str | Path, rules: Rules = _AUTO) -> Dataset:
    """Return photos of one person and of others.

    Args:
        me: a folder, photos at any depth.
        others: a flat folder, one folder per person, LFW or the folder that contains it, or CelebA.
        rules: of the folders in `others`.

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
    of_me, skipped, _ = _side(me, "me", rules)
    of_others, passed_over, remarks = _side(others, "others", rules)
    return Dataset(
        f"{mine.name} against {theirs.name}",
        slug_of(mine.name),
        (*of_me, *of_others),
        skipped + passed_over,
        me=ME,
        sources={"me": mine, "others": theirs},
        layout=rules.layout,
        any_name=rules.any_name,
        remarks=remarks,
    )


def photos_of_me(me: str | Path, rules: Rules = _AUTO) -> Dataset:
    """Return photos of one person alone, at any depth in a folder: as those of `me_and_others`, without others.

    Raises:
        FacebenchError: the directory is missing, unreadable or without photos.
    """
    me = directory(me, "--me")
    items, skipped, _ = _side(me, "me", rules)
    name, sources = me.resolve().name, {"me": me.resolve()}
    return Dataset(name, slug_of(name), tuple(items), skipped, me=ME, sources=sources, any_name=rules.any_name)


def _side(root: Path, side: str, rules: Rules) -> tuple[list[Item], Counter[str], tuple[Remark, ...]]:
    """Return the photos of me, or of others, named so, what was passed over, and remarks."""
    listed, passed_over, remarks = _listed(root, replace(rules, layout="flat") if side == "me" else rules, _USE_FLAT)
    if not listed:
        raise FacebenchError(
            f"--{side} {root} holds no photos{what_was_skipped(+passed_over)}: give a folder of photos."
        )
    items = []
    for item in listed:
        # A stranger's folder may be called "me" too.
        person = ME if side == "me" else item.person and f"others/{item.person}"
        items.append(replace(item, name=f"{side}/{item.name}", person=person))
    return items, passed_over, remarks


def _listed(root: Path, rules: Rules, advice: str) -> tuple[list[Item], Counter[str], tuple[Remark, ...]]:
    """Return photos, the number of files passed over by kind, and remarks; `advice` is about albums."""
    try:
        of_celeba = celeba_photos(root)
        items, skipped = of_celeba or photos_below(lfw_people(root), rules)
    except OSError as error:
        raise FacebenchError(f"{error.filename} cannot be read: {error.strerror}. Check its permissions.") from error
    if rules.version == 1:
        return items, skipped, ()
    layout = "people" if of_celeba and rules.layout != "flat" else rules.layout
    items, remarks = arranged(items, layout)
    people = {item.person for item in items if item.person is not None}
    if rules.layout == "auto" and not of_celeba:
        remarks += albums(people, advice)
    return items, skipped, (*remarks, *spellings(people))
