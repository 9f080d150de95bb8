"""dlib's HOG detector in compiled functions: the same boxes in less than half the time."""

from ._turn import expect, search_for

__all__ = ["expect", "search_for"]
