"""LFW as it is unpacked, however deep, beside ordinary folders of people; and drawing a few of many others."""

import shutil

import pytest
from facebench.data import ME, Rules, dataset_from, draw_others, me_and_others, orl_faces, people_folder
from facebench.data._dataset import Dataset, Item
from facebench.errors import FacebenchError

ORL = [item.path for item in orl_faces().items]
NAMES = ("Zoë_Kravitz/Zoë_Kravitz_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0004.jpg")


def fill(folder, *names):
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ORL[number], path)
    return folder


def refusal(function, *arguments, **options):
    with pytest.raises(FacebenchError) as caught:
        function(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "given", ["lfw", "lfw-deepfunneled", "lfw_funneled", "LFW", "photos", "photos/lfw", "lfw-py/lfw_funneled"]
)
def test_lfw_may_be_given_or_the_folder_it_lies_in(tmp_path, given):
    fill(tmp_path / given, *NAMES)
    (tmp_path / "pairs.txt").write_text("")
    for root in {tmp_path / given, (tmp_path / given).parent if given != "photos" else tmp_path / given}:
        dataset = people_folder(root)
        assert dataset.people == {"Abel_Pacheco": 2, "Zoë_Kravitz": 1}
        assert sorted(item.name for item in dataset.items) == sorted(NAMES)


def test_archives_inside_archives_are_followed(tmp_path):
    fill(tmp_path / "lfw-deepfunneled" / "lfw-deepfunneled", *NAMES)
    assert people_folder(tmp_path).people == people_folder(tmp_path / "lfw-deepfunneled").people
    assert len(people_folder(tmp_path).people) == 2


def test_several_are_refused_by_name(tmp_path):
    for name in ("lfw", "lfw_funneled"):
        fill(tmp_path / name, *NAMES)
    message = refusal(people_folder, tmp_path)
    assert message == f"{tmp_path} holds LFW several times: give one of {tmp_path}/lfw, {tmp_path}/lfw_funneled."


def test_a_person_whose_name_begins_with_lfw_is_a_person(tmp_path):
    fill(tmp_path, "lfwyn/1.jpg", "lfwyn/trip/lfwyn_0001.jpg", "adam/1.jpg")
    assert people_folder(tmp_path).people == {"adam": 1, "lfwyn": 2}


def test_people_of_lfw_are_others(tmp_path):
    fill(tmp_path / "download" / "lfw", *NAMES)
    fill(tmp_path / "me", "1.jpg")
    dataset = me_and_others(tmp_path / "me", tmp_path / "download")
    assert dataset.people == {ME: 1, "others/Abel_Pacheco": 2, "others/Zoë_Kravitz": 1}


# A few of many others


def persons(dataset):
    return set(dataset.people)


@pytest.mark.parametrize("count", [1, 5, 38])
def test_so_many_others_are_drawn_and_the_target_stays(count):
    drawn = draw_others(orl_faces(), count, "s7", seed=3)
    assert "s7" in persons(drawn)
    assert len(persons(drawn)) == count + 1
    assert set(drawn.people.values()) == {10}
    others = "1 other" if count == 1 else f"{count} others"
    assert drawn.title == f"{orl_faces().title}, {others} drawn with seed 3"
    order = [item.name for item in orl_faces().items]
    assert [item.name for item in drawn.items] == sorted((item.name for item in drawn.items), key=order.index)


def test_the_seed_decides_and_more_people_hold_the_fewer():
    few, same, more, different = (
        draw_others(orl_faces(), n, "s7", seed) for n, seed in ((5, 0), (5, 0), (9, 0), (5, 1))
    )
    assert few.items == same.items
    assert persons(few) < persons(more)
    assert persons(few) != persons(different)


def test_all_may_be_drawn_and_no_more():
    dataset = orl_faces()
    assert draw_others(dataset, 39, "s7") is dataset
    message = refusal(draw_others, dataset, 40, "s7")
    assert message.startswith("--limit-others 40 cannot be drawn: ORL faces")
    assert message.endswith("has 39 other people. Give 39 or fewer.")


def test_nobody_is_drawn_from_a_folder_taken_for_one_person(tmp_path):
    fill(tmp_path / "me", "1.jpg")
    fill(tmp_path / "others", *(f"downloaded/{number}.jpg" for number in range(9)))
    sides = {"me": tmp_path / "me", "others": tmp_path / "others", "limit_others": 3}
    with pytest.raises(FacebenchError, match="give --layout flat") as caught:
        dataset_from(**sides)
    assert "--limit-others 3 cannot be drawn: me against others has 1 other person, others/down" in str(caught.value)
    assert len(dataset_from(**sides, rules=Rules("flat")).items) == 4


def test_a_photo_of_nobody_known_is_a_person_of_its_own():
    items = [Item(ORL[i], f"me/{i}", ME) for i in range(5)]
    items += [Item(ORL[i], f"others/{i}", None) for i in range(5, 15)]
    items += [Item(ORL[i], f"others/zoe/{i}", "others/zoe") for i in range(15, 25)]
    dataset = Dataset("photos", "photos", tuple(items), me=ME)
    for seed in range(20):
        drawn = draw_others(dataset, 4, seed=seed)
        assert drawn.people[ME] == 5
        strangers = [item.person for item in drawn.items if item.person != ME]
        assert len(strangers) == (13 if "others/zoe" in strangers else 4)


def test_options_draw_others(tmp_path):
    fill(tmp_path / "me", "1.jpg", "2.jpg")
    fill(tmp_path / "others", *(f"p{number}/1.jpg" for number in range(9)))
    assert len(dataset_from(me=tmp_path / "me", others=tmp_path / "others", limit_others=3).people) == 4
    chosen = dataset_from(data=tmp_path / "others", limit_others=3, target="p5", seed=1)
    assert "p5" in chosen.people
    assert len(chosen.people) == 4
    assert len(dataset_from(limit_others=3, target="s5").people) == 4


def test_without_one_target_nobody_can_be_drawn():
    assert "needs one --target NAME, or --me DIR" in refusal(dataset_from, limit_others=3)


def test_an_unknown_target_gets_a_suggestion_among_everybody():
    assert "Did you mean" in refusal(dataset_from, limit_others=3, target="s77")


@pytest.mark.parametrize("count", [0, -1])
def test_nobody_is_refused(count):
    assert f"--limit-others {count} leaves nobody" in refusal(draw_others, orl_faces(), count, "s7")


def test_one_other_person_can_be_named(tmp_path):
    chosen = dataset_from(against="s9", target="s7")
    assert chosen.people == {"s7": 10, "s9": 10}
    assert (chosen.against, chosen.title) == ("s9", "ORL faces (AT&T Laboratories Cambridge), s7 against s9")
    fill(tmp_path / "me", "1.jpg", "2.jpg")
    fill(tmp_path / "others", *(f"p{number}/1.jpg" for number in range(9)))
    sides = {"me": tmp_path / "me", "others": tmp_path / "others"}
    assert dataset_from(**sides, against="others/p3").people == {ME: 2, "others/p3": 1}
    assert "nobody but me is named so. There is: others/p0" in refusal(dataset_from, **sides, against="p3")
    assert "--against s7: nobody but s7 is named so." in refusal(dataset_from, against="s7", target="s7")
    assert "--against needs one --target NAME" in refusal(dataset_from, against="s7")
    assert "--limit-others draws some" in refusal(dataset_from, against="s7", target="s1", limit_others=3)
