"""LFW's lists of pairs: the official format, the usual damage, and any text at all."""

import shutil

import pytest
from facebench.data import Pair, orl_faces, read_pairs
from facebench.errors import FacebenchError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ORL = [item.path for item in orl_faces().items]
NAMES = ("Abel_Pacheco", "Zoë_Kravitz", "Mary Ann")
LIST = """2\t2
Abel_Pacheco\t1\t2
Zoë_Kravitz\t2\t3
Abel_Pacheco\t1\tZoë_Kravitz\t1
Abel_Pacheco\t2\tMary Ann\t1
Zoë_Kravitz\t1\t2
Mary Ann\t1\t3
Mary Ann\t1\tAbel_Pacheco\t3
Zoë_Kravitz\t3\tMary Ann\t2
"""


@pytest.fixture(scope="module")
def lfw(tmp_path_factory):
    root = tmp_path_factory.mktemp("data") / "lfw"
    for name in NAMES:
        (root / name).mkdir(parents=True)
        for number in (1, 2, 3):
            shutil.copy(ORL[number], root / name / f"{name}_{number:04}.jpg")
    return root


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "pairs.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(*arguments):
    with pytest.raises(FacebenchError) as caught:
        read_pairs(*arguments)
    return str(caught.value)


def test_pairs_have_photos_truth_and_fold(lfw, write):
    pairs = read_pairs(write(LIST), lfw)
    assert [pair.same for pair in pairs] == [True, True, False, False] * 2
    assert [pair.fold for pair in pairs] == [0] * 4 + [1] * 4
    assert pairs[3] == Pair(
        lfw / "Abel_Pacheco/Abel_Pacheco_0002.jpg", lfw / "Mary Ann/Mary Ann_0001.jpg", same=False, fold=0
    )
    assert pairs[4].first == lfw / "Zoë_Kravitz/Zoë_Kravitz_0001.jpg"


def test_a_list_without_folds_is_one_fold(lfw, write):
    pairs = read_pairs(write("1\nAbel_Pacheco\t1\t2\nAbel_Pacheco\t1\tMary Ann\t1\n"), lfw)
    assert [(pair.same, pair.fold) for pair in pairs] == [(True, 0), (False, 0)]


def test_the_folder_that_holds_lfw_may_be_given(lfw, write):
    assert read_pairs(write(LIST), lfw.parent) == read_pairs(write(LIST), lfw)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"\ufeff{text}",
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\t", " \t "),
        lambda text: text.replace("\n", "\t\n"),
        lambda text: text.replace("\t1", "\t0001"),
        lambda text: text.rstrip("\n"),
    ],
    ids=["CRLF", "byte order mark", "blank lines", "wide gaps", "tabs at the end", "zeros", "no last line end"],
)
def test_a_list_may_have_been_through_many_hands(lfw, write, change):
    assert read_pairs(write(change(LIST)), lfw) == read_pairs(write(LIST), lfw)


def test_spaces_do_where_no_name_has_any(lfw, write):
    text = "1 1\nAbel_Pacheco 1   2\nAbel_Pacheco 1 Zoë_Kravitz 1\n"
    assert [pair.same for pair in read_pairs(write(text), lfw)] == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2\t2\n", "", "line 1: 'Abel_Pacheco\t1\t2' should be the number of folds"),
        ("2\t2\n", "2\t0\n", "line 1: '2\t0' should be"),
        ("2\t2\n", "-2\t2\n", "line 1: '-2\t2' should be"),
        ("2\t2\n", "2\t3\n", "announces 2 x 3 pairs of one person and as many of two people, 12 lines, and holds 8"),
        ("2\t2\n", "2\n", "announces 1 x 2 pairs of one person and as many of two people, 4 lines, and holds 8"),
        ("2\t2\n", f"{'9' * 5000}\t2\n", "line 1: '999"),
        ("Mary Ann\t1\t3\n", "", "and holds 7"),
        (
            "Zoë_Kravitz\t2\t3\n",
            "Zoë_Kravitz\t2\tMary Ann\t3\n",
            "line 3: 'Zoë_Kravitz\t2\tMary Ann\t3' should be a pair of",
        ),
        (
            "Abel_Pacheco\t1\tZoë_Kravitz\t1\n",
            "Abel_Pacheco\t1\t3\n",
            "line 4: 'Abel_Pacheco\t1\t3' should be a pair of two",
        ),
        ("Zoë_Kravitz\t2\t3\n", "Zoë_Kravitz\t2\t2\n", "line 3: "),
        ("\tZoë_Kravitz\t1\n", "\tAbel_Pacheco\t3\n", "line 4: "),
        ("Zoë_Kravitz\t2\t3\n", "Zoë_Kravitz\ttwo\t3\n", "line 3: "),
        ("Zoë_Kravitz\t2\t3\n", "../lfw\t2\t3\n", "line 3: "),
        ("Zoë_Kravitz\t2\t3\n", "\t2\t3\n", "line 3: "),
        ("Mary Ann\t1\t3\n", "Mary Ann 1\t3\n", "line 7: "),
    ],
)
def test_damage_is_told_with_the_line(lfw, write, old, new, says):
    assert old in LIST
    message = refusal(write(LIST.replace(old, new, 1)), lfw)
    assert "pairs.txt" in message
    assert says in message


@pytest.mark.parametrize("name", ["Nobody", "n" * 300, "zero\0byte", "Zoe\u0308_Kravitz"])
def test_a_photo_that_is_not_there_is_told_with_line_and_path(lfw, write, name):
    path = write(LIST.replace("Zoë_Kravitz\t2\t3", f"{name}\t2\t3"))
    message = refusal(path, lfw)
    assert message.startswith(f"{path}, line 3: there is no photo {lfw / name / name}_0002.jpg")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "cannot be read (No such file or directory): it says which photos to compare"),
        (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
        (lambda path: path.write_bytes("Zoë".encode("latin-1")), "is not text in UTF-8"),
        (lambda path: path.touch(), "line 1: '' should be the number of folds"),
    ],
    ids=["missing", "folder", "latin-1", "empty"],
)
def test_a_list_that_cannot_be_read_is_named(lfw, tmp_path, make, says):
    path = tmp_path / "pairs.txt"
    make(path)
    message = refusal(path, lfw)
    assert message.startswith(str(path))
    assert says in message


def test_the_folder_is_checked_too(write, tmp_path):
    assert refusal(write(LIST), tmp_path / "nowhere").startswith(f"--data {tmp_path / 'nowhere'} does not exist")


FIELDS = st.sampled_from([*NAMES, "1", "2", "3", "10", "0", "", "..", "\0", "n" * 300, "²"])
LINES = st.lists(st.lists(FIELDS, max_size=5).map("\t".join), max_size=9).map("\n".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text() | st.binary() | LINES | LINES.map(lambda lines: f"1\t1\n{lines}"))
def test_any_text_gives_pairs_or_one_message(lfw, write, text):
    try:
        pairs = read_pairs(write(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text), lfw)
    except FacebenchError as error:
        assert "pairs.txt" in str(error)
    else:
        assert all(pair.first.is_file() and pair.second.is_file() for pair in pairs)
        assert {pair.same for pair in pairs} == {True, False}
