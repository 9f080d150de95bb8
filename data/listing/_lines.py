"""Text files as people and archives leave them: line ends of any system, a byte order mark, blanks."""

from __future__ import annotations

from pathlib import Path

from ...errors import FacebenchError


def numbered_lines(file: Path, advice: str) -> list[tuple[int, str]]:
    """Return the lines of a UTF-8 text file that are not blank, stripped, each with its number, from 1 on.

    Args:
        file: the file.
        advice: ends the message about a file that cannot be read.

    Raises:
        FacebenchError: it cannot be read, or is not UTF-8.
    """
    try:
        text = file.expanduser().read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FacebenchError(f"{file} is not text in UTF-8 ({error}): save it as UTF-8.") from error
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # RuntimeError: "~name" of an unknown user; ValueError: a zero byte
        why = getattr(error, "strerror", None) or error
        raise FacebenchError(f"{file} cannot be read ({why}): {advice}") from error
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return [(number, line) for number, line in lines if line]
