"""Which of several faces: the rules on the half of lfw-powell's people that chose no constant, and on collages."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings.faces import Detection, choose, detectors
from hypothesis import given
from hypothesis import strategies as st

#: A photo's size, its faces, and the one that is meant.
Scene = tuple[tuple[int, int], list[Detection], Detection]

boxes = st.tuples(*[st.integers(-50, 450)] * 2, st.integers(1, 300)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[2])
)


def test_a_face_in_a_corner_counts_half() -> None:
    middle, corner = Detection((150, 150, 250, 250), 1.0), Detection((0, 0, 199, 199), 1.0)
    assert choose([corner, middle], (400, 400), "prominent") is corner  # at (-.5, -.5) it counts .84 of 199
    far = Detection((300, 300, 480, 480), 1.0)  # cut off by the edges, 100 are seen
    assert choose([far, middle], (400, 400), "prominent") is middle


@given(st.lists(boxes, min_size=1, max_size=6), st.floats(0.1, 10))
def test_prominence_is_the_same_at_every_size_and_in_the_mirror(corners: list[tuple[int, ...]], score: float) -> None:
    faces = [Detection(box, score + i) for i, box in enumerate(corners)]  # type: ignore[arg-type]
    first = choose(faces, (400, 300), "prominent")
    assert first in faces
    larger = [Detection(tuple(3 * edge for edge in face.box), face.score) for face in faces]  # type: ignore[arg-type]
    chosen = choose(larger, (1200, 900), "prominent")
    assert chosen is not None
    assert larger.index(chosen) == faces.index(first)
    mirrored = [Detection((400 - f.box[2], f.box[1], 400 - f.box[0], f.box[3]), f.score) for f in faces]
    other = choose(mirrored, (400, 300), "prominent")
    assert other is not None
    again = Detection((400 - other.box[2], other.box[1], 400 - other.box[0], other.box[3]), other.score)
    assert again.box == first.box or choose([again, first], (400, 300), "prominent") is again  # of equals the first


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hog", "yunet"])
def test_the_right_face_of_several(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).parents[4] / "shared/data/lfw-powell"
    if not folder.is_dir():
        pytest.skip("the photos are not there")
    detector = detectors.create(name)
    paths = [path for path in sorted(folder.glob("*/*.jpg")) if _is_in_the_other_half(path.parent.name)]
    found = [faces for path in paths if (faces := detector.detect(Photo(path).pixels))]
    portraits: list[Scene] = [((250, 250), faces, _middle(faces)) for faces in found]
    collages = list(_collages([faces[0] for faces in found if len(faces) == 1]))
    rates = {
        rule: [_rate(scenes, rule) for scenes in (portraits, collages)] for rule in ("largest", "center", "prominent")
    }
    rates["best"] = [
        np.mean([max(faces, key=lambda f: f.score) is meant for _, faces, meant in scenes])
        for scenes in (portraits, collages)
    ]
    with capsys.disabled():
        print(f"\n{name}: {len(portraits)} portraits, {len(collages)} collages")
        for rule, shares in rates.items():
            print(f"  {rule}: {' '.join(f'{100 * share:.1f} %' for share in shares)}")
    assert rates["prominent"][0] >= rates["largest"][0]
    assert rates["prominent"][1] >= max(rates["center"][1], rates["best"][1]) + 0.2
    assert rates["prominent"][1] > rates["largest"][1] - 0.005


def _is_in_the_other_half(person: str) -> bool:
    return int(hashlib.sha256(person.encode()).hexdigest(), 16) % 2 == 1


def _middle(faces: list[Detection]) -> Detection:
    """Return whom LFW's photos are of: they were cut around that face."""
    return min(faces, key=lambda f: (f.box[0] + f.box[2] - 250) ** 2 + (f.box[1] + f.box[3] - 250) ** 2)


def _collages(faces: list[Detection]) -> Iterator[Scene]:
    """Yield photos of somebody anywhere, with one or two others who are smaller, anywhere too."""
    rng = np.random.default_rng(0)
    for number in range(800):
        size = (1200, 900) if number % 2 else (900, 1200)
        scale = rng.uniform(1.2, 2.4)
        scales = [scale, *(scale * rng.uniform(0.3, 0.75) for _ in range(1 + number % 2))]
        chosen = rng.choice(len(faces), len(scales), replace=False)
        placed = [_placed(faces[i], each, size, rng) for i, each in zip(chosen, scales, strict=True)]
        yield size, placed, placed[0]


def _placed(face: Detection, scale: float, size: tuple[int, int], rng: np.random.Generator) -> Detection:
    """Return the face of a photo of 250 pixels that is pasted somewhere on a larger one."""
    corner = [rng.uniform(0, side - 250 * scale) for side in size]
    left, top, right, bottom = (round(edge * scale + corner[i % 2]) for i, edge in enumerate(face.box))
    return Detection((left, top, right, bottom), face.score)


def _rate(scenes: list[Scene], rule: str) -> float:
    return float(np.mean([choose(faces, size, rule) is meant for size, faces, meant in scenes]))  # type: ignore[arg-type]
