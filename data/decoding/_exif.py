"""EXIF read tag by tag: a tag that is damaged, or of an odd type, does no harm to the others."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

#: Number, format and bytes of a value: TIFF 6.0, page 15.
_TYPES = {1: "B", 2: "s", 3: "H", 4: "L", 5: "LL", 6: "b", 7: "B", 8: "h", 9: "l", 10: "ll", 11: "f", 12: "d"}
_TEXT = (1, 2, 7)  # also found written as bytes
_RATIONAL = (5, 10)
_ORDERS = {b"II*\0": "<", b"MM\0*": ">", b"II\0*": "<", b"MM*\0": ">"}
#: The tag that says where the camera's own settings are.
_SETTINGS = 0x8769

Entry: TypeAlias = tuple[int, int, int]


class Exif:
    """The tags of an EXIF block, or of a TIFF file; each is read when it is asked for.

    Args:
        block: from its "II" or "MM" on; one that is none has no tags.

    >>> block = b"MM" + bytes.fromhex("002a 00000008 0001 0112 0003 00000001 0006 0000 00000000")
    >>> Exif(block).number(0x0112)
    6
    """

    def __init__(self, block: bytes) -> None:
        while block.startswith(b"Exif\0\0"):
            block = block[6:]
        self._block = block
        self._order = _ORDERS.get(block[:4], "")

    def number(self, tag: int) -> int | None:
        """Return a whole number, the first one if there are several; None if there is none, whatever its type.

        Text counts where it is the digits of a number.
        """
        entry = self._entries.get(tag)
        if entry is None:
            return None
        kind, count, place = entry
        if kind == 2:
            digits = self.text(tag)
            return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
        if not count:
            return None
        try:
            values = struct.unpack_from(self._order + _TYPES[kind], self._block, place)
            value = values[0] / values[1] if kind in _RATIONAL else values[0]
            return int(value) if value == int(value) else None
        except (struct.error, ZeroDivisionError, ValueError, OverflowError):
            return None

    def text(self, tag: int) -> str:
        """Return a text, without blanks and zero bytes around it; empty if there is none."""
        kind, count, place = self._entries.get(tag) or self._settings.get(tag, (0, 0, 0))
        if kind not in _TEXT:
            return ""
        return self._block[place : place + count].decode("utf-8", "replace").strip("\0 ")

    @cached_property
    def _entries(self) -> dict[int, Entry]:
        if not self._order:
            return {}
        return self._directory(self._unsigned("L", 4))

    @cached_property
    def _settings(self) -> dict[int, Entry]:
        place = self.number(_SETTINGS)
        return self._directory(place) if place and 0 < place < len(self._block) else {}

    def _directory(self, start: int) -> dict[int, Entry]:
        """Return type, count and place of each tag's value in a directory; of a tag that comes twice, of the first."""
        found: dict[int, Entry] = {}
        for tag, entry in self._listed(start):
            found.setdefault(tag, entry)
        return found

    def _listed(self, start: int) -> Iterator[tuple[int, Entry]]:
        for at in range(start + 2, start + 2 + 12 * self._unsigned("H", start), 12):
            if at + 12 > len(self._block):
                return
            tag, kind, count, place = struct.unpack_from(self._order + "HHLL", self._block, at)
            if kind in _TYPES:
                size = count * struct.calcsize(self._order + _TYPES[kind])
                yield tag, (kind, count, place if size > 4 else at + 8)

    def _unsigned(self, kind: str, at: int) -> int:
        try:
            return int(struct.unpack_from(self._order + kind, self._block, at)[0])
        except struct.error:
            return 0
