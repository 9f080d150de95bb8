"""properties.csv: what is written is read again; damage is told; an older run has none."""

from pathlib import Path

import pytest
from facebench.benchmarks.results import PhotoProperties, Properties, read_properties
from facebench.benchmarks.results.tables._properties import PROPERTIES, properties_csv
from facebench.errors import FacebenchError

MEASURED = Properties(
    [
        PhotoProperties.unchecked("=a,b.jpg", 12.2, 'Pho"ne\r\n1', "yunet", 240.5, 0.3125, 0.5, -12.0, 0.94),
        PhotoProperties.unchecked("b.jpg", 0.01, "", "yunet", None, None, None, None, None),
        PhotoProperties.unchecked("c.jpg", None, "", "", None, None, None, None, None),
    ],
    {"@glasses": ["yes", "", "-no"]},
)


@pytest.mark.parametrize("properties", [MEASURED, Properties(MEASURED.photos), Properties([])])
def test_what_is_written_is_read_again(properties: Properties, tmp_path: Path) -> None:
    (tmp_path / PROPERTIES).write_bytes(properties_csv(properties))
    assert read_properties(tmp_path) == properties


def test_a_run_of_an_older_facebench_has_none(tmp_path: Path) -> None:
    assert read_properties(tmp_path) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sharpness"', b'"other"'),
        (b"12.2", b"wide"),
        (b'"c.jpg",', b""),
        (b'"@glasses"', b'"score"'),
        (b'"b.jpg"', b'"b.jpg'),
        (b'"b.jpg"', b"\xff"),
        (b"\n", b"\0\n"),
    ],
)
def test_damage_is_told_with_the_file(old: bytes, new: bytes, tmp_path: Path) -> None:
    content = properties_csv(MEASURED).replace(b"'@", b"@")
    assert old in content
    (tmp_path / PROPERTIES).write_bytes(content.replace(old, new))
    with pytest.raises(FacebenchError, match=rf"{PROPERTIES} cannot be read or is damaged: delete it"):
        read_properties(tmp_path)
