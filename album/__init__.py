"""From an unsorted album to labels: every face is found, what looks like the examples proposed, all others grouped.

>>> from facebench.album import find_faces
>>> from facebench.data import orl_faces, photos_folder
>>> photos = photos_folder(orl_faces().items[0].path.parent)  # ten photos of one person
>>> len(find_faces(photos, [photos.items[0].file]).of_band("surely"))
10
"""

from ._album import Album, AlbumFace, AlbumPhoto, Band
from ._bands import BANDS
from ._faces import find_faces
from ._judged import judged_album
from ._labels import labels_of
from ._page import MARK, album_page, is_album_page
from ._people import EXTRACTOR
from ._wording import REVIEW, REVIEW_OF_SCORES, Wording

__all__ = [
    "BANDS",
    "EXTRACTOR",
    "MARK",
    "REVIEW",
    "REVIEW_OF_SCORES",
    "Album",
    "AlbumFace",
    "AlbumPhoto",
    "Band",
    "Wording",
    "album_page",
    "find_faces",
    "is_album_page",
    "judged_album",
    "labels_of",
]
