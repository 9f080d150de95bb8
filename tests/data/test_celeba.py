"""CelebA as it is downloaded, small and damaged: who is on which photo, in which part, and what is refused."""

import os
import shutil
import time
from pathlib import Path

import pytest
from facebench.data import ME, dataset_from, me_and_others, orl_faces, people_folder, split
from facebench.errors import FacebenchError

ORL = [item.path for item in orl_faces().items]
IDENTITIES = "000001.jpg 2880\n000002.jpg 2937\n000003.jpg 2880\n000004.jpg 8692\n"
PARTITION = "000001.jpg 0\n000002.jpg 1\n000003.jpg 0\n000004.jpg 2\n"
LISTED = [
    ("000001.jpg", "2880", "train"),
    ("000002.jpg", "2937", "validation"),
    ("000003.jpg", "2880", "train"),
    ("000004.jpg", "8692", "test"),
]


def celeba(root, *, images="img_align_celeba", photos=4, identities=IDENTITIES, partition=PARTITION, lists=("", "")):
    """Write a small CelebA; texts may be bytes or None for no such file."""
    folder = root / images
    folder.mkdir(parents=True)
    for number in range(1, photos + 1):
        shutil.copy(ORL[number], folder / f"{number:06}.jpg")
    for place, name, text in zip(
        lists, ("identity_CelebA.txt", "list_eval_partition.txt"), (identities, partition), strict=True
    ):
        if text is not None:
            (root / place).mkdir(exist_ok=True)
            (root / place / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def listed(dataset):
    return [(item.name, item.person, item.part) for item in dataset.items]


def refusal(function, *arguments):
    with pytest.raises(FacebenchError) as caught:
        function(*arguments)
    return str(caught.value)


# Where everything lies


@pytest.mark.parametrize("images", ["img_align_celeba", "img_celeba"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("place", ["", "Img/"])
@pytest.mark.parametrize("lists", [("", ""), ("Anno", "Eval")])
def test_every_layout_of_the_download_is_known(tmp_path, images, nested, place, lists):
    root = celeba(tmp_path / "celeba", images=f"{place}{images}{f'/{images}' if nested else ''}", lists=lists)
    assert listed(people_folder(root)) == LISTED
    assert listed(people_folder(root / place / images)) == LISTED
    if nested:
        assert listed(people_folder(root / place / images / images)) == LISTED


def test_the_folder_of_photos_may_be_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(celeba(tmp_path) / "img_align_celeba")
    assert listed(people_folder(".")) == LISTED


def test_both_folders_of_photos_are_refused_and_either_is_accepted(tmp_path):
    root = celeba(celeba(tmp_path, images="img_celeba"), photos=2)
    message = refusal(people_folder, root)
    assert message.endswith(f"twice: give {root / 'img_align_celeba'} or {root / 'img_celeba'}.")
    assert len(people_folder(root / "img_celeba").items) == 4
    assert len(people_folder(root / "img_align_celeba").items) == 2


def test_celebrities_are_others_whose_person_and_part_are_known(tmp_path):
    root = celeba(tmp_path / "celeba")
    mine = tmp_path / "me"
    mine.mkdir()
    shutil.copy(ORL[0], mine / "1.jpg")
    dataset = me_and_others(mine, root)
    assert dataset.people == {ME: 1, "others/2880": 2, "others/2937": 1, "others/8692": 1}
    assert listed(dataset)[0] == ("me/1.jpg", ME, None)
    assert listed(dataset)[1] == ("others/000001.jpg", "others/2880", "train")


def test_one_celebrity_stays_on_one_side_of_the_split(tmp_path):
    identities = "".join(f"{number:06}.jpg {100 + number % 20}\n" for number in range(1, 61))
    root = celeba(tmp_path / "celeba", photos=60, identities=identities, partition=None)
    shutil.copytree(ORL[100].parent, tmp_path / "me")
    dataset = me_and_others(tmp_path / "me", root)
    parts = split(dataset, ME)
    assert parts.strangers_by_person
    seen = [{dataset.items[i].person for i in part} - {ME} for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 20


# Parts and other versions of it


def renamed(folder, ending):
    for path in sorted(folder.iterdir()):
        path.rename(path.with_suffix(ending))
    return [(f"{Path(name).stem}{ending}", person, part) for name, person, part in LISTED]


@pytest.mark.parametrize("images", ["img_align_celeba_png", "img_align_celeba", "img_celeba"])
def test_photos_may_be_png_where_lists_say_jpg(tmp_path, images):
    root = celeba(tmp_path / "celeba", images=images)
    expected = renamed(root / images, ".png")
    for given in (root, root / images):
        dataset = people_folder(given)
        assert listed(dataset) == expected
        assert not dataset.skipped


@pytest.mark.parametrize("place", ["faces", "Img/faces", ""])
def test_any_folder_beside_the_list_whose_names_match_is_celebas(tmp_path, place):
    root = celeba(tmp_path / "celeba", images=place)
    (root / "papers").mkdir()
    (root / "papers" / "page.jpg").write_bytes(b"")
    assert listed(people_folder(root)) == LISTED
    assert listed(people_folder(root / place)) == LISTED
    assert set(people_folder(root).skipped) <= {".txt"}  # the lists themselves


def test_a_folder_of_people_beside_the_list_is_one(tmp_path):
    root = celeba(tmp_path / "celeba", images="faces")
    for name in ("anna", "bob"):
        (root / "mine" / name).mkdir(parents=True)
        shutil.copy(ORL[0], root / "mine" / name / "1.jpg")
    assert people_folder(root / "mine").people == {"anna": 1, "bob": 1}


def test_a_part_of_celeba_is_no_alarm(tmp_path):
    identities = IDENTITIES + "".join(f"{number:06}.jpg {number}\n" for number in range(5, 2000))
    dataset = people_folder(celeba(tmp_path, identities=identities))
    assert listed(dataset) == LISTED
    assert not dataset.skipped


# Lists


@pytest.mark.parametrize(
    ("identities", "partition"),
    [
        (IDENTITIES.replace("\n", "\r\n"), PARTITION.replace("\n", "\r\n")),
        (f"\ufeff{IDENTITIES}", f"\ufeff{PARTITION}"),
        (f"\n{IDENTITIES}\n\n", PARTITION.replace("\n", "\n\n")),
        (IDENTITIES.replace("\n", " 17 nobody\n"), PARTITION.replace("\n", "\t9\n")),
        (f"image_id,celebrity\n{IDENTITIES.replace(' ', ',')}", f"image_id,partition\n{PARTITION.replace(' ', ', ')}"),
        (f"4\nimage_id celebrity\n{IDENTITIES}", f"4\n{PARTITION}"),
        (IDENTITIES.replace(" ", "\t  "), PARTITION.rstrip("\n")),
        (IDENTITIES + IDENTITIES, PARTITION + PARTITION),
    ],
    ids=["CRLF", "byte order mark", "blank lines", "extra columns", "commas", "headers", "wide gaps", "twice"],
)
def test_lists_may_have_been_through_many_hands(tmp_path, identities, partition):
    dataset = people_folder(celeba(tmp_path, identities=identities, partition=partition))
    assert listed(dataset) == LISTED
    assert not dataset.skipped


def test_lists_may_be_called_csv(tmp_path):
    root = celeba(tmp_path)
    (root / "list_eval_partition.txt").rename(root / "list_eval_partition.csv")
    assert listed(people_folder(root)) == LISTED


def test_photos_without_a_row_are_counted_and_rows_without_a_photo_are_no_alarm(tmp_path):
    identities = IDENTITIES.replace("000002.jpg 2937\n", "") + "000005.jpg 1\n000006.jpg 2\n"
    dataset = people_folder(celeba(tmp_path, identities=identities))
    assert listed(dataset) == [LISTED[0], *LISTED[2:]]
    assert dict(dataset.skipped) == {"photos without an identity": 1}


def test_a_photo_that_the_partition_leaves_out_has_no_part(tmp_path):
    root = celeba(tmp_path, partition=PARTITION.replace("000002.jpg 1\n", ""))
    assert [part for _, _, part in listed(people_folder(root))] == ["train", None, "train", "test"]


def test_without_a_partition_no_photo_has_a_part(tmp_path):
    assert {part for _, _, part in listed(people_folder(celeba(tmp_path, partition=None)))} == {None}


def test_what_else_lies_among_the_photos_is_counted(tmp_path):
    root = celeba(tmp_path)
    photos = root / "img_align_celeba"
    (photos / "readme.txt").write_text("")
    (photos / ".DS_Store").write_text("")
    (photos / "000009.jpg").symlink_to(tmp_path / "gone.jpg")
    dataset = people_folder(root)
    assert listed(dataset) == LISTED
    assert dict(dataset.skipped) == {".txt": 1, "broken links": 1}


def test_names_need_not_be_ascii(tmp_path):
    root = celeba(tmp_path / "Sammlung für Zoë", identities=IDENTITIES + "é.jpg 5\n", partition=PARTITION + "é.jpg 1\n")
    shutil.copy(ORL[9], root / "img_align_celeba" / "é.jpg")
    assert listed(people_folder(root)) == [*LISTED, ("é.jpg", "5", "validation")]


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        ("identity_CelebA.txt", "000009.jpg", "should be a photo and the number of a celebrity"),
        ("identity_CelebA.txt", "000009.jpg Zoë", "'000009.jpg Zoë' should be"),
        ("identity_CelebA.txt", "000009.jpg ²", "should be"),
        ("identity_CelebA.txt", "000001.jpg 1", "000001.jpg is 1 here and 2880 before"),
        ("list_eval_partition.txt", "000009.jpg 3", "should be a photo and 0, 1 or 2"),
        ("list_eval_partition.txt", "000009.jpg test", "should be a photo and 0, 1 or 2"),
        ("list_eval_partition.txt", "000001.jpg 2", "000001.jpg is 2 here and 0 before"),
    ],
)
def test_a_damaged_line_is_told_with_file_and_number(tmp_path, file, line, says):
    root = celeba(tmp_path)
    with (root / file).open("a") as stream:
        stream.write(f"\n{line}\n")
    message = refusal(people_folder, root)
    assert message.startswith(f"{root / file}, line 6: ")
    assert says in message


def test_a_list_that_is_no_text_is_named(tmp_path):
    root = celeba(tmp_path, identities=b"\xff\xfe0\x001\x00")
    assert refusal(people_folder, root).startswith(f"{root / 'identity_CelebA.txt'} is not text in UTF-8")


def test_a_list_of_nothing_leaves_no_photos(tmp_path):
    assert "4 photos without an identity" in refusal(people_folder, celeba(tmp_path, identities=""))


# Without the list of celebrities


def test_a_missing_list_of_celebrities_is_told_with_the_loss_and_the_way_on(tmp_path):
    root = celeba(tmp_path, identities=None)
    message = refusal(people_folder, root)
    assert message.startswith(f"{root / 'identity_CelebA.txt'} is missing: without it nobody knows")
    assert "its folder Anno" in message
    assert f"give {root / 'img_align_celeba'}" in message


@pytest.mark.parametrize("nested", ["", "/img_align_celeba"])
def test_the_way_on_works_and_nobody_is_known(tmp_path, nested):
    root = celeba(tmp_path / "celeba", images=f"img_align_celeba{nested}", identities=None)
    (tmp_path / "me").mkdir()
    shutil.copy(ORL[0], tmp_path / "me" / "1.jpg")
    dataset = dataset_from(me=tmp_path / "me", others=root / "img_align_celeba")
    assert listed(dataset)[1:] == [(f"others/{name}", None, part) for name, _, part in LISTED]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_without_permission_is_named(tmp_path):
    photos = celeba(tmp_path) / "img_align_celeba"
    photos.chmod(0o000)
    try:
        message = refusal(people_folder, tmp_path)
    finally:
        photos.chmod(0o700)
    assert str(photos) in message
    assert "Check its permissions" in message


def test_twenty_thousand_photos_are_listed_in_seconds(tmp_path):
    photos = tmp_path / "img_align_celeba"
    photos.mkdir()
    names = [f"{number:06}.jpg" for number in range(20_000)]
    for name in names:
        Path(photos, name).touch()
    (tmp_path / "identity_CelebA.txt").write_text("".join(f"{name} {int(name[:6]) % 1000}\n" for name in names))
    started = time.perf_counter()
    assert len(people_folder(tmp_path).people) == 1000
    assert time.perf_counter() - started < 5
