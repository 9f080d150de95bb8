"""Robustness of a stored run: its own decisions at step 0, planted truth, what is embedded when, what is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks.protocol import fit_trial, replay
from facebench.benchmarks.results import RobustnessResult, RobustnessRow, read_predictions, read_robustness, read_run
from facebench.benchmarks.robustness import choose_kinds, measure_robustness
from facebench.classifiers import score
from facebench.data import DEGRADATIONS, degraded_copies
from facebench.embeddings import Embedding, VectorStore
from facebench.errors import FacebenchError

from .conftest import Bench, Tint

FEW = choose_kinds(["darken", "turn"])


def figures(row: RobustnessRow, kind: str) -> list[float]:
    [curve] = [curve for curve in row.curves if curve.kind == kind]
    return [step.balanced_accuracy.value for step in curve.steps]


def saved(folder: Path) -> RobustnessResult:
    result = read_robustness(folder)
    assert result is not None
    return result


def test_what_sees_colour_alone_suffers_in_the_dark_and_not_from_being_turned(run: Path) -> None:
    result = measure_robustness(run, choose_kinds([]), store=VectorStore())
    [row] = result.rows
    assert [curve.kind for curve in row.curves] == list(DEGRADATIONS)
    assert min(figures(row, "turn")) > 0.95
    assert min(figures(row, "darken")[3:]) <= 0.6
    [dark] = [curve for curve in row.curves if curve.kind == "darken"]
    assert (dark.steps[5].no_vector_me, dark.steps[5].no_vector_others) == (row.tests_of_me, row.tests_of_others)
    assert (dark.steps[5].false_rejects, dark.steps[5].false_accepts) == (row.tests_of_me, 0)  # no face: not me
    assert saved(run) == result
    assert (run / "robust.json").stat().st_mode & 0o777 == 0o600


def test_step_0_is_the_run_and_areas_are_those_under_the_curves(run: Path) -> None:
    [row] = measure_robustness(run, FEW, store=VectorStore()).rows
    [stored] = [pairing for pairing in read_run(run).pairings if pairing.extractor]
    assert row.changed == 0
    for curve in row.curves:
        values = [step.balanced_accuracy.value for step in curve.steps]
        assert values[0] == pytest.approx(stored.estimates["balanced_accuracy"].value)
        assert curve.area.value == pytest.approx(np.trapezoid(values) / 5)
        if curve.area.interval:
            assert curve.area.interval.low <= curve.area.value <= curve.area.interval.high
    assert row.area.value == pytest.approx(np.mean([curve.area.value for curve in row.curves]))


@pytest.mark.parametrize("options", [("--augment", "2"), ("--target", "all", "--repeats", "1")])
def test_every_step_is_what_the_heads_of_the_run_say_of_its_copies(
    bench: Bench, tint: Tint, faces: Path, options: tuple[str, ...]
) -> None:
    """Against the same computed one by one: the copies, their vectors, the heads trained again, the thresholds."""
    target = options if "--target" in options else ("--target", "ann", *options)
    assert (
        bench("run", "--data", faces, "--extractor", "tint", "--head", "logreg", "--min-photos", "4", *target)[0] == 0
    )
    [folder] = Path("runs").iterdir()
    [row] = measure_robustness(folder, FEW, store=VectorStore()).rows
    result = read_run(folder)
    plan = replay(result, ["tint"], ["logreg"], VectorStore()).augmented()
    [stored] = [pairing for pairing in result.pairings if pairing.extractor]
    wrong = np.zeros((1 + 10, 2), int)  # by column: false rejects, false accepts
    for tested in stored.targets:
        [trial] = [of for of in plan.trials if (of.target, of.seed) == (tested.target, tested.split_seed)]
        head = fit_trial(trial, plan.vectors[0], plan.heads[0][1])
        for photo in trial.test.tolist():
            source = plan.dataset.items[photo].photo()
            for column, copy in enumerate([source, *degraded_copies(source, (8, 8, 32, 32), FEW)]):
                [outcome] = tint.embed([copy])
                accepted = isinstance(outcome, Embedding) and score(head, outcome.vector[None])[0] >= tested.threshold
                mine = trial.mine[photo]
                wrong[column, int(not mine)] += bool(accepted) != mine
    for number, curve in enumerate(row.curves):
        columns = [0, *range(1 + 5 * number, 6 + 5 * number)]
        assert [(step.false_rejects, step.false_accepts) for step in curve.steps] == [
            (rejects, accepts) for rejects, accepts in wrong[columns].tolist()
        ]


def test_a_second_time_nothing_is_decoded_and_nothing_embedded(run: Path, tint: Tint, decoded: list[bytes]) -> None:
    photos = len({row.path for row in read_predictions(run)})
    first = measure_robustness(run, FEW, store=VectorStore())
    assert len(tint.given) == 10 * photos == 10 * first.photos
    assert len(decoded) == photos  # each once for all of its copies
    tint.given.clear()
    decoded.clear()
    second = measure_robustness(run, FEW, store=VectorStore())
    assert second.rows == first.rows
    assert (tint.given, decoded) == ([], [])
    measure_robustness(run, choose_kinds(["darken", "jpeg"]), store=VectorStore())
    assert len(tint.given) == 5 * photos


def test_forgetting_a_photo_forgets_its_copies(bench: Bench, run: Path, faces: Path, tint: Tint) -> None:
    measure_robustness(run, FEW, store=VectorStore())
    path = read_predictions(run)[0].path
    assert bench("cache", "forget", faces / path)[0] == 0
    tint.given.clear()
    measure_robustness(run, FEW, store=VectorStore())
    assert [Path(name.split(",")[0]).name for name in tint.given] == [Path(path).name] * (1 + 10)


def test_what_is_interrupted_resumes(bench: Bench, run: Path, tint: Tint) -> None:
    photos = len({row.path for row in read_predictions(run)})
    tint.last = 150
    code, shown, message = bench("robust", "last", "--kinds", "darken,turn")
    assert (code, shown) == (130, "")
    assert "Interrupted. Vectors are saved: the next start resumes there." in message
    assert not (run / "robust.json").exists()
    done, tint.last = len(tint.given), None
    tint.given.clear()
    assert bench("robust", "last", "--kinds", "darken,turn")[0] == 0
    assert 10 * photos - done <= len(tint.given) < 10 * photos - done + 64  # a batch is lost at most


def test_a_fusion_by_scores_is_tested_too_and_rows_are_compared(bench: Bench, tint: Tint, faces: Path) -> None:
    extractors = ("--extractor", "tint", "--extractor", "mobilenet", "--extractor", "fusion('tint', 'mobilenet')")
    options = ("--target", "ann", *extractors, "--head", "logreg", "--head", "centroid", "--repeats", "1")
    assert bench("run", "--data", faces, *options)[0] == 0
    [folder] = Path("runs").iterdir()
    result = measure_robustness(folder, choose_kinds(["darken"]), store=VectorStore())
    assert {row.extractor for row in result.rows} == {"tint", "mobilenet", "fusion('tint', 'mobilenet')"}
    areas = [row.area.value for row in result.rows]
    assert areas == sorted(areas, reverse=True)
    assert result.rows[0].versus_best is None
    for row in result.rows[1:]:
        assert row.versus_best is not None
        assert row.versus_best.value == pytest.approx(row.area.value - areas[0])
        assert row.versus_best.p is not None
    chosen = measure_robustness(folder, choose_kinds(["darken"]), head="centroid", store=VectorStore())
    assert {row.head for row in chosen.rows} == {"centroid"}


def test_boxes_are_those_of_the_run_and_where_there_is_none_it_is_said(bench: Bench, run: Path) -> None:
    rows = (run / "predictions.csv").read_text(encoding="utf-8")
    (run / "predictions.csv").write_text(rows.replace('"8 8 32 32"', '""'), encoding="utf-8")
    code, shown, _ = bench("robust", "last", "--kinds", "turn")
    assert code == 0
    assert saved(run).without_box == saved(run).photos
    assert f"Note: No face is known on {saved(run).photos} photos" in shown


def test_heads_that_decide_otherwise_than_in_the_run_are_told(bench: Bench, run: Path) -> None:
    lines = (run / "predictions.csv").read_text(encoding="utf-8").split("\n")
    place = next(place for place, line in enumerate(lines) if '"me","embedded"' in line)
    lines[place] = lines[place].replace('"me","embedded"', '"other","embedded"')
    (run / "predictions.csv").write_text("\n".join(lines), encoding="utf-8")
    code, shown, _ = bench("robust", "last", "--kinds", "turn")
    assert code == 0
    assert saved(run).rows[0].changed == 1
    assert "Note: Trained again, tint x logreg decides 1 of " in shown


def test_what_cannot_be_tested_is_refused_with_one_message(
    bench: Bench, refused: Callable[..., str], run: Path, faces: Path, tmp_path: Path
) -> None:
    assert "Did you mean 'darken'?" in refused("robust", "last", "--kinds", "darkn", cwd=tmp_path)
    assert "No run '7'" in refused("robust", "7", cwd=tmp_path)
    assert "Did you mean 'tint'?" in refused("robust", "last", "--extractor", "tnt", cwd=tmp_path)
    assert "head 'logre'. Did you mean 'logreg'?" in refused("robust", "last", "--head", "logre", cwd=tmp_path)
    assert "does not end in .png" in refused("robust", "last", "--image", "curves.jpg", cwd=tmp_path)
    Path("curves.png").write_bytes(b"a photo")
    assert "was not written by this command" in refused("robust", "last", "--image", "curves.png", cwd=tmp_path)
    settings = json.loads((run / "result.json").read_text())
    unknown = settings | {"settings": settings["settings"] | {"novelty": 1}}
    (run / "result.json").write_text(json.dumps(unknown))
    assert "does not know, 'novelty'" in refused("robust", "last", cwd=tmp_path)
    (run / "result.json").write_text(json.dumps(settings))
    rows = (run / "predictions.csv").read_text(encoding="utf-8")
    (run / "predictions.csv").write_text("\n".join(rows.split("\n")[:-5]) + "\n", encoding="utf-8")
    assert "predictions.csv lacks test photos of the run" in refused("robust", "last", "--kinds", "turn", cwd=tmp_path)
    (run / "predictions.csv").write_text(rows, encoding="utf-8")
    shutil.copy(faces / "ann" / "0.png", faces / "ann" / "new.png")
    assert "were added, removed or changed since the run" in refused("robust", "last", cwd=tmp_path)
    shutil.rmtree(faces)
    assert "The photos of this run are not where they were." in refused("robust", "last", cwd=tmp_path)
    (run / "result.json").rename(run / "curve.json")
    assert "learning curve, not a run" in refused("robust", "1", cwd=tmp_path)


def test_vectors_that_were_made_elsewhere_are_left_out(
    bench: Bench, refused: Callable[..., str], tint: Tint, faces: Path, tmp_path: Path
) -> None:
    assert bench("embed", faces, "--extractor", "tint", "-o", "mine.npz")[0] == 0
    options = ("--data", faces, "--target", "ann", "--head", "logreg", "--vectors", "mine.npz", "--repeats", "1")
    assert bench("run", *options)[0] == 0
    assert "the vectors were not made here" in refused("robust", "last", cwd=tmp_path)
    assert bench("run", *options, "--extractor", "tint")[0] == 0
    code, shown, _ = bench("robust", "last", "--kinds", "turn")
    assert code == 0
    assert "Note: vectors(mine.npz) cannot embed copies" in shown


def test_audits_are_tested_only_where_they_are_named(
    bench: Bench, refused: Callable[..., str], faces: Path, tmp_path: Path
) -> None:
    assert bench("run", "--data", faces, "--target", "ann", "--extractor", "colour", "--head", "logreg")[0] == 0
    assert "audits alone: name one with --extractor" in refused("robust", "last", cwd=tmp_path)
    assert bench("robust", "last", "--extractor", "colour", "--kinds", "turn")[0] == 0


def test_what_a_newer_facebench_adds_is_passed_over_and_damage_is_told(run: Path) -> None:
    assert read_robustness(run) is None
    result = measure_robustness(run, FEW, store=VectorStore())
    file = run / "robust.json"
    newer = json.loads(file.read_text())
    newer["novelty"] = newer["rows"][0]["novelty"] = 1
    file.write_text(json.dumps(newer))
    assert read_robustness(run) == result
    for damaged in ("", "{", '{"rows": []}', "\udc80"):
        file.write_bytes(damaged.encode(errors="surrogateescape"))
        with pytest.raises(FacebenchError, match="is damaged: bench robust"):
            read_robustness(run)


def test_faces_of_real_photos_are_lost_step_by_step(bench: Bench, orl: list[Path], tmp_path: Path) -> None:
    for path in orl[:40]:
        (tmp_path / "orl" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "orl" / path.parent.name)
    options = ("--target", "s1", "--extractor", "sface", "--head", "logreg", "--repeats", "1")
    assert bench("run", "--data", tmp_path / "orl", *options)[0] == 0
    assert bench("robust", "last", "--kinds", "jpeg,blur")[0] == 0
    [folder] = Path("runs").iterdir()
    result = saved(folder)
    [row] = result.rows
    assert (row.changed, result.without_box) == (0, 0)
    blurred, compressed = row.curves
    assert compressed.steps[1].no_vector_me == compressed.steps[1].no_vector_others == 0
    lost = [step.no_vector_me + step.no_vector_others for step in blurred.steps]
    assert lost == sorted(lost)
    assert lost[5] > lost[0] == 0
