"""Tables of labels: what is written is read, whatever a spreadsheet made of it; what is wrong is told by its line."""

import csv
import io
import stat
from pathlib import Path

import pytest
from facebench.data import Label, read_labels, write_labels
from facebench.errors import FacebenchError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEAD = "path,person,box,state\n"
EDGE = st.integers(-999_999, 999_999)
BOXES = st.none() | st.tuples(EDGE, EDGE, EDGE, EDGE).filter(lambda box: box[0] < box[2] and box[1] < box[3])
#: Whatever a spreadsheet may take for something else, and any text.
TEXT = st.sampled_from(
    ["=1+1", "'", "''a", "@x", "-5", "+a", "\tb", "\r", "a\r\nb", "007", "1,5", "1 000", ";", '"', "\0"]
)
TEXT |= st.text()
LABELS = st.lists(
    st.builds(Label, TEXT.filter(bool), TEXT, BOXES, st.sampled_from(["confirmed", "unreviewed", "rejected"]))
)


def table(folder: Path, content: str | bytes) -> Path:
    file = folder / "labels.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def refusal(file: Path) -> str:
    with pytest.raises(FacebenchError) as caught:
        read_labels(file)
    return str(caught.value)


@given(LABELS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_is_read(tmp_path, labels):
    write_labels(tmp_path / "labels.csv", labels)
    assert list(read_labels(tmp_path / "labels.csv").rows) == labels


@given(LABELS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_cell_is_a_formula(tmp_path, labels):
    write_labels(tmp_path / "labels.csv", labels)
    text = (tmp_path / "labels.csv").read_bytes().decode()
    assert all(cell[:1] not in set("=+-@\t\r") for row in csv.reader(io.StringIO(text, newline="")) for cell in row)


@pytest.mark.parametrize(
    ("name", "cell"),
    [("007", "'007"), ("1-2", "'1-2"), ("12:30", "'12:30"), ("1e5", "'1e5"), ("100 200", "'100 200"), ("7 up", "7 up")],
)
def test_no_cell_is_a_number_or_a_date(tmp_path, name, cell):
    write_labels(tmp_path / "labels.csv", [Label("a.jpg", name, (100, 200, 300, 400), "confirmed")])
    assert (tmp_path / "labels.csv").read_text() == f"{HEAD}a.jpg,{cell},'100 200 300 400,confirmed\n"


def test_a_table_is_private_and_its_lines_are_known(tmp_path):
    file = tmp_path / "labels.csv"
    write_labels(file, [Label("a\nb.jpg", "me", None, "confirmed"), Label("c.jpg", "", (1, 2, 3, 4), "rejected")])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_labels(file).lines == (2, 4)


def test_names_that_are_not_utf_8_are_spelled_out(tmp_path):
    write_labels(tmp_path / "labels.csv", [Label("zo\udceb.jpg", "me", None, "confirmed")])
    assert read_labels(tmp_path / "labels.csv").rows[0].path == "zo\\udceb.jpg"


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FacebenchError, match="cannot be written"):
        write_labels(tmp_path / "gone" / "labels.csv", [])


ROWS = [Label("a.jpg", "me", (1, 2, 30, 40), "confirmed"), Label("b, c.jpg", "Zoë", None, "unreviewed")]


@pytest.mark.parametrize(
    "text",
    [
        'path,person,box,state\na.jpg,me,1 2 30 40,confirmed\n"b, c.jpg",Zoë,,unreviewed\n',
        "\ufeffpath;person;box;state\r\na.jpg;me;1 2 30 40;confirmed\r\nb, c.jpg;Zoë;;unreviewed\r\n",
        '"path";"person";"box";"state"\n"a.jpg";"me";"1  2 30 40 ";" Confirmed"\n\n;;;\n"b, c.jpg";Zoë;"";"UNREVIEWED"',
        'State,Box,Path ,person\rconfirmed,\'1 2 30 40,a.jpg,me\runreviewed,,"b, c.jpg",Zoë\r',
    ],
    ids=[
        "as written",
        "semicolons and a byte order mark",
        "all in quotes, empty rows",
        "other columns, old ends of lines",
    ],
)
def test_what_spreadsheets_save_is_the_same_table(tmp_path, text):
    assert list(read_labels(table(tmp_path, text)).rows) == ROWS


def test_the_column_of_boxes_may_be_missing(tmp_path):
    assert read_labels(table(tmp_path, "path;state;person\na.jpg;confirmed;\n")).rows == (
        Label("a.jpg", "", None, "confirmed"),
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty: a table of labels has the columns path, person, box, state."),
        ("\n\n ;;\n", "is empty"),
        (";a\n", "has the columns , a: a table"),
        ("path,person\n", "has the columns path, person: a table"),
        (HEAD.replace("box", "age"), "has columns besides, age: a table"),
        ("path,path,person,state\n", "has the columns path, path, person, state: a table"),
        (HEAD.encode("utf-16"), "is not text in UTF-8"),
        (HEAD.encode() + b"Zo\xeb.jpg,me,,confirmed\n", "is not text in UTF-8"),
        (
            HEAD + "a.jpg,me,confirmed\n",
            ", line 2: 3 cells, and 4 columns: put a cell that holds a separator into quotes.",
        ),
        (HEAD + "a,b.jpg,me,,confirmed\n", ", line 2: 5 cells"),
        (HEAD + "\n,me,,confirmed\n", ", line 3: no path of a photo: add it, or delete the row."),
        (
            HEAD + "a.jpg,me,,sure\n",
            ", line 2: the state 'sure' is not known: write confirmed, unreviewed or rejected.",
        ),
        (HEAD + "a.jpg,me,,\n", ", line 2: the state '' is not known"),
        (HEAD + 'a.jpg,me,,"confirmed\n', ", line 2: this is no row of a CSV"),
        (HEAD + 'a.jpg,"me"x,,confirmed\n', ", line 2: this is no row of a CSV"),
        (HEAD + f"{'a' * 140_000}.jpg,me,,confirmed\n", ", line 2: this is no row of a CSV"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, content, complaint):
    message = refusal(table(tmp_path, content))
    assert message.startswith(f"{tmp_path / 'labels.csv'}{'' if complaint[0] == ',' else ' '}{complaint}")


@pytest.mark.parametrize(
    "box", ["1 2 3", "1 2 3 4 5", "1,2,3,4", "a b c d", "1.5 2 3 4", "3 2 1 4", "1 4 3 4", "1 2 ٣ 4"]
)
def test_what_is_no_box_is_told(tmp_path, box):
    message = refusal(table(tmp_path, f'{HEAD}a.jpg,me,,confirmed\na.jpg,me,"{box}",unreviewed\n'))
    assert f"line 3: '{box}' is no box: write left top right bottom in pixels, such as 120 80 260 250." in message


def test_the_first_problems_are_told_in_one_message(tmp_path):
    message = refusal(table(tmp_path, HEAD + "a.jpg,me,,sure\n" * 9))
    assert message.count("line ") == 5
    assert message.endswith("; and 4 more problems.")
    assert "\x1b" not in refusal(table(tmp_path, f"{HEAD}a.jpg,me,,\x1b[2J\n"))


@pytest.mark.parametrize("name", ["gone.csv", ".", "zero\0byte.csv", "n" * 300])
def test_a_file_that_cannot_be_read_is_told(tmp_path, name):
    assert refusal(tmp_path / name).startswith(f"--labels {tmp_path / name} cannot be read (")


def test_the_home_of_nobody_is_told():
    assert "cannot be read" in refusal(Path("~no-such-user/labels.csv"))
