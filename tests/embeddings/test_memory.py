"""Memory does not grow with the number of photos."""

import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

import pytest

PROGRAM = """
import resource, sys
from pathlib import Path
from facebench.embeddings import load_extractor

paths = sorted(Path(sys.argv[1]).iterdir())
count = sum(1 for _ in load_extractor("mobilenet").iter(paths))
assert count == len(paths)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
FEW, MANY = 5_000, 50_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is told by getrusage, which Windows lacks")
def test_the_peak_over_many_photos_is_that_over_few(orl: list[Path], tmp_path: Path) -> None:
    few, many = _peak(orl, FEW, tmp_path), _peak(orl, MANY, tmp_path)
    assert many < 1.1 * few


def _peak(orl: list[Path], count: int, folder: Path) -> int:
    """Return the largest memory of a process that goes over `count` links to the ORL faces and keeps no vector."""
    links = folder / str(count)
    links.mkdir()
    for number, path in enumerate(islice(cycle(orl), count)):
        (links / f"{number:06}.pgm").symlink_to(path)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(links)], capture_output=True, text=True, check=True)
    return int(done.stdout)
