"""A label: a face on a photo, who it is, and whether somebody has looked."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from .._names import folder_spelled
from ..decoding import Box
from ._draw import Draw

#: Of a label: somebody has said who it is; nobody has looked yet; it is no face, or nobody's that counts.
State: TypeAlias = Literal["confirmed", "unreviewed", "rejected"]
STATES: tuple[State, ...] = get_args(State)
#: The columns of the table.
COLUMNS = ("path", "person", "box", "state", "drawn")
#: Those that it may lack.
OPTIONAL = frozenset({"box", "drawn"})


@dataclass(frozen=True, slots=True)
class Label:
    """A face on a photo.

    Attributes:
        path: of the photo, absolute or relative to the folder of the table.
        person: whose face it is, "me" for the target; "" for somebody whom nobody has named.
        box: around the face: left, top, right, bottom in pixels of the upright photo, over whose edges it may reach;
            None: the photo shows one face.
        state: "confirmed", "unreviewed" or "rejected".
        draw: of a face that was not proposed, its place in a random order of those; None for any other.
    """

    path: str
    person: str
    box: Box | None
    state: State
    draw: Draw | None = None


@dataclass(frozen=True)
class Labels:
    """A table of labels.

    Attributes:
        file: of the table.
        rows: the labels, in its order.
        lines: (rows,) where each begins in the file, from 1 on.
        own: columns of one's own, (rows,) each: categories such as "yes" for glasses, "" where there is none.
    """

    file: Path
    rows: tuple[Label, ...]
    lines: tuple[int, ...]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def folder(self) -> Path:
        """That relative paths begin in."""
        return self.file.resolve().parent

    def file_of(self, path: str) -> str:
        """Return the file of a photo, absolute, from a path in the table."""
        written = os.path.normpath(self.folder / path)
        # Tables, spreadsheets and archives may have its letters in another form.
        forms = (written, *(unicodedata.normalize(form, written) for form in ("NFC", "NFD")))
        return next((form for form in forms if os.path.lexists(form)), str(folder_spelled(written)))
