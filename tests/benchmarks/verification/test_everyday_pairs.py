"""LFW's protocol on everyday photos, where the checkout has them beside it (research use only)."""

import random
from itertools import combinations
from pathlib import Path

import pytest
from facebench.benchmarks.verification import verify_pairs, verify_text
from facebench.data import read_pairs

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"
FOLDS, PAIRS = 10, 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout"),
]


@pytest.fixture
def pairs_file(tmp_path: Path) -> Path:
    """300 genuine pairs, 88 of them of one person and the others of a person each, and 300 impostor pairs."""
    rng = random.Random(0)
    photos = {folder.name: sorted(path.stem[-4:] for path in folder.glob("*.jpg")) for folder in sorted(LFW.iterdir())}
    powell = rng.sample(list(combinations(photos["Colin_Powell"], 2)), 88)
    genuine = [(name, *numbers) for name, numbers in photos.items() if len(numbers) == 2]
    genuine += [("Colin_Powell", *numbers) for numbers in powell]
    rng.shuffle(genuine)
    strangers = [rng.sample(list(photos), 2) for _ in genuine]
    impostors = [(one, rng.choice(photos[one]), other, rng.choice(photos[other])) for one, other in strangers]
    lines = [(str(FOLDS), str(PAIRS))]
    for start in range(0, FOLDS * PAIRS, PAIRS):
        lines += [*genuine[start : start + PAIRS], *impostors[start : start + PAIRS]]
    path = tmp_path / "pairs.txt"
    path.write_text("".join("\t".join(line) + "\n" for line in lines))
    return path


def test_face_recognition_verifies_everyday_photos(pairs_file: Path) -> None:
    report = verify_pairs(read_pairs(pairs_file, LFW), ["face_recognition"])
    print(verify_text(report))
    assert (report.genuine, report.impostors) == (300, 300)
    assert report.extractors[0].accuracy >= 0.97
