"""The winner, kept and used: a trained head with its extractor in one file that executes nothing.

>>> from facebench.bundles import Bundle
>>> Bundle.load("nowhere.facebench")
Traceback (most recent call last):
facebench.bundles._archive.BundleError: nowhere.facebench cannot be read: No such file or directory.
"""

from __future__ import annotations

from ._archive import BundleError, is_bundle
from ._bundle import Bundle
from ._calibration import fit_sigmoid
from ._collect import check_folder, copy_photos
from ._manifest import Manifest
from ._recognition import Faces, Recognition, SeenFace
from ._replay import bundle_as_tested
from ._train import train_bundle, train_winner
from ._winner import choose_winner
from ._words import answers_csv, answers_json, answers_table, summary, tally

__all__ = [
    "Bundle",
    "BundleError",
    "Faces",
    "Manifest",
    "Recognition",
    "SeenFace",
    "answers_csv",
    "answers_json",
    "answers_table",
    "bundle_as_tested",
    "check_folder",
    "choose_winner",
    "copy_photos",
    "fit_sigmoid",
    "is_bundle",
    "summary",
    "tally",
    "train_bundle",
    "train_winner",
]
