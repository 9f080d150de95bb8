"""Draws in a table of labels: what counts as looked at of that which was not proposed."""

from dataclasses import replace
from pathlib import Path

import pytest
from facebench.data import Label, Proposal, Stratum, labelled_photos, write_labels
from facebench.data.labels import Draw, read_labels
from facebench.data.labels._sample import proposal_of
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st

DRAWS = st.builds(
    lambda extractor, stratum, size, rank, seen: Draw(extractor, stratum, min(rank, size), size, seen),
    st.sampled_from(["sface", "face_recognition(detector='yunet')", "onnx('a b.onnx', mean=(1, 2))", "=far 1 of 2"]),
    st.sampled_from(["near", "middle", "far", "none"]),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.booleans(),
)
#: A stratum of five faces, of which the last one is not in the table.
ORDER = [Label(f"{rank}.jpg", "", (0, 0, 9, 9), "unreviewed", Draw("sface", "far", rank, 5)) for rank in (1, 2, 3, 4)]


def confirmed(row: Label, person: str = "", *, seen: bool = True) -> Label:
    assert row.draw
    return replace(row, person=person, state="confirmed", draw=replace(row.draw, seen=seen))


def table(folder: Path, rows: list[Label]) -> Path:
    write_labels(folder / "labels.csv", rows)
    return folder / "labels.csv"


@given(DRAWS)
def test_a_draw_is_read_as_it_was_written(draw: Draw) -> None:
    assert Draw.parse(str(draw)) == draw


@pytest.mark.parametrize("text", ["3 of 5", "sface far 6 of 5", "sface far 0 of 5", "sface wide 1 of 5", "sface far 1"])
def test_what_is_no_draw_is_told_by_its_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(f"path,person,state,drawn\na.jpg,me,confirmed,{text}\n")
    with pytest.raises(FacebenchError, match=r"line 2: '.*' tells no draw: leave the column drawn as it"):
        read_labels(tmp_path / "labels.csv")


def test_a_table_without_draws_has_no_column_of_them_and_no_proposal(tmp_path: Path) -> None:
    file = table(tmp_path, [Label("a.jpg", "me", None, "confirmed")])
    assert file.read_text().splitlines()[0] == "path,person,box,state"
    assert proposal_of(read_labels(file)) is None


def test_draws_survive_a_table(tmp_path: Path) -> None:
    rows = [replace(ORDER[0], draw=Draw("=1+1", "none", 1, 2, seen=False)), *ORDER]
    file = table(tmp_path, rows)
    assert list(read_labels(file).rows) == rows
    assert "'=1+1 none 1 of 2 unseen" in file.read_text()


@pytest.mark.parametrize(
    ("rows", "stratum"),
    [
        (ORDER, Stratum(5, 0, 0)),
        ([confirmed(ORDER[0]), confirmed(ORDER[1], "Me"), *ORDER[2:]], Stratum(5, 2, 1)),
        # One that was passed over ends the sample: whoever looks at the easy ones alone knows little of the others.
        ([confirmed(ORDER[0]), ORDER[1], confirmed(ORDER[2]), ORDER[3]], Stratum(5, 1, 0)),
        # So does one that was decided about as part of a group.
        ([confirmed(ORDER[0]), confirmed(ORDER[1], "Anna", seen=False), *map(confirmed, ORDER[2:])], Stratum(5, 1, 0)),
        # And one of me that turned up beyond is known: it is none of those that may be missed.
        ([confirmed(ORDER[0]), ORDER[1], confirmed(ORDER[2], "me"), ORDER[3]], Stratum(4, 1, 0)),
        (list(reversed([*map(confirmed, ORDER)])), Stratum(5, 4, 0)),
        ([replace(ORDER[0], state="rejected"), *ORDER[1:]], Stratum(5, 1, 0)),
        (ORDER[1:], Stratum(5, 0, 0)),
    ],
)
def test_the_sample_goes_as_far_as_somebody_looked(rows: list[Label], stratum: Stratum, tmp_path: Path) -> None:
    others = [Label("m.jpg", "me", None, "confirmed"), Label("n.jpg", "me", None, "unreviewed")]
    found = proposal_of(read_labels(table(tmp_path, [*others, *rows])))
    mine = 1 + sum(row.state == "confirmed" and row.person.lower() == "me" for row in rows)
    assert found == Proposal(("sface",), mine, (stratum,))


def test_several_extractors_may_have_proposed_together(tmp_path: Path) -> None:
    rows = [replace(row, draw=replace(row.draw, extractor="sface + face_recognition")) for row in ORDER if row.draw]
    found = proposal_of(read_labels(table(tmp_path, rows)))
    assert found
    assert found.extractors == ("sface", "face_recognition")


def test_photos_without_a_face_take_part_only_if_i_am_on_them(orl: list[Path], tmp_path: Path) -> None:
    draws = [Draw("sface", "none", rank, 3) for rank in (1, 2, 3)]
    states = [("me", "confirmed"), ("", "rejected"), ("", "unreviewed")]
    rows = [
        Label(str(path), person, None, state, draw)  # type: ignore[arg-type]
        for path, (person, state), draw in zip(orl[:3], states, draws, strict=True)
    ]
    found = labelled_photos(table(tmp_path, rows))
    assert [item.file for item in found.items] == [str(orl[0])]
    assert found.remarks == ()  # nobody need review a photo on which there is no face
    assert found.proposal == Proposal(("sface",), 1, (Stratum(3, 2, 1),))
