"""The examples of docs/python.md, run in its order by somebody with the photos that they speak of."""

import re
import shutil
from pathlib import Path

import pytest
from matplotlib import pyplot

PAGE = Path(__file__).parents[3] / "docs" / "python.md"


def test_the_examples_of_the_page_run(
    few_people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(few_people, tmp_path / "faces", ignore=shutil.ignore_patterns("[6-9].pgm", "10.pgm"))
    (tmp_path / "faces" / "s36").rename(tmp_path / "faces" / "Colin_Powell")
    for name, photo in (("a.jpg", "s34/1.pgm"), ("b.jpg", "s34/2.pgm")):
        shutil.copy(few_people / photo, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    try:
        exec("\n".join(examples), names)
    finally:
        pyplot.close("all")
    assert "Recognises Colin_Powell on" in capsys.readouterr().out
    assert (tmp_path / "mobilenet.png").stat().st_size > 0
    assert names["vectors"].shape == (2, 128)
