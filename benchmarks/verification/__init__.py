"""LFW's verification protocol: the same person on two photos, or different ones."""

from ._protocol import verify_pairs
from ._report import VerifyReport, verify_text

__all__ = [
    "VerifyReport",
    "verify_pairs",
    "verify_text",
]
