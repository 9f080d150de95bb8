"""How the folders of runs and learning curves are called: a number, then the data set."""

from __future__ import annotations

from pathlib import Path


def number_of(folder: Path) -> int:
    """Return the number with which a folder's name begins; 0 if it has none."""
    digits = folder.name.split("-")[0]
    return int(digits) if digits.isdecimal() else 0


def is_called(folder: Path, name: str) -> bool:
    """Return whether a name, or a number such as "3", is a folder's."""
    return name == folder.name or (name.isdecimal() and int(name) == number_of(folder))


def has_file(folder: Path, name: str) -> bool:
    """Return whether there is a file in a folder; where it cannot be looked for, there is none."""
    try:
        return (folder / name).is_file()
    except OSError:  # a name that is too long, a folder that may not be entered
        return False
