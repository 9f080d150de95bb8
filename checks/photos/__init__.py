"""`bench check`: whether photos are fit for a run."""

from ._check import check_photos
from ._findings import Finding, Mark, PhotoReport
from ._text import photo_report_text

__all__ = ["Finding", "Mark", "PhotoReport", "check_photos", "photo_report_text"]
