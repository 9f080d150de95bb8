"""`bench check-extractor`: whether an extractor keeps its contract, seen in processes of its own."""

from ._check import assert_extractor, check_extractor
from ._finding import RULES, Finding
from ._text import extractor_text

__all__ = ["RULES", "Finding", "assert_extractor", "check_extractor", "extractor_text"]
