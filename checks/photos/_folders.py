"""Findings about folders: what their names suggest, and folders that show the people of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...benchmarks.statistics import MOST_FACES, mixed_by_faces, mixed_by_pictures, mixed_folders
from ...data import Dataset
from ...embeddings import Embedding, VectorStore, extractors
from ...embeddings.extraction import Embedder
from ._findings import Finding, Severity

if TYPE_CHECKING:
    from ._seen import Seen

_SEVERITIES: dict[str, Severity] = {
    "layout": "good to know",
    "albums": "should look",
    "spellings": "should look",
    "unreviewed": "good to know",
}
#: Its vectors are compared where a run has left them in the store: making them takes a network.
_FACES = "face_recognition"
#: Of the photos with a face, so many have to have a vector.
_ENOUGH = 0.8


def names_of_folders(dataset: Dataset) -> list[Finding]:
    """Return a finding per remark on the names of folders."""
    return [Finding(remark.kind, _SEVERITIES[remark.kind], remark.what, remark.advice) for remark in dataset.remarks]


def folders_of_others(seen: Seen, store: VectorStore | None) -> list[Finding]:
    """Return a finding per folder of a person that shows several others, such as a folder of crops."""
    people = [item.person for item in seen.dataset.items]
    pictures = mixed_by_pictures(people, seen.same)
    faces = _mixed_by_stored_faces(seen, store) if store and len(people) <= MOST_FACES else {}
    faces = {person: others for person, others in faces.items() if person not in pictures}
    folders = len(seen.dataset.people)
    told = [*mixed_folders(pictures, folders, "pictures"), *mixed_folders(faces, folders, "faces")]
    return [Finding("mixed_folder", "should look", what, advice) for what, advice in told]


def _mixed_by_stored_faces(seen: Seen, store: VectorStore) -> dict[str, list[str]]:
    identity = Embedder(_FACES, extractors.create(_FACES)).identity
    outcomes = store.get(identity, seen.keys)
    vectors = {key: outcome.vector for key, outcome in outcomes.items() if isinstance(outcome, Embedding)}
    there = [index for index, key in enumerate(seen.keys) if key in vectors]
    if not there or len(there) < _ENOUGH * (seen.faces.counts > 0).sum():
        return {}
    matrix = np.stack([vectors[seen.keys[index]] for index in there])
    return mixed_by_faces([seen.dataset.items[index].person for index in there], matrix)
