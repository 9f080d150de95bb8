"""Who is in the photos of a tree: folders of people, parts of a data set above them, or albums of one person."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .._dataset import Item, Layout, Remark

#: Number of the rules by which folders are listed; results that name none are of the first.
LISTING = 2
#: Folders that hold the people of a data set, or a part of it, and are nobody's.
_PARTS = {"train", "training", "val", "valid", "validation", "test", "testing", "images"}
#: Months, and what cameras, phones and people call albums.
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember"
)
_ALBUMS = (
    "albums?|camera|dcim|downloads?|screenshots?|selfies|favou?rites|whatsapp|vacation|holidays?|wedding|birthday"
    "|christmas|easter|summer|winter|spring|autumn|urlaub|hochzeit|geburtstag|weihnachten|ostern|sommer|herbst|frühling"
)
_ALBUM = re.compile(
    r"(19|20)\d\d([01]\d([0-3]\d)?)?(?!\d)|.*[ ,](19|20)\d\d$|\d{3}(apple|canon|nikon|nd|_pana|msdcf)"
    rf"|(\d{{1,2}}[-_. ]*)?({_MONTHS}|{_ALBUMS})(?![^\W\d_])",
    re.IGNORECASE,
)
#: So many folders, and this share of all, are called so where they are albums: one person called April says nothing.
_FEWEST, _SHARE = 2, 0.8


@dataclass(frozen=True, slots=True)
class Rules:
    """How a tree is listed.

    Attributes:
        layout: what its folders are; "auto": what the tree shows.
        any_name: whether files are photos by their content too, whatever they are called.
        version: number of the rules, to list the photos of older results as they were listed.
    """

    layout: Layout = "auto"
    any_name: bool = False
    version: int = LISTING


def arranged(items: list[Item], layout: Layout) -> tuple[list[Item], list[Remark]]:
    """Return photos with the people that a layout gives them, and what is to be said of it.

    Args:
        items: photos by their paths, each with its first folder as its person.
        layout: "people": each folder is a person; "split": each folder in these folders is, and has the photos of all
            that have its name; "flat": nobody is known; "auto": "split" where the first folders are called train, val,
            test or images, else "people".
    """
    if layout == "people":
        return items, []
    if layout == "flat":
        return [replace(item, person=None) for item in items], []
    parts = _are_parts({item.person for item in items if item.person is not None})
    if layout == "auto" and not parts:
        return items, []
    folders = [item.name.split("/")[:-1] for item in items]
    depth = 1
    while parts and _are_parts({folder[depth] for folder in folders if len(folder) > depth}):
        depth += 1
    people = [folder[depth] if len(folder) > depth else None for folder in folders]
    remarks = [_parts_taken(folders, depth, people)] if layout == "auto" else []
    return [replace(item, person=person) for item, person in zip(items, people, strict=True)], remarks


def _are_parts(folders: set[str]) -> bool:
    """Return whether all folders at a level of the tree are called as parts of a data set are."""
    names = {folder.casefold() for folder in folders}
    return bool(names) and names <= _PARTS


def _parts_taken(folders: Sequence[Sequence[str]], depth: int, people: Sequence[str | None]) -> Remark:
    parts = sorted({"/".join(folder[:depth]) for folder in folders if len(folder) >= depth})
    known = len(set(people) - {None})
    within = f"{known} {'person' if known == 1 else 'people'} in them, joined by name" if known else "nobody is known"
    taken = "is taken for a part" if len(parts) == 1 else "are taken for parts"
    what = f"{several(parts)} {taken} of the data set: {within}"
    return Remark("layout", what, "--layout people takes each for a person")


def albums(people: Iterable[str], advice: str) -> list[Remark]:
    """Return a remark where people are called as albums are: years, dates, months, holidays, folders of cameras.

    >>> albums(["2019", "2020", "Rome 2021"], "Use --me")[0].what
    '2019, 2020, Rome 2021 look like albums of one person'
    """
    names = sorted(people)
    found = [name for name in names if _ALBUM.match(name)]
    if len(found) < _FEWEST or len(found) < _SHARE * len(names):
        return []
    return [Remark("albums", f"{several(found)} look like albums of one person", advice)]


def spellings(people: Iterable[str], advice: str = "Put them into one folder") -> list[Remark]:
    """Return a remark for names that differ in case, blanks and forms of letters alone.

    >>> spellings(["Anna", "anna ", "Bob"])[0].what
    "'Anna' and 'anna ' may be one person in two spellings"
    """
    alike = defaultdict(list)
    for person in sorted(people):
        alike[_spelled_alike(person)].append(f"'{person}'")
    return [
        Remark("spellings", f"{' and '.join(names[:3])} may be one person in two spellings", advice)
        for names in alike.values()
        if len(names) > 1
    ]


def _spelled_alike(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).replace("_", " ").split())


def several(names: Sequence[str]) -> str:
    """Return the first names of some, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
