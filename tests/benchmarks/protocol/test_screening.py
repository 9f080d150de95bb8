"""The first look: copies and bursts stay on one side of every split, and what cannot be read takes no part."""

import io
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.protocol._plan import make_plan
from facebench.benchmarks.protocol._screening import Screening, screen_and_embed
from facebench.benchmarks.protocol._trials import Trial, make_trials
from facebench.benchmarks.results import RunResult
from facebench.data import Dataset, Item, Photo, me_and_others, participants, people_folder, split
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from ...doubles import double

PARTS = ("train", "validation", "test")
SEEDS = st.integers(0, 2**32)
MORNING = datetime(2024, 5, 6, 9)


@pytest.fixture(scope="module")
def album(orl: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per person: of s1 five photos in three copies each, two bursts of three and three single photos.

    What belongs together has one name before the hyphen. Twelve others have five photos each.
    """
    root = tmp_path_factory.mktemp("album")
    for number, path in enumerate(orl[:10]):
        if number in (0, 4):
            burst(path, root / "s1" / f"burst{number}", MORNING + timedelta(days=number))
        elif number < 7:
            for quality in (95, 75, 50):
                save(Image.open(path), root / "s1" / f"copy{number}-{quality}.jpg", quality=quality)
        else:
            save(Image.open(path), root / "s1" / f"single{number}-.png")
    for person in range(1, 13):
        for path in orl[10 * person : 10 * person + 5]:
            save(Image.open(path), root / f"s{person + 1}" / f"{path.stem}.png")
    return root


@pytest.fixture(scope="module")
def look(album: Path) -> Screening:
    return thumbnail_of(people_folder(album))


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_copies_and_bursts_stand_on_one_side_of_every_split(look: Screening, seed: int) -> None:
    for trial in make_trials(look, Settings(target="s1", seed=seed, repeats=2), everybody(look)):
        sides = defaultdict(set)
        for part in PARTS:
            for index in getattr(trial, part):
                sides[moment(look.dataset.items[index])].add(part)
        del sides[""]
        assert all(len(parts) == 1 for parts in sides.values())


def test_without_groups_copies_would_straddle(look: Screening) -> None:
    straddling = 0
    for seed in range(20):
        parts = split(look.dataset, "s1", seed)
        test = {moment(look.dataset.items[index]) for index in parts.test}
        straddling += bool(test & {moment(look.dataset.items[index]) for index in parts.train} - {""})
    assert straddling > 15


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_every_part_has_both_classes_and_its_share_of_moments(look: Screening, seed: int) -> None:
    [trial] = make_trials(look, Settings(target="s1", seed=seed, repeats=1), everybody(look))
    mine = [{moment(look.dataset.items[i]) for i in getattr(trial, part) if trial.mine[i]} for part in PARTS]
    others = [{look.dataset.items[i].person for i in getattr(trial, part)} - {"s1"} for part in PARTS]
    assert [len(moments) for moments in mine] == [6, 2, 2]
    assert [len(people) for people in others] == [8, 2, 2]
    assert sorted(np.concatenate([trial.train, trial.validation, trial.test])) == list(range(len(trial.mine)))


def test_repeats_are_splits_of_following_seeds(look: Screening) -> None:
    several = make_trials(look, Settings(target="s1", seed=7, repeats=3), everybody(look))
    assert [trial.seed for trial in several] == [7, 8, 9]
    for trial in several:
        [alone] = make_trials(look, Settings(target="s1", seed=trial.seed, repeats=1), everybody(look))
        for part in PARTS:
            np.testing.assert_array_equal(getattr(trial, part), getattr(alone, part))
    assert len({trial.test.tobytes() for trial in several}) == 3


@pytest.mark.parametrize(
    ("target", "repeats", "trials"), [("s1", None, 5), ("s1", 2, 2), ("all", None, 13), ("all", 2, 26)]
)
def test_one_person_is_split_five_times_and_several_once(
    target: str, repeats: int | None, trials: int, album: Path
) -> None:
    plan = make_plan(people_folder(album), Settings(target=target, repeats=repeats, extractors=[], heads=[]))
    assert len(plan.trials) == trials


def test_what_belongs_together_is_found_and_nothing_else(look: Screening) -> None:
    groups = defaultdict(set)
    for item, group in zip(look.dataset.items, look.groups.tolist(), strict=True):
        if item.person == "s1":
            groups[moment(item)].add(group)
    assert {len(found) for found in groups.values()} == {1}
    assert len(set.union(*groups.values())) == 10


def test_different_photos_without_dates_are_several(orl: list[Path], tmp_path: Path) -> None:
    for path in orl[:3]:
        save(Image.open(path), tmp_path / "me" / f"{path.stem}.png")
    shutil.copytree(orl[10].parent, tmp_path / "you")
    look = thumbnail_of(people_folder(tmp_path))
    mine = [group for item, group in zip(look.dataset.items, look.groups, strict=True) if item.person == "me"]
    assert len(set(mine)) == len(mine) == 3


def test_photos_and_groups_are_counted_in_the_result_and_in_the_caption(
    album: Path, extractor: Callable[..., Any]
) -> None:
    extractor()
    result = run(people_folder(album), target="s1", extractors=["blocks"], heads=["centroid"])
    assert (result.evidence["s1"].photos, result.evidence["s1"].groups) == (24, 10)
    [group] = compare_runs([("0001", result)])
    assert "24 photos, 10 groups" in group.caption


def test_photos_that_cannot_be_read_leave_before_the_split(album: Path, tmp_path: Path) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    lost = ["s1/copy1-75.jpg", "s1/single7-.png", "s4/4.png", "s9/1.png"]
    for number, name in enumerate(lost):
        whole = (root / name).read_bytes()
        (root / name).write_bytes((whole[:300], b"", b"no photo", whole[:-200])[number])
    plan = make_plan(people_folder(root), Settings(target="s1", extractors=[], heads=[]))
    assert list(plan.screening.unreadable) == lost
    names = [item.name for item in plan.dataset.items]
    assert names == [item.name for item in people_folder(album).items if item.name not in lost]
    for trial in plan.trials:
        dealt = np.concatenate([getattr(trial, part) for part in PARTS])
        assert sorted(dealt) == list(range(len(names)))
        assert [names[index].startswith("s1/") for index in range(len(names))] == trial.mine.tolist()
        assert [len({trial.groups[i] for i in getattr(trial, part) if trial.mine[i]}) for part in PARTS] == [5, 2, 2]


def test_what_takes_part_is_found_again_among_the_photos_that_can_be_read(album: Path, tmp_path: Path) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    for name in ("s1/burst0-1.jpg", "s4/4.png", "s5/4.png", "s9/1.png"):
        (root / name).write_bytes(f"no photo {name}".encode())
    dataset = people_folder(root)
    plan = make_plan(dataset, Settings(strangers="equal", min_photos=4, extractors=[], heads=[]))
    assert len(plan.trials) == 13
    for trial in plan.trials:
        asked = {dataset.items[index].name for index in participants(dataset, trial.target, strangers="equal")}
        dealt = {plan.dataset.items[index].name for part in PARTS for index in getattr(trial, part)}
        assert dealt == asked - set(plan.screening.unreadable)
        assert {plan.screening.hashes[index] for index in trial.test} == {
            Photo(plan.dataset.items[index].path).sha256 for index in trial.test
        }


def test_a_person_whose_photos_cannot_be_read_is_no_target_and_nobody_comes_instead(
    people: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = people(30, photos=5)
    asked = Settings(extractors=[], heads=[], max_targets=8)
    targets = make_plan(dataset, asked).targets
    broken = tmp_path / "broken.pgm"
    broken.write_bytes(b"P5 nothing")
    for lost in targets[:3]:
        items = [
            item if item.name != f"{lost}/1.pgm" else Item(broken, item.name, item.person) for item in dataset.items
        ]
        plan = make_plan(Dataset(dataset.title, dataset.slug, tuple(items)), asked)
        assert plan.targets == [target for target in targets if target != lost]


def test_where_no_target_is_left_the_message_says_what_is_missing(
    people: Callable[..., Dataset], tmp_path: Path
) -> None:
    items = []
    for item in people(6, photos=5).items:
        path = item.path
        if path.stem == "1":
            path = tmp_path / f"{item.person}.pgm"
            path.write_bytes(f"P5 {item.person}".encode())
        items.append(Item(path, item.name, item.person))
    with pytest.raises(FacebenchError, match=r"holds 4 photos of s[1-6]; 5 are needed"):
        make_plan(Dataset("Few", "few", tuple(items)), Settings(extractors=[], heads=[], max_targets=2))


@pytest.mark.parametrize(
    ("kind", "mine"),
    [("mirrored", True), ("mirrored", False), ("turned by 90 degrees", True), ("cropped by 10 %", True)],
)
def test_a_picture_of_one_class_changed_in_the_other_is_refused(
    kind: str, mine: bool, album: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    found, again = ("s1/single8-.png", "s5/again.jpg") if mine else ("s5/3.png", "s1/again.jpg")
    (root / again).write_bytes(double(kind, Image.open(root / found), 1))
    with pytest.raises(FacebenchError, match="the same picture, once as s1 and once as s5: delete") as refusal:
        make_plan(people_folder(root), Settings(target="s1", extractors=[], heads=[]))
    assert str(root / found) in str(refusal.value)
    assert str(root / again) in str(refusal.value)


def test_thirty_people_and_their_mirrored_doubles_are_thirty_moments(orl: list[Path], tmp_path: Path) -> None:
    for path in orl[:300:10]:
        save(Image.open(path), tmp_path / "me" / f"{path.parent.name}.png")
        (tmp_path / "me" / f"{path.parent.name}-selfie.jpg").write_bytes(double("mirrored", Image.open(path)))
    for path in orl[300:]:
        save(Image.open(path), tmp_path / "others" / path.parent.name / f"{path.stem}.png")
    plan = make_plan(me_and_others(tmp_path / "me", tmp_path / "others"), Settings(extractors=[], heads=[]))
    for trial in plan.trials:
        sides = [
            {moment(plan.dataset.items[i]) or plan.dataset.items[i].path.stem for i in mine} for mine in parts_of(trial)
        ]
        assert [len(side) for side in sides] == [18, 6, 6]
        assert len(set.union(*sides)) == 30


def test_splits_do_not_depend_on_what_the_store_holds(
    orl: list[Path], tmp_path: Path, store: VectorStore, extractor: Callable[..., Any]
) -> None:
    extractor()
    for number, path in enumerate(orl[:10]):
        save(Image.open(path), tmp_path / "me" / f"{number}.png")
        for kind in ("mirrored", "cropped by 10 %", "straightened by 3 degrees"):
            made = Image.open(io.BytesIO(double(kind, Image.open(path), number))).resize((92, 112))
            save(made, tmp_path / "me" / f"{number}-{kind[:4]}.png")
    for path in orl[10:130]:
        save(Image.open(path), tmp_path / path.parent.name / f"{path.stem}.png")
    asked = {"target": "me", "extractors": ["blocks"], "heads": ["centroid"]}
    cold = run(people_folder(tmp_path), **asked)
    first = run(people_folder(tmp_path), store, **asked)
    warm = run(people_folder(tmp_path), store, **asked)
    assert warm.extractors[0].stored == warm.extractors[0].photos
    assert cold.evidence["me"].groups < 20
    assert cold.split_hash == first.split_hash == warm.split_hash
    assert cold.test_hash == first.test_hash == warm.test_hash


@pytest.mark.parametrize("target", ["s1", "s5", "all"])
def test_the_same_picture_in_both_classes_is_refused_with_both_paths(target: str, album: Path, tmp_path: Path) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    again = save(Image.open(root / "s1" / "single8-.png").resize((138, 168)), root / "s5" / "again.jpg", quality=70)
    with pytest.raises(FacebenchError, match=r"the same picture, once as s. and once as s.: delete") as refusal:
        make_plan(people_folder(root), Settings(target=target, extractors=[], heads=[]))
    assert str(again) in str(refusal.value)
    assert str(root / "s1" / "single8-.png") in str(refusal.value)


def test_the_same_picture_of_two_strangers_is_not(album: Path, tmp_path: Path) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    save(Image.open(root / "s5" / "1.png"), root / "s6" / "again.jpg", quality=70)
    assert make_plan(people_folder(root), Settings(target="s1", extractors=[], heads=[])).targets == ["s1"]


def test_another_picture_of_the_same_grey_levels_is_not_refused(people: Callable[..., Dataset]) -> None:
    # No two people of ORL share a photo, however alike portraits are.
    assert len(make_plan(people(40), Settings(extractors=[], heads=[])).targets) == 40


def test_a_photo_of_nobody_in_particular_is_called_a_strangers(album: Path, tmp_path: Path) -> None:
    shutil.copytree(album / "s1", tmp_path / "me")
    shutil.copytree(album / "s2", tmp_path / "others")
    save(Image.open(album / "s1" / "single9-.png"), tmp_path / "others" / "again.jpg", quality=70)
    with pytest.raises(FacebenchError, match="once as me and once as a stranger"):
        make_plan(me_and_others(tmp_path / "me", tmp_path / "others"), Settings(extractors=[], heads=[]))


@pytest.mark.parametrize(("moments", "by_group"), [(1, False), (2, False), (3, True)])
def test_a_person_of_fewer_than_three_moments_is_split_by_photo_with_a_warning(
    moments: int, by_group: bool, album: Path, tmp_path: Path, extractor: Callable[..., Any]
) -> None:
    extractor()
    root = shutil.copytree(album, tmp_path / "album")
    for path in (root / "s1").iterdir():
        if path.name.split("-")[0] not in ["copy1", "copy2", "copy3"][:moments]:
            path.unlink()
    save(Image.open(root / "s1" / "copy1-95.jpg"), root / "s1" / "copy1-85.jpg", quality=85)
    save(Image.open(root / "s1" / "copy1-95.jpg"), root / "s1" / "copy1-65.jpg", quality=65)
    result = run(people_folder(root), target="s1", extractors=["blocks"], heads=["centroid"])
    warned = [warning for warning in result.warnings if warning.endswith("[split-by-photo]")]
    assert len(warned) == (0 if by_group else 1)
    assert result.evidence["s1"].groups == moments
    assert by_group or warned[0].startswith("The photos of s1 are copies or bursts of fewer than 3 moments")


def test_split_time_trains_on_old_photos_and_tests_on_new_ones(orl: list[Path], tmp_path: Path) -> None:
    order = np.random.default_rng(0).permutation(10)
    for number, day in enumerate(order.tolist()):
        taken = None if day < 3 else MORNING + timedelta(days=day)
        save(Image.open(orl[number]), tmp_path / "me" / f"{day}-{number}.jpg", taken)
    for path in orl[10:70]:
        save(Image.open(path), tmp_path / path.parent.name / f"{path.stem}.png")
    for seed in range(4):
        plan = make_plan(people_folder(tmp_path), timed("me", seed))
        for trial in plan.trials:
            days = [sorted(int(moment(item)) for item in mine_of(plan.dataset, trial, part)) for part in PARTS]
            assert days == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]


def test_split_time_does_not_tear_a_burst(album: Path, tmp_path: Path) -> None:
    root = shutil.copytree(album, tmp_path / "album")
    for number, path in enumerate(sorted((root / "s1").iterdir())):
        if not path.name.startswith("burst"):
            save(Image.open(path), path.with_suffix(".jpg"), MORNING + timedelta(days=number), quality=90)
    plan = make_plan(people_folder(root), timed("s1"))
    seen = Counter()
    for trial in plan.trials:
        for part in PARTS:
            seen.update({moment(item) for item in mine_of(plan.dataset, trial, part)})
    assert set(seen.values()) == {len(plan.trials)}


@pytest.mark.parametrize(("undated", "refused"), [(6, False), (7, True), (10, True)])
def test_split_time_refuses_a_person_whose_photos_are_mostly_undated(
    undated: int, refused: bool, orl: list[Path], tmp_path: Path
) -> None:
    for number in range(10):
        taken = None if number < undated else MORNING + timedelta(days=number)
        save(Image.open(orl[number]), tmp_path / "me" / f"{number}.jpg", taken)
    shutil.copytree(orl[10].parent, tmp_path / "you")
    if refused:
        with pytest.raises(
            FacebenchError,
            match=f"{undated} of 10 groups of them have none in EXIF or XMP: me/0.jpg, me/1.jpg, me/2.jpg and",
        ):
            make_plan(people_folder(tmp_path), timed("me"))
    else:
        assert make_plan(people_folder(tmp_path), timed("me")).targets == ["me"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | st.integers(0, 30), min_size=5, max_size=30), st.lists(st.integers(0, 12)), SEEDS)
def test_no_group_is_older_than_one_of_the_part_before(days: list[int | None], joined: list[int], seed: int) -> None:
    groups = np.arange(len(days) + 10)
    for group in joined:
        groups[2 * group % len(days)] = groups[group % len(days)]
    times = np.array([np.nan if day is None else float(day) for day in days] + [np.nan] * 10)
    persons = ["me"] * len(days) + ["you"] * 10
    dataset = Dataset("made up", "made-up", tuple(Item(Path(str(i)), str(i), p) for i, p in enumerate(persons)))
    try:
        parts = split(dataset, "me", seed, groups=groups, times=times, rule="time")
    except FacebenchError:
        assume(False)
    by_group = groups if parts.by_group else np.arange(len(groups))
    first = {
        group: min([t for t in times[by_group == group] if not np.isnan(t)], default=-np.inf) for group in by_group
    }
    ages = [[first[by_group[i]] for i in getattr(parts, part) if persons[i] == "me"] for part in PARTS]
    assert max(ages[0]) <= min(ages[1])
    assert max(ages[1]) <= min(ages[2])
    assert -np.inf not in ages[1] + ages[2]
    for a, b in combinations(PARTS, 2):
        assert not {by_group[i] for i in getattr(parts, a)} & {by_group[i] for i in getattr(parts, b)}


def test_fingerprints_are_kept_and_a_second_look_decodes_nothing(
    album: Path, store: VectorStore, decoded: list[bytes]
) -> None:
    dataset = people_folder(album)
    first = thumbnail_of(dataset, store)
    assert len(decoded) == len(dataset.items)
    second = thumbnail_of(dataset, store)
    assert len(decoded) == len(dataset.items)
    np.testing.assert_array_equal(first.groups, second.groups)
    np.testing.assert_array_equal(first.times, second.times)
    assert first.hashes == second.hashes


def test_a_whole_run_again_decodes_nothing(
    album: Path, store: VectorStore, decoded: list[bytes], extractor: Callable[..., Any]
) -> None:
    extractor()
    asked = {"target": "s1", "extractors": ["blocks"], "heads": ["centroid"]}
    first = run(people_folder(album), store, **asked)
    decoded.clear()
    second = run(people_folder(album), store, **asked)
    assert decoded == []
    assert (first.split_hash, first.test_hash) == (second.split_hash, second.test_hash)


def test_copies_of_unknown_strangers_stand_on_one_side_too(album: Path, tmp_path: Path) -> None:
    shutil.copytree(album / "s1", tmp_path / "me")
    for path in album.glob("s[2-9]/*.png"):
        for quality in (90, 60):
            name = f"{path.parent.name}{path.stem}-{quality}.jpg"
            save(Image.open(path), tmp_path / "others" / name, quality=quality)
    look = thumbnail_of(me_and_others(tmp_path / "me", tmp_path / "others"), target="me")
    for trial in make_trials(look, Settings(repeats=20), {"me": np.arange(len(look.dataset.items))}):
        assert not trial.strangers_by_person
        parts = [{moment(look.dataset.items[index]) for index in getattr(trial, part)} for part in PARTS]
        for a, b in combinations(parts, 2):
            assert not a & b
        together = [len(set(trial.people[getattr(trial, part)])) for part in PARTS]
        assert sum(together) == 3 + 40  # those of me are in all three


def test_unknown_strangers_are_people_by_their_groups(album: Path, tmp_path: Path) -> None:
    shutil.copytree(album / "s1", tmp_path / "me")
    for path in album.glob("s[2-9]/1.png"):
        for quality in (90, 60):
            name = f"{path.parent.name}-{quality}.jpg"
            save(Image.open(path), tmp_path / "others" / name, quality=quality)
    look = thumbnail_of(me_and_others(tmp_path / "me", tmp_path / "others"), target="me")
    trial = Trial.of(split(look.dataset, "me", groups=look.groups), look.dataset, look.groups)
    assert len(set(trial.people[~trial.mine])) == 8
    assert len(set(trial.units)) == 8 + 10


def everybody(look: Screening) -> dict[str, np.ndarray]:
    return {"s1": np.arange(len(look.dataset.items))}


def thumbnail_of(dataset: Dataset, store: VectorStore | None = None, target: str = "s1") -> Screening:
    return screen_and_embed(dataset, np.arange(len(dataset.items)), [target], store=store)[0]


def run(dataset: Dataset, store: VectorStore | None = None, **asked: Any) -> RunResult:
    return run_benchmark(dataset, Settings(**asked), lambda *_: None, store=store)


def timed(target: str, seed: int = 0) -> Settings:
    return Settings(target=target, split="time", seed=seed, extractors=[], heads=[])


def mine_of(dataset: Dataset, trial: Trial, part: str) -> list[Item]:
    return [dataset.items[index] for index in getattr(trial, part) if trial.mine[index]]


def parts_of(trial: Trial) -> list[list[int]]:
    return [[int(index) for index in getattr(trial, part) if trial.mine[index]] for part in PARTS]


def moment(item: Item) -> str:
    """Return what belongs together by name, "" where a name says nothing of it."""
    name = item.path.stem
    return name.split("-")[0] if "-" in name else ""


def burst(path: Path, name: Path, taken: datetime) -> None:
    """Save three photos of one moment, five seconds apart, the camera moving: not copies of one another."""
    for number, (left, top) in enumerate([(0, 0), (3, 0), (0, 4)]):
        frame = Image.open(path).crop((left, top, 92, 112)).resize((92, 112))
        save(frame, name.with_name(f"{name.name}-{number}.jpg"), taken + timedelta(seconds=5 * number), quality=90)


def save(picture: Image.Image, path: Path, taken: datetime | None = None, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    picture.convert("L").save(path, exif=exif, **options)
    return path
