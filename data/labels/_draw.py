"""The draw of a face that was not proposed: its place in a random order, as a cell of the table of labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: By likeness: the nearest to the examples of what was not proposed, the next, all others; photos without a face.
Nearness: TypeAlias = Literal["near", "middle", "far", "none"]
#: Stands between extractors that proposed together.
TOGETHER = " + "
_DRAW = re.compile(r"(\S.*) (near|middle|far|none) (\d{1,9}) of (\d{1,9})( unseen)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draw:
    """The place of a face, or of a photo without one, in a random order of its stratum.

    Attributes:
        extractor: that did not propose it, its call string; several with " + " between them.
        stratum: which part of what was not proposed.
        rank: from 1 on.
        size: of the stratum.
        seen: whether somebody looks at it who decides about it; False for a decision about a whole group.
    """

    extractor: str
    stratum: Nearness
    rank: int
    size: int
    seen: bool = True

    def __str__(self) -> str:
        return f"{self.extractor} {self.stratum} {self.rank} of {self.size}{'' if self.seen else ' unseen'}"

    @classmethod
    def parse(cls, text: str) -> Draw:
        """Return the draw of a cell.

        Raises:
            ValueError: it is none; with what to do.

        >>> Draw.parse("sface far 3 of 812").rank
        3
        """
        found = _DRAW.fullmatch(text)
        rank, size = (int(found[3]), int(found[4])) if found else (0, 0)
        if found is None or not 1 <= rank <= size:
            raise ValueError(f"'{text}' tells no draw: leave the column drawn as it was, or delete it")
        stratum: Nearness = found[2]  # type: ignore[assignment]  # one of the four, as the expression says
        return cls(found[1], stratum, rank, size, seen=not found[5])
