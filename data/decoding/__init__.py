"""Photos: from the bytes of a file to upright RGB pixels, its date and its camera; variants of them."""

from ._augmentation import Augmentation
from ._dates import Taken, is_unset
from ._decode import Header
from ._formats import ENOUGH, RAW, SUFFIXES, surely
from ._opening import FAULTS, MAX_PIXELS, Fault, PhotoError
from ._orientation import DECODER
from ._photo import Photo, PhotoLike, parts_of_key, store_key

__all__ = [
    "DECODER",
    "ENOUGH",
    "FAULTS",
    "MAX_PIXELS",
    "RAW",
    "SUFFIXES",
    "Augmentation",
    "Fault",
    "Header",
    "Photo",
    "PhotoError",
    "PhotoLike",
    "Taken",
    "is_unset",
    "parts_of_key",
    "store_key",
    "surely",
]
