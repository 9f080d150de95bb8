"""When a photo was taken, as EXIF or XMP say, in the forms that programs write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ._exif import Exif

#: EXIF's tags of times and of their fractions, the shutter first: the others are when a file was written or changed.
_EXIF = ((0x9003, 0x9291), (0x9004, 0x9292), (0x0132, 0x9290))
#: XMP's names of the same.
_XMP = (
    *("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "exif:DateTimeDigitized"),
    *("xmp:ModifyDate", "tiff:DateTime"),
)
_DATE = r"(?P<year>\d{4})[:/.-](?P<month>\d{1,2})[:/.-](?P<day>\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?"
_WRITTEN = re.compile(rf"{_DATE}(?:(?:T|\s+){_TIME}\s*(?:Z|[+-]\d{{2}}(?::?\d{{2}})?)?)?", re.ASCII)
#: The first moments of clocks: of Windows, of a Mac, of Unix, of DOS, and of cameras.
_EPOCHS = tuple(datetime(year, 1, 1) for year in (1601, 1904, 1970, 1980, 2000))
#: The year of the oldest photo that is left.
_FIRST_YEAR = 1826


@dataclass(frozen=True)
class Taken:
    """When a photo was taken, by the camera's clock: an offset from UTC is not applied.

    Attributes:
        moment: midnight if only the day is known.
        is_day: whether only the day is known.
    """

    moment: datetime
    is_day: bool = False


def date_taken(exif: Exif, xmp: bytes) -> Taken | None:
    """Return when a photo was taken; None if nothing readable says so, or a clock that was never set."""
    written = [(exif.text(tag), exif.text(fraction)) for tag, fraction in _EXIF]
    for name in _XMP if xmp else ():
        found = re.search(rf"""{name}\s*(?:=\s*["']|>)\s*([^"'<]{{8,40}})""".encode(), xmp)
        written.append((found[1].decode("utf-8", "replace") if found else "", ""))
    return next((taken for text, fraction in written if (taken := parse(text, fraction))), None)


def parse(text: str, fraction: str = "") -> Taken | None:
    """Return the moment or day that a text says; None if it says none, or what a clock shows that was never set.

    >>> parse("2014-05-03T10:20:30.25+02:00").moment.isoformat()
    '2014-05-03T10:20:30.250000'
    >>> parse("2014:05:03").is_day, parse("1970:01:01 00:00:00")
    (True, None)
    """
    found = _WRITTEN.fullmatch(text.strip("\0 \t\r\n"))
    if found is None:
        return None
    digits = found["fraction"] or fraction
    seconds = float(f"0.{digits}") if digits.isascii() and digits.isdecimal() else 0.0
    names = ("year", "month", "day", "hour", "minute", "second")
    try:
        whole = datetime(*(int(found[name] or 0) for name in names))  # type: ignore[arg-type]
    except ValueError:
        return None
    return None if is_unset(whole) else Taken(whole + timedelta(seconds=seconds), found["hour"] is None)


def is_unset(moment: datetime) -> bool:
    """Return whether a clock shows this that was never set."""
    return moment.year < _FIRST_YEAR or moment in _EPOCHS
