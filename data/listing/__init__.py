"""Folders of photos: which files are photos, and who is in them."""

from ._folders import me_and_others, people_folder, photos_folder, photos_of_me
from ._layout import LISTING, Rules
from ._pairs import Pair, read_pairs
from ._search import find_photos
from ._sources import dataset_from, draw_others

__all__ = [
    "LISTING",
    "Pair",
    "Rules",
    "dataset_from",
    "draw_others",
    "find_photos",
    "me_and_others",
    "people_folder",
    "photos_folder",
    "photos_of_me",
    "read_pairs",
]
