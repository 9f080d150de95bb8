"""Answers on a terminal: what is shown, and that nothing in it is broken at any width."""

import io

import pytest
from facebench.bundles import Recognition, SeenFace, answers_table, overview
from rich.cells import cell_len
from rich.console import Console, RenderableType


def face(probability: float | None) -> tuple[SeenFace, ...]:
    return (SeenFace((1, 2, 30, 40), 0.75, probability),)


DEEP = "/home/ann/Pictures/2019/Summer holiday in Brittany with the whole family"
ANSWERS = [
    Recognition(f"{DEEP}/IMG_0001.JPG", "me", face(0.975)),
    Recognition("写真/家族旅行/二〇一九年/家族と一緒に海へ.jpg", "me", face(0.625)),
    Recognition("evil\x1b[2J[red].jpg", "not me", face(0.125)),
    Recognition(f"{DEEP}/IMG_0002.JPG", "not me", face(0.0)),
    Recognition("china.jpg", "no face", detail="no face found"),
    Recognition(f"{DEEP}/DSC_0003.TIFF", "unsupported", detail="not a JPEG, PNG, WebP, BMP, TIFF or [bold]GIF"),
]


def shown(table: RenderableType, width: int) -> list[str]:
    """Return the lines on a terminal; on this one no line is broken by hand."""
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(table)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [40, 80, 100, 120, 160])
def test_nothing_is_broken(width: int) -> None:
    for lines in (shown(answers_table(ANSWERS, width), width), shown(overview(ANSWERS, width), width)):
        assert max(map(cell_len, lines)) <= width
        assert not any("\x1b" in line for line in lines)
        rows = [line.split("  ") for line in lines]
        for name in ("IMG_0001.JPG", "DSC_0003.TIFF", "evil\\x1b[2J[red].jpg" if width > 40 else "].jpg"):
            assert sum(row[0].endswith(name) for row in rows) == 1
        for number in ("0.975", "0.625", "0.125"):
            assert sum(row[-2].strip() == number for row in rows if len(row) > 1) == 1
        words = " ".join(" ".join(lines).split())
        assert "unsupported:" in words
        for word in ANSWERS[5].detail.split():
            assert word in words.split()


def test_each_photo_has_a_row_and_a_failure_its_reason_at_the_end() -> None:
    lines = [line.split() for line in shown(answers_table([ANSWERS[-1], *ANSWERS[2:5]], 160), 160)]
    assert lines[0] == ["photo", "answer", "probability"]
    assert lines[1] == ["evil\\x1b[2J[red].jpg", "not", "me", "0.125"]
    assert lines[3] == ["china.jpg", "no", "face", "-"]
    assert lines[4:6] == [[], ["Not", "examined:", "1", "photo"]]
    assert len(lines) == 7


def test_the_overview_begins_with_me_and_leaves_out_the_rest() -> None:
    lines = [line.rstrip() for line in shown(overview(ANSWERS, 200), 200)]
    titles = [
        "Me: 2 photos, 1 of them uncertain (probability 0.9 or less)",
        "Not me, but uncertain (probability 0.1 or more): 1 photo",
        "Not examined: 1 photo",
    ]
    assert [line for line in lines if line in titles] == titles
    assert not any("IMG_0002" in line or "china" in line for line in lines)


def test_without_probabilities_there_is_no_doubt_to_speak_of() -> None:
    lines = shown(
        overview([Recognition("a.jpg", "me", face(None)), Recognition("b.jpg", "not me", face(None))], 80), 80
    )
    assert [line.split()[0] for line in lines[:3]] == ["Me:", "photo", "a.jpg"]
    assert lines[3:] == ["", "The bundle gives no probabilities, so none is called uncertain."]


def test_an_overview_of_nobody_says_so() -> None:
    assert [line.rstrip() for line in shown(overview(ANSWERS[3:4], 80), 80)] == [
        "Me: 0 photos",
        "",
        "Not me, but uncertain (probability 0.1 or more): 0 photos",
    ]
    assert [line.split() for line in shown(answers_table([], 80), 80)] == [["photo", "answer", "probability"]]


def test_for_a_pipe_paths_stay_whole() -> None:
    text = "\n".join(shown(answers_table(ANSWERS), 100_000))
    assert f"\n{ANSWERS[1].path}" in text
    assert f"\n{ANSWERS[5].path}" in text
