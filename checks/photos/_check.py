"""`bench check`: the check of photos before a run."""

from __future__ import annotations

import numpy as np

from ...data import Dataset, Fingerprints, Item, group_photos
from ...embeddings import Failure
from ...embeddings.built_in import FacesSeen, FaceSurvey, Fingerprint
from ...embeddings.extraction import Embedder, Photos, embed_together
from ...embeddings.store import VectorStore
from ._amounts import amounts, bursts
from ._copies import copies
from ._findings import SEVERITIES, PhotoReport
from ._folders import folders_of_others, names_of_folders
from ._seen import Seen
from ._single import files_passed_over, single_photos, unreadable


def check_photos(dataset: Dataset, store: VectorStore | None = None) -> PhotoReport:
    """Check every photo and say what to fix; some 20 to 40 ms per photo, and almost nothing the second time.

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
    fingerprints, faces = embed_together(Photos(dataset.items), [looker, finder])
    readable = np.flatnonzero(fingerprints.embedded)
    failures = {dataset.items[index]: failure for index, failure in sorted(fingerprints.unreadable().items())}
    shown, keys = dataset.only(readable), [fingerprints.keys[index] for index in readable]
    prints = Fingerprints.of(fingerprints.matrix[readable])
    people, names = [item.person for item in shown.items], [item.name for item in shown.items]
    groups = group_photos(people, prints, names, [item.file for item in shown.items])
    return Seen(shown, keys, prints, groups, FacesSeen.of(faces.matrix[readable])), failures
