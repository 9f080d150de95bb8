"""`bench check`: the check of photos before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset, Fingerprints, Item, group_photos
from ...embeddings import Failure, extractors
from ...embeddings.built_in import FacesSeen, FaceSurvey, Fingerprint
from ...embeddings.extraction import Embedder, Photos, embed_together
from ...embeddings.store import VectorStore
from ._amounts import amounts, bursts
from ._copies import copies
from ._findings import SEVERITIES, PhotoReport
from ._folders import folders_of_others, names_of_folders
from ._outliers import FACES, unlike_others
from ._seen import Seen
from ._single import files_passed_over, single_photos, unreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_photos(dataset: Dataset, store: VectorStore | None = None) -> PhotoReport:
    """Check every photo and say what to fix; some 20 to 60 ms per photo, and almost nothing the second time.

    Args:
        dataset: of `photos_folder`, or of `dataset_from`.
        store: where hashes and detections are looked up and saved.

    >>> from facebench.data import orl_faces
    >>> report = check_photos(orl_faces().only(range(10)))
    >>> report.photos, report.with_face, report.must_fix
    (10, 9, False)
    """
    seen, failures = _look(dataset, store)
    findings = [
        *unreadable(failures),
        *copies(seen),
        *folders_of_others(seen, store),
        *names_of_folders(dataset),
        *amounts(dataset, seen),
        *single_photos(seen),
        *unlike_others(seen),
        *bursts(seen),
        *files_passed_over(dataset),
    ]
    return PhotoReport(
        title=dataset.title,
        photos=len(dataset.items),
        readable=len(seen.keys),
        people=len(dataset.people),
        with_face=int((seen.faces.counts > 0).sum()),
        findings=sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)),
    )


def _look(dataset: Dataset, store: VectorStore | None) -> tuple[Seen, dict[Item, Failure]]:
    """Return what is seen on the photos that can be decoded, and why the others cannot be."""
    looker = Embedder("looking at photos", Fingerprint(), store, identity=Fingerprint.identity)
    finder = Embedder("looking for faces", FaceSurvey(), store, identity=FaceSurvey.identity)
    photos = Photos(dataset.items)
    faces_of_me = _faces_of_me(dataset, photos.keys, [looker, finder], store)
    fingerprints, faces = embed_together(photos, [looker, finder])
    readable = np.flatnonzero(fingerprints.embedded)
    failures = {dataset.items[index]: failure for index, failure in sorted(fingerprints.unreadable().items())}
    shown, keys = dataset.only(readable), [fingerprints.keys[index] for index in readable]
    prints = Fingerprints.of(fingerprints.matrix[readable])
    people, names = [item.person for item in shown.items], [item.name for item in shown.items]
    groups = group_photos(people, prints, names, [item.file for item in shown.items])
    return Seen(shown, keys, prints, groups, FacesSeen.of(faces.matrix[readable]), faces_of_me[readable]), failures


def _faces_of_me(
    dataset: Dataset, keys: list[str], others: list[Embedder], store: VectorStore | None
) -> NDArray[np.float32]:
    """Return the vectors of faces on photos of me (photos of the data set, d); NaN elsewhere.

    It is one pass with what other embedders see on these photos: the store has it afterwards.
    """
    embedder = Embedder(FACES, extractors.create(FACES), store)
    matrix = np.full((len(dataset.items), embedder.card.dimension), np.nan, dtype=np.float32)
    mine = [index for index, item in enumerate(dataset.items) if item.person is not None and item.person == dataset.me]
    if mine:
        photos = Photos([dataset.items[index] for index in mine], [keys[index] for index in mine])
        *_, vectors = embed_together(photos, [*others, embedder])
        matrix[np.array(mine)[vectors.embedded]] = vectors.matrix[vectors.embedded]
    return matrix
