"""Photos: decoding, data sets, splits.

>>> from facebench.data import Photo, orl_faces
>>> Photo(orl_faces().items[0].path).pixels.shape
(112, 92, 3)
"""

from ._augmentation import Augmentation
from ._carriers import carried_file
from ._dataset import ME, Dataset, Item, Layout, Part, Remark, orl_faces
from ._dates import Taken, is_unset
from ._decode import FAULTS, MAX_PIXELS, Fault, Header, PhotoError
from ._fingerprints import DIMENSION as FINGERPRINT_DIMENSION
from ._fingerprints import KEYPOINTS, ONLY_NOW, ONLY_THEN, UNDATED, WHOLE_DAY, Fingerprints, fingerprint
from ._folders import me_and_others, people_folder, photos_folder
from ._layout import LISTING, Rules
from ._listing import as_text, folder_spelled, spelled_out
from ._moments import dates
from ._near_duplicates import GROUPING, group_as_first, group_photos, resaved_photos, same_pictures, shared_photos
from ._orientation import DECODER
from ._pairs import Pair, read_pairs
from ._photo import Photo, PhotoLike, parts_of_key, store_key
from ._search import find_photos
from ._sources import dataset_from, draw_others
from ._splits import Split, SplitRule, Strangers, participants, split
from ._targets import ALL, choose_targets, refusal_of_shared, refuse_shared_files, shared_files

__all__ = [
    "ALL",
    "DECODER",
    "FAULTS",
    "FINGERPRINT_DIMENSION",
    "GROUPING",
    "KEYPOINTS",
    "LISTING",
    "MAX_PIXELS",
    "ME",
    "ONLY_NOW",
    "ONLY_THEN",
    "UNDATED",
    "WHOLE_DAY",
    "Augmentation",
    "Dataset",
    "Fault",
    "Fingerprints",
    "Header",
    "Item",
    "Layout",
    "Pair",
    "Part",
    "Photo",
    "PhotoError",
    "PhotoLike",
    "Remark",
    "Rules",
    "Split",
    "SplitRule",
    "Strangers",
    "Taken",
    "as_text",
    "carried_file",
    "choose_targets",
    "dataset_from",
    "dates",
    "draw_others",
    "find_photos",
    "fingerprint",
    "folder_spelled",
    "group_as_first",
    "group_photos",
    "is_unset",
    "me_and_others",
    "orl_faces",
    "participants",
    "parts_of_key",
    "people_folder",
    "photos_folder",
    "read_pairs",
    "refusal_of_shared",
    "refuse_shared_files",
    "resaved_photos",
    "same_pictures",
    "shared_files",
    "shared_photos",
    "spelled_out",
    "split",
    "store_key",
]
