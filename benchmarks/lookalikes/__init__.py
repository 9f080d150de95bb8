"""Look-alikes: which other people a pairing takes for the target, or nearly."""

from ._hard import HardFigures, hard_figures, hard_strangers
from ._lookalikes import Lookalikes, Untested, lookalikes_of
from ._ranking import Lookalike, Pair, rank_lookalikes
from ._text import SHOWN, lookalikes_text
from ._warning import lookalike_warnings

__all__ = [
    "SHOWN",
    "HardFigures",
    "Lookalike",
    "Lookalikes",
    "Pair",
    "Untested",
    "hard_figures",
    "hard_strangers",
    "lookalike_warnings",
    "lookalikes_of",
    "lookalikes_text",
    "rank_lookalikes",
]
