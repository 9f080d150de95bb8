"""Markdown: tables, and text that shows as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..errors import printable

#: What begins or ends something in Markdown; an underscore does so only at the edge of a word.
_MARKUP = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is: no table cell, emphasis, link or HTML begins in it.

    >>> print(escaped("me|you.jpg"))
    me\|you.jpg
    """
    return _MARKUP.sub(r"\\\g<0>", printable(text))


def markdown_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, strong: Collection[tuple[int, int]] = ()
) -> str:
    """Return a table; its cells show as they are.

    Args:
        titles: of the columns, Markdown.
        rows: cells, plain text.
        left: columns aligned to the left, the first ones; the others hold numbers.
        strong: (row, column) of cells in bold.

    >>> print(markdown_table(["head", "AUC"], [["svm", "0.98"], ["mlp", "0.99"]], strong={(1, 1)}))
    | head | AUC |
    | --- | --: |
    | svm | 0.98 |
    | mlp | **0.99** |
    """
    lines = [titles, ["---"] * left + ["--:"] * (len(titles) - left)]
    for number, row in enumerate(rows):
        cells = map(escaped, row)
        lines.append([f"**{cell}**" if (number, column) in strong else cell for column, cell in enumerate(cells)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
