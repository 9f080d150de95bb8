"""Test photos that show what a pairing can do: their choice, thumbnails, the contact sheet."""

from ._contact_sheet import write_contact_sheet
from ._question import advice_on, question_of
from ._selection import (
    EACH,
    Examples,
    choose_examples,
    choose_pairing,
    first_split,
    mean_balanced,
    rank_pairings,
    thresholds_of,
)
from ._thumbnails import thumbnail_of

__all__ = [
    "EACH",
    "Examples",
    "advice_on",
    "choose_examples",
    "choose_pairing",
    "first_split",
    "mean_balanced",
    "question_of",
    "rank_pairings",
    "thresholds_of",
    "thumbnail_of",
    "write_contact_sheet",
]
