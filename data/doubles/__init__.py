"""Photos that are not independent: doubles of one picture, and photos of one moment."""

from ._fingerprints import DIMENSION, KEYPOINTS, ONLY_NOW, ONLY_THEN, UNDATED, WHOLE_DAY, Fingerprints, fingerprint
from ._moments import dates
from ._near_duplicates import GROUPING, group_as_first, group_photos, resaved_photos, same_pictures, shared_photos

__all__ = [
    "DIMENSION",
    "GROUPING",
    "KEYPOINTS",
    "ONLY_NOW",
    "ONLY_THEN",
    "UNDATED",
    "WHOLE_DAY",
    "Fingerprints",
    "dates",
    "fingerprint",
    "group_as_first",
    "group_photos",
    "resaved_photos",
    "same_pictures",
    "shared_photos",
]
