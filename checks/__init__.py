"""Checks before a run: whether photos are fit for it, and whether the installation is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._doctor import Diagnosis, Item, diagnose
from ._doctor_text import diagnosis_text

if TYPE_CHECKING:
    from ._findings import Finding, Mark, PhotoReport
    from ._photos import check_photos
    from ._photos_text import photo_report_text

_NEED_NUMPY = {
    "Finding": "_findings",
    "Mark": "_findings",
    "PhotoReport": "_findings",
    "check_photos": "_photos",
    "photo_report_text": "_photos_text",
}


def __getattr__(name: str) -> object:
    if name in _NEED_NUMPY:  # the doctor must come up where NumPy does not
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_NEED_NUMPY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Diagnosis",
    "Finding",
    "Item",
    "Mark",
    "PhotoReport",
    "check_photos",
    "diagnose",
    "diagnosis_text",
    "photo_report_text",
]
