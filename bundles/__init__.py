"""The winner, kept and used: a trained head with its extractor in one file that executes nothing.

>>> from facebench.bundles import Bundle
>>> Bundle.load("nowhere.facebench")
Traceback (most recent call last):
facebench.bundles._archive.BundleError: nowhere.facebench cannot be read: No such file or directory.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._archive import BundleError, is_bundle
from ._bundle import Bundle
from ._calibration import fit_slopes
from ._manifest import Manifest
from ._recognition import Faces, Recognition, SeenFace
from ._review import Review, review_photos
from ._summary import summary
from .answers import answers_csv, answers_json, answers_table, overview, parts_of, reason_of, tally

if TYPE_CHECKING:
    from ._as_tested import bundle_as_tested
    from ._facts import refuse_licence
    from ._train import train_bundle, train_winner
    from ._winner import choose_winner, refuse_shortcut

#: What trains needs the experiment, and is imported when it is used: recognising somebody needs none of it.
_TRAINING = {
    "bundle_as_tested": "_as_tested",
    "choose_winner": "_winner",
    "refuse_licence": "_facts",
    "refuse_shortcut": "_winner",
    "train_bundle": "_train",
    "train_winner": "_train",
}


def __getattr__(name: str) -> object:
    if name in _TRAINING:
        return getattr(import_module(f".{_TRAINING[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Bundle",
    "BundleError",
    "Faces",
    "Manifest",
    "Recognition",
    "Review",
    "SeenFace",
    "answers_csv",
    "answers_json",
    "answers_table",
    "bundle_as_tested",
    "choose_winner",
    "fit_slopes",
    "is_bundle",
    "overview",
    "parts_of",
    "reason_of",
    "refuse_licence",
    "refuse_shortcut",
    "review_photos",
    "summary",
    "tally",
    "train_bundle",
    "train_winner",
]
