"""Photos that show what a pairing can do: choice, thumbnails, contact sheet, maps, look-alikes, hard strangers."""

from ._contact_sheet import write_contact_sheet
from ._map import VectorMap, vector_map
from ._nearest_pairs import lookalikes_with_pairs
from ._outsider import hard_choice
from ._pairing import (
    best_of_extractors,
    choose_pairing,
    first_split,
    hardest_target,
    mean_balanced,
    rank_pairings,
    thresholds_of,
)
from ._question import advice_on, question_of
from ._selection import EACH, Example, Examples, choose_examples
from ._thumbnails import thumbnail_of

__all__ = [
    "EACH",
    "Example",
    "Examples",
    "VectorMap",
    "advice_on",
    "best_of_extractors",
    "choose_examples",
    "choose_pairing",
    "first_split",
    "hard_choice",
    "hardest_target",
    "lookalikes_with_pairs",
    "mean_balanced",
    "question_of",
    "rank_pairings",
    "thresholds_of",
    "thumbnail_of",
    "vector_map",
    "write_contact_sheet",
]
