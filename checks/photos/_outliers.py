"""Findings about photos of me that are unlike the others: another person, a statue, a face on a screenshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import counted
from ._amounts import NEEDED
from ._findings import Finding, Mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._seen import Seen

#: Whose vectors are compared.
FACES = "sface"
#: A photo with a lower similarity to the others is marked: OpenCV's cosine for SFace, from which on two are one person.
UNLIKE = 0.363
#: Photos that are listed, marked or not.
LISTED = 12
#: Faces that are compared with all others at a time.
_TOGETHER = 512


def unlike_others(seen: Seen) -> list[Finding]:
    """Return findings about the photos of me that are least like the others, the worst first.

    Photos without a face are not among them. Of fewer than 5 independent photos nothing can be said.
    """
    faces = np.flatnonzero(~np.isnan(seen.faces_of_me[:, 0]))
    if len(np.unique(seen.groups[faces])) < NEEDED:
        return []
    similarity = similarity_to_others(seen.faces_of_me[faces], seen.groups[faces])
    worst = np.argsort(similarity, kind="stable")
    marks = [Mark.of(seen.dataset.items[faces[place]], f"{similarity[place]:.2f}") for place in worst]
    unlike, me = int((similarity < UNLIKE).sum()), seen.dataset.me
    if 2 * unlike > len(marks):
        what = f"{unlike} of {counted(len(marks), 'face')} of {me} are unlike most others"
        return [Finding("several_people", "should look", what, "Several people? Sort them with bench find")]
    findings = [
        Finding(
            "unlike",
            "should look",
            f"{counted(unlike, 'photo')} of {me} unlike the others (similarity under {UNLIKE})",
            f"Delete those that do not show {me}. Keep hard ones that do: without them a result looks better than it "
            "is",
            marks[:unlike],
            column="similarity",
        ),
        Finding(
            "least_like",
            "good to know",
            f"Photos of {me} that are the least like the others",
            f"Look whether they are {me}",
            marks[unlike:LISTED],
            column="similarity",
        ),
    ]
    return [finding for finding in findings if finding.marks]


def similarity_to_others(vectors: NDArray[np.floating], groups: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how like the others each face is: a median of cosines, float64 (n,), -1..1.

    It is that over all other groups, of the mean cosine to the faces of a group. A face is never compared with its own
    group, so that copies do not vouch for each other, and up to half of the groups may show somebody else.

    Args:
        vectors: (n, d) of faces.
        groups: (n,) the same number for copies and for photos of one moment; there are two numbers or more.

    >>> right, wrong = [1.0, 0.0], [0.0, 1.0]
    >>> similarity_to_others(np.array([right, right, wrong, right, wrong]), np.array([0, 1, 2, 3, 2])).tolist()
    [1.0, 1.0, 0.0, 1.0, 0.0]
    """
    units = np.asarray(vectors, dtype=np.float64)
    units = units / np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-9)
    numbers, amounts = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    means = np.zeros((len(amounts), units.shape[1]))
    np.add.at(means, numbers, units)
    means /= amounts[:, None]
    similarity = np.empty(len(units))
    for start in range(0, len(units), _TOGETHER):
        here = slice(start, start + _TOGETHER)
        cosines = units[here] @ means.T
        cosines[np.arange(len(cosines)), numbers[here]] = np.nan
        similarity[here] = np.nanmedian(cosines, axis=1)
    return similarity
