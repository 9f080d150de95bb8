"""Names of files, folders and people: one form of Unicode, and text that can be written anywhere."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path


def as_text(name: str) -> str:
    """Return a name of a file or person in the form NFC, and as text that can be written anywhere.

    macOS, archives and keyboards give an "ë" as one letter or as two: it is one name.
    """
    return name if name.isascii() else spelled_out(unicodedata.normalize("NFC", name))


def slug_of(name: str) -> str:
    """Return a short name for folders."""
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(filter(None, letters.split("-")))[:40] or "photos"


def spelled_out(name: str) -> str:
    """Return a file name as text that can be written anywhere: bytes that are not UTF-8 are spelled out."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def folder_spelled(text: str) -> Path:
    """Return the folder that `spelled_out` made a text of.

    A name that really has the letters of such a byte is found as it is.
    """
    path = Path(text)
    if os.path.exists(path):  # noqa: PTH110 (also of a name that is too long)
        return path
    return Path(re.sub(r"\\udc([89a-f][0-9a-f])", lambda byte: chr(0xDC00 + int(byte[1], 16)), text))
