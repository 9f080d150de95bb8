"""The photos that a command's arguments name: files, folders, patterns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from glob import glob, has_magic
from pathlib import Path

from ...errors import FacebenchError
from ._layout import Rules
from ._listing import photos_below, what_was_skipped, why_no_photo

#: What the tree shows.
_AUTO = Rules()


def find_photos(arguments: Iterable[str], rules: Rules = _AUTO) -> tuple[list[Path], Counter[str]]:
    """Return the photos of files, folders (at any depth) and patterns such as "*.jpg", each once, in this order.

    A file that is named explicitly is taken whatever its extension; in folders and patterns, files that are not photos
    are passed over, and counted by extension.

    Raises:
        FacebenchError: an argument names nothing, or there is no photo.
    """
    found: dict[Path, None] = {}
    skipped = Counter[str]()
    arguments = list(arguments)
    for argument in arguments:
        photos, passed_over = _photos_of(argument, rules)
        found.update(dict.fromkeys(photos))
        skipped += passed_over
    if not found:
        raise FacebenchError(f"{', '.join(arguments)} holds no photos{what_was_skipped(skipped)}.")
    return list(found), skipped


def _photos_of(argument: str, rules: Rules) -> tuple[list[Path], Counter[str]]:
    try:
        path = Path(argument).expanduser()
        if path.is_dir():
            return _below([path], rules)
        if path.exists():
            return [path], Counter()
        matches = _matching(str(path)) if has_magic(argument) else []
        if matches:
            return _below(matches, rules)
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # RuntimeError: "~name" of an unknown user; ValueError: a zero byte
        raise FacebenchError(f"{argument} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    raise FacebenchError(f"{argument} does not exist: give photos, folders of photos, or patterns such as '*.jpg'.")


def _matching(pattern: str) -> list[Path]:
    # Path.glob takes no absolute pattern.
    return [Path(match) for match in sorted(glob(pattern, recursive=True))]  # noqa: PTH207


def _below(paths: list[Path], rules: Rules) -> tuple[list[Path], Counter[str]]:
    photos: list[Path] = []
    skipped = Counter[str]()
    for path in paths:
        if path.is_dir():
            items, passed_over = photos_below(path, rules)
            photos += [item.path for item in items]
            skipped += passed_over
        elif kind := why_no_photo(path.name, str(path), rules):
            skipped[kind] += 1
        else:
            photos.append(path)
    return photos, skipped
