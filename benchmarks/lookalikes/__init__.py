"""Look-alikes: which other people a pairing takes for the target, or nearly."""

from ._hard import MEAN_RANK, HardFigures, HardStrangers, hard_figures, hard_strangers
from ._lookalikes import Lookalikes, Untested, lookalikes_of
from ._outsider import refuse_insider, strangers_by
from ._ranking import Lookalike, Pair, rank_lookalikes
from ._text import SHOWN, lookalikes_text
from ._warning import lookalike_warnings

__all__ = [
    "MEAN_RANK",
    "SHOWN",
    "HardFigures",
    "HardStrangers",
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
    "refuse_insider",
    "strangers_by",
]
