"""Photos: decoding, data sets, splits.

>>> from facebench.data import Photo, orl_faces
>>> Photo(orl_faces().items[0].path).pixels.shape
(112, 92, 3)
"""

from ._carriers import carried_file
from ._dataset import ME, Dataset, Item, me_and_others, orl_faces, people_folder
from ._decode import FAULTS, Fault, Header, PhotoError
from ._photo import Photo, PhotoLike
from ._sources import dataset_from
from ._splits import Split, split
from ._targets import ALL, choose_targets, refuse_shared_files

__all__ = [
    "ALL",
    "FAULTS",
    "ME",
    "Dataset",
    "Fault",
    "Header",
    "Item",
    "Photo",
    "PhotoError",
    "PhotoLike",
    "Split",
    "carried_file",
    "choose_targets",
    "dataset_from",
    "me_and_others",
    "orl_faces",
    "people_folder",
    "refuse_shared_files",
    "split",
]
