"""Dates as cameras and programs write them: EXIF's form and others, XMP, and clocks that were never set."""

import struct
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import make_plan
from facebench.data import Fingerprints, Photo, dates, group_as_first, group_photos, orl_faces, people_folder
from facebench.data.decoding._dates import parse
from facebench.embeddings import Embedding
from facebench.embeddings.built_in import Fingerprint
from PIL import Image

from ..exif_blocks import CARRIERS, DOUBLE, SIGNED, TEXT, UNDEFINED, Entry, block, jpeg, with_chunk, with_xmp

DAY = datetime(2014, 5, 3)
MOMENT = datetime(2014, 5, 3, 10, 20, 30)
FACES = [np.asarray(Image.open(item.path).convert("RGB")) for item in orl_faces().items[:12]]
#: How a moment is written, and what is read of it.
WRITTEN = {
    "2014:05:03 10:20:30": MOMENT,
    "2014-05-03 10:20:30": MOMENT,
    "2014-05-03T10:20:30": MOMENT,
    "2014:05:03T10:20:30": MOMENT,
    "2014/05/03 10:20:30": MOMENT,
    "2014.05.03 10:20:30": MOMENT,
    "2014:05:03 10:20:30.25": MOMENT + timedelta(seconds=0.25),
    "2014:05:03 10:20:30,25": MOMENT + timedelta(seconds=0.25),
    "2014:05:03 10:20:30+02:00": MOMENT,
    "2014-05-03T10:20:30.5-0330": MOMENT + timedelta(seconds=0.5),
    "2014:05:03 10:20:30Z": MOMENT,
    "2014-05-03T10:20Z": datetime(2014, 5, 3, 10, 20),
    "2014:05:03  10:20:30": MOMENT,
    "1950:12:31 23:59:59": datetime(1950, 12, 31, 23, 59, 59),
}
NO_DATES = [
    *("", "soon", "0000:00:00 00:00:00", "    :  :     :  :  ", "2014", "2014-05", "2014:13:03 10:20:30"),
    *("2014:02:30 10:20:30", "2014:05:03 25:00:00", "1970:01:01 00:00:00", "1970-01-01T00:00:00Z", "1980:01:01"),
    *(
        "1904:01:01 00:00:00",
        "2000:01:01 00:00:00",
        "1601-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "1200:05:03 10:20:30",
    ),
    *(
        "1200:05:03 10:20:30",
        "2014:05:03 10:20:30 in the morning",
        "x2014:05:03",
        "\N{ARABIC-INDIC DIGIT TWO}014:05:03 10:20:30",
    ),
]


def original(text: str, kind: int = TEXT) -> list[Entry]:
    return [(0x9003, kind, len(text.encode()) + 1, text.encode() + b"\0")]


def dated(text: str, pixels: np.ndarray = FACES[0], kind: int = TEXT) -> bytes:
    return jpeg(pixels, block([], settings=original(text, kind)))


def prints_of(*files: bytes) -> Fingerprints:
    outcomes = Fingerprint().embed([Photo(file) for file in files])
    assert all(isinstance(outcome, Embedding) for outcome in outcomes)
    return Fingerprints.of(np.stack([outcome.vector for outcome in outcomes]))


def time_of(*files: bytes) -> list[datetime | None]:
    times = dates(list(range(len(files))), prints_of(*files))
    return [None if np.isnan(time) else datetime(1970, 1, 1) + timedelta(seconds=time) for time in times.tolist()]


def close(found: datetime | None, expected: datetime) -> bool:
    """Return whether two times are one: fractions of a second are kept in float32."""
    return found is not None and abs(found - expected) < timedelta(seconds=0.01)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_date_is_read_in_any_form(text: str) -> None:
    [found] = time_of(dated(text))
    assert close(found, WRITTEN[text])


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_and_a_clock_that_was_never_set_are_none(text: str) -> None:
    assert time_of(dated(text)) == [None]
    assert parse(text) is None


def test_a_date_is_read_in_every_format_whatever_stands_beside_it() -> None:
    odd = (0x011A, TEXT, 900, struct.pack("<L", 60_000))
    made = block([odd], settings=original("2014:05:03 10:20:30"))
    files = [carry(FACES[0], made) for carry in CARRIERS.values()]
    assert time_of(*files) == [MOMENT] * len(files)
    assert time_of(dated("2014:05:03 10:20:30", kind=UNDEFINED)) == [MOMENT]


@pytest.mark.parametrize("place", [-200, -10, -1, 0, 7, 100_000, 2**31 - 1, 1e300])
def test_settings_that_are_not_where_the_block_says_have_no_date_and_do_no_harm(place: float) -> None:
    kind, value = (SIGNED, struct.pack("<l", place)) if isinstance(place, int) else (DOUBLE, struct.pack("<d", place))
    elsewhere = (0x8769, kind, 1, value)
    made = block([(0x010E, TEXT, 201, b"x" * 200 + b"\0"), elsewhere])
    assert time_of(*(carry(FACES[0], made) for carry in CARRIERS.values())) == [None] * len(CARRIERS)


@pytest.mark.parametrize(
    "packet",
    [
        b'<rdf:Description exif:DateTimeOriginal="2014-05-03T10:20:30+02:00"/>',
        b"<exif:DateTimeOriginal>2014-05-03T10:20:30</exif:DateTimeOriginal>",
        b"<rdf:Description xmp:CreateDate = '2014-05-03T10:20:30Z' xmp:ModifyDate='2020-01-02T00:00:00'/>",
        b'<rdf:Description photoshop:DateCreated="2014-05-03T10:20:30" xmp:CreateDate="2020-01-01T00:00:01"/>',
    ],
)
def test_xmp_tells_where_exif_is_silent(packet: bytes) -> None:
    png = with_chunk(CARRIERS["PNG"](FACES[0], block([])), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)
    unset = with_xmp(dated("1970:01:01 00:00:00"), packet)
    assert time_of(with_xmp(jpeg(FACES[0], block([])), packet), png, unset) == [MOMENT] * 3
    assert time_of(with_xmp(dated("2013:01:02 03:04:05"), packet)) == [datetime(2013, 1, 2, 3, 4, 5)]


def test_a_day_alone_orders_photos_and_joins_none() -> None:
    files = [dated("2014:05:03", pixels) for pixels in FACES[:10]]
    prints = prints_of(*files, dated("2014:05:04 00:00:00", FACES[10]))
    people = ["me"] * 11
    times = dates(people, prints)  # ten different photos at one moment would be a clock that was never set
    assert (times[:10] == (DAY - datetime(1970, 1, 1)).total_seconds() + 43_200).all()
    assert times[10] > times[0]
    assert len(set(group_photos(people, prints).tolist())) == 11


def test_older_runs_are_grouped_by_the_dates_of_then() -> None:
    """A burst is one by its dates; its photos are otherwise too unlike to be copies."""
    image = Image.fromarray(FACES[0])
    frames = [np.asarray(image.crop((x, y, 92, 112)).resize((92, 112))) for x, y in [(0, 0), (3, 0), (0, 4)]]
    forms = ("{:%Y:%m:%d %H:%M:%S}", "{:%Y-%m-%dT%H:%M:%S}", "1970:01:01 00:00:0{0.second}")
    now, then = [], []
    for form in forms:
        files = [
            dated(form.format(DAY + timedelta(seconds=0 if form.startswith("1970") else second)), frame)
            for second, frame in enumerate(frames)
        ]
        prints = prints_of(*files)
        now.append(int(np.isfinite(prints.times).sum()))
        then.append(int(np.isfinite(prints.times_at_first).sum()))
        groups = group_as_first(["me"] * 3, prints)
        assert len(set(groups.tolist())) == (3 if "T" in form else 1)
    assert (now, then) == ([3, 3, 0], [3, 0, 3])


def test_split_time_takes_dates_in_any_form(tmp_path: Path) -> None:
    forms = ["%Y-%m-%dT%H:%M:%S", "%Y:%m:%d", "%Y-%m-%d %H:%M:%S+01:00", "%Y:%m:%d %H:%M:%S.123"]
    (tmp_path / "me").mkdir()
    for number in range(10):
        taken = (DAY + timedelta(days=number)).strftime(forms[number % len(forms)])
        (tmp_path / "me" / f"{9 - number}.jpg").write_bytes(dated(taken, FACES[number]))
    for item in orl_faces().items[10:70]:
        (tmp_path / item.person).mkdir(exist_ok=True)
        (tmp_path / item.person / item.path.name).write_bytes(item.path.read_bytes())
    settings = Settings(extractors=["colour"], heads=["centroid"], split="time", target="me", repeats=1)
    plan = make_plan(people_folder(tmp_path), settings)
    [trial] = plan.trials
    names = [sorted(plan.dataset.items[i].name for i in part if trial.mine[i]) for part in (trial.train, trial.test)]
    assert names == [[f"me/{number}.jpg" for number in range(4, 10)], ["me/0.jpg", "me/1.jpg"]]
