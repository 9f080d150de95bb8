"""A folder of few people and a run of them, made once from Python."""

import shutil
from pathlib import Path

import facebench
import pytest
from facebench.data import orl_faces


@pytest.fixture(scope="session")
def few_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the last eight people of ORL; HOG finds no face on half of the photos of s33."""
    folder = tmp_path_factory.mktemp("people")
    for item in orl_faces().items:
        person = item.person or ""
        if int(person[1:]) > 32:
            (folder / person).mkdir(exist_ok=True)
            shutil.copy(item.path, folder / item.name)
    return folder


@pytest.fixture(scope="session")
def made(few_people: Path, tmp_path_factory: pytest.TempPathFactory) -> facebench.Run:
    """A run with errors of all kinds: colours tell grey photos apart badly, and some photos show no face."""
    return facebench.run(
        extractors=["colour", "face_recognition"],
        heads=["logreg", "centroid"],
        data=few_people,
        target="s33",
        repeats=3,
        audit=False,
        runs=tmp_path_factory.mktemp("made") / "runs",
    )
