"""Who can be "me", and data sets whose two classes share a file."""

import shutil
from pathlib import Path

import pytest
from facebench.data import choose_targets, orl_faces, refuse_shared_files, split
from facebench.data._dataset import Dataset, Item
from facebench.errors import FacebenchError

ORL = [item.path for item in orl_faces().items]


def dataset_of(people, unknown=0, **options):
    """Return a made-up data set: person to number of photos, and photos of people not known."""
    names = [(person, number) for person, photos in people.items() for number in range(photos)]
    items = [Item(Path(f"/photos/{person}/{number}.jpg"), f"{person}/{number}.jpg", person) for person, number in names]
    items += [Item(Path(f"/photos/{number}.jpg"), f"{number}.jpg", None) for number in range(unknown)]
    return Dataset("family", "family", tuple(items), **options)


def refusal(*arguments, **options):
    with pytest.raises(FacebenchError) as caught:
        choose_targets(*arguments, **options)
    return str(caught.value)


# Choosing


def test_everybody_in_orl_is_a_target():
    assert choose_targets(orl_faces()) == sorted(f"s{number}" for number in range(1, 41))


def test_one_target_is_taken_by_name():
    assert choose_targets(orl_faces(), "s7") == ["s7"]


def test_a_person_with_4_photos_is_no_target_and_still_a_stranger():
    dataset = dataset_of({"adam": 5, "zoe": 4, "eve": 6})
    assert choose_targets(dataset) == ["adam", "eve"]
    parts = split(dataset, "adam")
    strangers = {dataset.items[i].person for part in (parts.train, parts.validation, parts.test) for i in part}
    assert "zoe" in strangers


def test_fewer_photos_suffice_when_they_are_asked_for():
    assert choose_targets(dataset_of({"adam": 5, "zoe": 4}), min_photos=4) == ["adam", "zoe"]


def test_all_takes_at_most_50_people_drawn_by_the_seed():
    dataset = dataset_of({f"p{number:02}": 5 for number in range(60)})
    chosen = choose_targets(dataset, seed=1)
    assert len(set(chosen)) == 50
    assert set(chosen) < set(dataset.people)
    assert chosen == sorted(chosen) == choose_targets(dataset, seed=1)
    assert chosen != choose_targets(dataset, seed=2)
    assert all(type(person) is str for person in chosen)


def test_exactly_50_people_are_all_taken():
    dataset = dataset_of({f"p{number:02}": 5 for number in range(50)})
    assert choose_targets(dataset, seed=1) == choose_targets(dataset, seed=2) == sorted(dataset.people)


def test_me_is_the_only_target_where_the_folders_say_so():
    dataset = dataset_of({"me": 5, "others/zoe": 9}, me="me")
    assert choose_targets(dataset) == choose_targets(dataset, "others/zoe") == ["me"]


def test_nobody_with_enough_photos_is_told_with_the_folder_and_the_most():
    message = refusal(dataset_of({"adam": 4, "zoe": 3}))
    assert (
        message == "Nobody in /photos has 5 photos (the most is 4): add photos, or give bench run a lower --min-photos."
    )


def test_an_unknown_name_gets_a_suggestion():
    assert "Did you mean 'adam'?" in refusal(dataset_of({"adam": 5, "zoe": 5}), "adm")


@pytest.mark.parametrize(
    ("people", "unknown", "options", "message"),
    [
        ({"adam": 4, "zoe": 9}, 0, {}, "/photos/adam holds 4 photos of adam; 5 are needed"),
        ({"adam": 9, "zoe": 4}, 0, {}, "/photos/zoe holds 4 photos of people other than adam; 5 are needed"),
        ({"adam": 9}, 4, {}, "/photos holds 4 photos of people other than adam; 5 are needed"),
        ({"adam": 9}, 0, {}, "family holds 0 photos of people other than adam; 5 are needed"),
        ({"adam": 9, "zoe": 9}, 0, {"min_photos": 10}, "/photos/adam holds 9 photos of adam; 10 are needed"),
    ],
    ids=["target", "others", "unknown others", "nobody else", "more asked for"],
)
def test_too_few_photos_are_told_with_the_folder_and_what_to_do(people, unknown, options, message):
    found = refusal(dataset_of(people, unknown), "adam", **options)
    assert found == f"{message}: add photos, or give bench run a lower --min-photos."


def test_all_also_needs_enough_photos_of_others():
    assert "holds 4 photos of people other than adam" in refusal(dataset_of({"adam": 5, "zoe": 4}))


# Shared files


def photos(folder, **people):
    """Write photos, person to numbers of ORL files, and return them as a data set; `unknown` is nobody known."""
    items = []
    for person, numbers in people.items():
        for position, number in enumerate(numbers):
            path = folder / f"{person}-{position}.pgm"
            shutil.copy(ORL[number], path)
            items.append(Item(path, path.name, None if person == "unknown" else person))
    return Dataset("family", "family", tuple(items))


@pytest.mark.parametrize("other", ["zoe", "unknown"])
@pytest.mark.parametrize("target_first", [True, False])
def test_a_file_in_both_classes_is_refused_with_both_paths(tmp_path, other, target_first):
    people = {"adam": [1, 2], other: [3, 2]}
    dataset = photos(tmp_path, **(people if target_first else dict(reversed(people.items()))))
    with pytest.raises(FacebenchError) as caught:
        refuse_shared_files(dataset, ["adam"])
    for part in (str(tmp_path / "adam-1.pgm"), str(tmp_path / f"{other}-1.pgm"), "delete one of them"):
        assert part in str(caught.value)


def test_a_link_to_a_file_of_the_other_class_is_refused(tmp_path):
    dataset = photos(tmp_path, adam=[1], zoe=[2])
    dataset.items[1].path.unlink()
    dataset.items[1].path.symlink_to(dataset.items[0].path)
    with pytest.raises(FacebenchError, match="are the same file"):
        refuse_shared_files(dataset, ["adam"])


def test_one_of_several_targets_is_enough(tmp_path):
    dataset = photos(tmp_path, adam=[1], eve=[2], zoe=[2])
    with pytest.raises(FacebenchError, match="once as eve and once as zoe"):
        refuse_shared_files(dataset, ["adam", "zoe"])


@pytest.mark.parametrize(
    "people",
    [{"adam": [1, 1], "zoe": [2]}, {"adam": [1], "zoe": [2], "eve": [2]}, {"adam": [1, 2], "zoe": [3, 4]}],
    ids=["twice as the target", "twice among strangers", "equal sizes only"],
)
def test_copies_within_a_class_are_let_be(tmp_path, people):
    refuse_shared_files(photos(tmp_path, **people), ["adam"])


def test_only_files_of_equal_size_are_read(tmp_path, monkeypatch):
    dataset = photos(tmp_path, adam=[1, 2], zoe=[3])
    for number, item in enumerate(dataset.items):
        item.path.write_bytes(bytes(number + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    refuse_shared_files(dataset, ["adam"])


def test_an_unreadable_photo_is_left_for_the_decoder_to_report(tmp_path, monkeypatch):
    dataset = photos(tmp_path, adam=[1, 2], zoe=[3, 2])
    real = Path.read_bytes

    def read(path):
        if path.name == "adam-0.pgm":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(FacebenchError, match=r"adam-1\.pgm and .*zoe-1\.pgm are the same file"):
        refuse_shared_files(dataset, ["adam"])
