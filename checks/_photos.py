"""`bench check`: a look at photos before anybody waits for a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..benchmarks import Embedder, embed_dataset, hash_photos
from ..data import Dataset, Item, group_photos
from ..embeddings import FacesSeen, FaceSurvey, Failure, Fingerprint, Fingerprints, VectorStore
from ._amounts import amounts, bursts
from ._copies import copies
from ._findings import SEVERITIES, PhotoReport
from ._single import files_passed_over, single_photos, unreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Seen:
    """The photos that can be decoded, and what was seen on them.

    Attributes:
        dataset: these photos.
        hashes: (n,) sha256 of their bytes.
        prints: (n,) fingerprints.
        groups: (n,) photos of one person with the same number are copies or a burst.
        faces: (n,) sizes and faces.
    """

    dataset: Dataset
    hashes: list[str]
    prints: Fingerprints
    groups: NDArray[np.intp]
    faces: FacesSeen


def check_photos(dataset: Dataset, store: VectorStore | None = None) -> PhotoReport:
    """Look at every photo and say what to fix; some 20 to 40 ms per photo, and almost nothing the second time.

    Args:
        dataset: of `photos_folder`, or of `me_and_others`.
        store: where what was seen is looked up and kept.

    >>> from facebench.data import orl_faces
    >>> report = check_photos(orl_faces().only(range(10)))
    >>> report.photos, report.with_face, report.must_fix
    (10, 9, False)
    """
    seen, failures = _look(dataset, store)
    findings = [
        *unreadable(failures),
        *copies(seen),
        *amounts(dataset, seen),
        *single_photos(seen),
        *bursts(seen),
        *files_passed_over(dataset),
    ]
    return PhotoReport(
        title=dataset.title,
        photos=len(dataset.items),
        readable=len(seen.hashes),
        people=len(dataset.people),
        with_face=int((seen.faces.counts > 0).sum()),
        findings=sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)),
    )


def _look(dataset: Dataset, store: VectorStore | None) -> tuple[Seen, dict[Item, Failure]]:
    """Return what is seen on the photos that can be decoded, and why the others cannot be."""
    hashes = hash_photos(dataset)
    looker = Embedder("looking at photos", Fingerprint(), store, identity=Fingerprint.identity)
    fingerprints = embed_dataset(dataset, hashes, looker)
    readable = np.flatnonzero(fingerprints.embedded)
    failures = {dataset.items[index]: failure for index, failure in fingerprints.unreadable().items()}
    shown, hashes = dataset.only(readable), [hashes[index] for index in readable]
    finder = Embedder("looking for faces", FaceSurvey(), store, identity=FaceSurvey.identity)
    faces = embed_dataset(shown, hashes, finder)
    prints = Fingerprints.of(fingerprints.matrix[readable])
    groups = group_photos([item.person for item in shown.items], prints.hashes, prints.times)
    return Seen(shown, hashes, prints, groups, FacesSeen.of(faces.matrix)), failures
