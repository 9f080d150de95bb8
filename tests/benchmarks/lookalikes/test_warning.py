"""The warning where one person makes most of a target's false accepts: what counts, and what does not."""

from typing import Any

from facebench.benchmarks.lookalikes import lookalike_warnings
from facebench.benchmarks.results import Prediction, Predictions

from ...made_up import scored


def accepted(person: str, count: int, rejected: int = 0, **fields: Any) -> list[Prediction]:
    photos = [(number, 0.75 if number < count else 0.25) for number in range(count + rejected)]
    return [scored(f"{person}/{number}.jpg", person, score, **fields) for number, score in photos]


def warned(*rows: Prediction) -> list[str]:
    return lookalike_warnings("e x h", Predictions.of(rows))


def test_a_warning_names_whoever_makes_most_of_five_false_accepts() -> None:
    most = [*accepted("bob", 3, rejected=1), *accepted("cid", 1), *accepted("", 1), *accepted("dan", 0, rejected=9)]
    [warning] = warned(*most)
    assert warning == (
        "3 of the 5 photos of others that e x h takes for ann are of bob, of whom 4 are in the test: a look-alike, or "
        "ann under another name. bench show RUN --lookalikes ranks all [look-alike]"
    )
    # The same photos in another split are no others; one more of somebody else, and bob makes half.
    again = [row.model_copy(update={"split_seed": 1}) for row in most]
    assert warned(*most, *again) == [warning]
    assert warned(*most, *accepted("eve", 1)) == []
    assert warned(*accepted("bob", 4)) == warned(*accepted("", 9)) == warned() == []


def test_of_several_targets_the_gravest_is_told() -> None:
    [warning] = warned(*accepted("bob", 5), *accepted("cid", 6, target="dan"), *accepted("bob", 9, target="ann's"))
    assert "9 of the 9 photos of others that e x h takes for ann's are of bob" in warning
    assert "ann's under another name; 2 more targets with one. bench" in warning
