"""Where measured properties are cut into slices: fixed for all runs, before anybody has seen an error."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Cuts:
    """The slices of a measured property.

    Attributes:
        title: of the property, with its unit.
        points: where slices end, ascending; a value that is one of them belongs to the slice above.
        names: of the slices, one more than points.
        why: they are cut there.
    """

    title: str
    points: tuple[float, ...]
    names: tuple[str, ...]
    why: str

    def slice_of(self, value: float) -> int:
        """Return the number of the slice that a value is in.

        >>> CUTS["face_size"].names[CUTS["face_size"].slice_of(50)]
        '50-100 px'
        """
        return bisect_right(self.points, value)


#: By the names of `PhotoProperties`. `docs/why.md` has the same table.
CUTS = {
    "face_size": Cuts(
        "face size",
        (50, 100, 200),
        ("under 50 px", "50-100 px", "100-200 px", "from 200 px"),
        "networks see a face at about 100 pixels: smaller ones are enlarged, under 50 more than twice",
    ),
    "sharpness": Cuts(
        "sharpness",
        (0.08, 0.25),
        ("blurred", "soft", "sharp"),
        "under 2 % of the faces in LFW and ORL are below 0.08, and 98 % once blurred by 2 % of their side; about half "
        "of those in LFW are below 0.25",
    ),
    "brightness": Cuts("brightness", (1 / 3, 2 / 3), ("dark", "medium", "bright"), "thirds of the range"),
    "yaw": Cuts(
        "yaw",
        (15, 30),
        ("frontal", "half turned", "turned"),
        "degrees to either side: it is measured within about 5, and from 30 on the far eye begins to disappear",
    ),
    "megapixels": Cuts(
        "megapixels",
        (0.5, 3),
        ("under 0.5", "0.5-3", "from 3"),
        "thumbnails and cut-outs; what messengers send; what cameras save",
    ),
}
#: The detector's score, by detector: others have no scale that is known here.
SCORES = {
    "yunet": Cuts(
        "detector score", (0.8, 0.9), ("under 0.8", "0.8-0.9", "from 0.9"), "it takes faces from 0.7 on, up to 1"
    ),
    "hog": Cuts(
        "detector score", (0.5, 1.5), ("under 0.5", "0.5-1.5", "from 1.5"), "it takes faces from 0 on, few above 2.5"
    ),
}
