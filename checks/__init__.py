"""Checks before a run: whether photos, an extractor and the installation are fit for it."""

from .extractor import assert_extractor, check_extractor

__all__ = ["assert_extractor", "check_extractor"]
