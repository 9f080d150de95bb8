"""Predictions held by column are the rows that were given, in whatever way they are asked for."""

import pytest
from facebench.benchmarks.results import Prediction, Predictions
from hypothesis import given
from hypothesis import strategies as st

CLASSES = st.sampled_from(["me", "other"])
ROW = st.builds(
    Prediction,
    target=st.sampled_from(["ann", "bob"]),
    split_seed=st.integers(0, 2),
    truth=CLASSES,
    decision=CLASSES,
    score=st.none() | st.floats(allow_nan=False),
)
ROWS = st.lists(ROW, max_size=12)


@given(ROWS)
def test_rows_are_those_that_were_given(rows: list[Prediction]) -> None:
    held = Predictions.of(rows)
    assert held == rows
    assert rows == held
    assert [held[place] for place in range(len(held))] == list(held) == rows
    assert held[1:-1] == rows[1:-1]
    assert Predictions.of(held) is held
    assert held.column("score").tolist() == [row.score for row in rows]
    assert held != [*rows, Prediction.unchecked(*[""] * 13)]


@given(ROWS, st.sampled_from(["ann", "bob", "zoe"]), st.integers(0, 2))
def test_rows_with_some_values_stay_in_their_order(rows: list[Prediction], target: str, seed: int) -> None:
    expected = [row for row in rows if (row.target, row.split_seed) == (target, seed)]
    assert Predictions.of(rows).where(target=target, split_seed=seed) == expected


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_joined_rows_come_one_part_after_the_other(parts: list[list[Prediction]]) -> None:
    assert Predictions.joined([Predictions.of(rows) for rows in parts]) == [row for rows in parts for row in rows]


def test_without_rows_there_are_none() -> None:
    assert not Predictions()
    assert Predictions() == Predictions.of([]) == []
    with pytest.raises(IndexError):
        Predictions()[0]
