"""The commands of README and guide in two parts, for two workers, and somebody with the photos that they speak of."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from facebench.classifiers._mlp import MLP
from facebench.cli import app
from facebench.data import Dataset, orl_faces
from typer.testing import CliRunner

from ..browser import chromium

ROOT = Path(__file__).parents[2]
PAGES = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/guide.md"))
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGES, re.MULTILINE | re.DOTALL)
COMMANDS = [line.removeprefix("uv run ") for kind, block in BLOCKS if not kind for line in block.splitlines()]
EXAMPLES = list(dict.fromkeys(block for kind, block in BLOCKS if kind == "python"))
#: In the order of the pages, each once.
EXECUTED = list(dict.fromkeys(COMMANDS))
#: What needs no command of the other part; both take about as long.
_SECOND = EXECUTED.index("bench cache info")
FIRST, SECOND = EXECUTED[:_SECOND], EXECUTED[_SECOND:]
SCHEDULER = "tls://scheduler:8786"


def copy(items: list[tuple[int, int]], folder: Path, name: str = "{0}_{1:04d}.pgm") -> None:
    """Copy photos of ORL, by person and number."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {item.name: item.path for item in orl_faces().items}
    for person, number in items:
        shutil.copy(paths[f"s{person}/{number}.pgm"], folder / name.format(folder.name, number, person))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with photos of me and of strangers, a folder per person, LFW and CelebA, and a list of pairs."""
    home = tmp_path_factory.mktemp("home")
    copy([(1, number) for number in range(1, 9)], home / "photos/me")
    copy([(1, 9), (1, 10), (2, 1)], home / "photos/new/party", "{2}-{1}.jpg")
    people = {number: f"Person_{number}" for number in range(2, 11)} | {1: "Colin_Powell"}
    for person, name in people.items():
        copy([(person, number) for number in range(1, 6)], home / "faces" / name)
        copy([(person, number) for number in range(1, 6)], home / "lfw/lfw" / name, "{0}_{1:04d}.jpg")
        if person > 1:
            copy([(person, number) for number in range(1, 6)], home / "photos/strangers" / name)
    copy(
        [(person, number) for person in range(1, 11) for number in range(1, 7)], home / "Pictures", "{2:03d}{1:03d}.jpg"
    )
    images = home / "celeba/img_align_celeba"
    copy([(person, number) for person in range(2, 11) for number in range(1, 4)], images, "{2:03d}{1:03d}.jpg")
    lines = [f"{path.name} {path.name[:3]}" for path in sorted(images.iterdir())]
    (home / "celeba/identity_CelebA.txt").write_text("\n".join(lines))
    pairs = ["2\t3"]
    for first in (2, 6):
        pairs += [f"Person_{first + n}\t1\t2" for n in range(3)]
        pairs += [f"Person_{first + n}\t1\tPerson_{first + n + 1}\t1" for n in range(3)]
    (home / "pairs.txt").write_text("\n".join(pairs) + "\n")
    for name in ("a.jpg", "b.jpg"):
        shutil.copy(home / "photos/me/me_0001.pgm", home / name)
    return home


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a Dask scheduler with one worker, in threads of this process."""
    alone = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", protocol="tcp", **alone) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def stranger(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CliRunner]:
    """Somebody who types commands, in this home, with eight people in place of ORL's forty."""
    faces = orl_faces()
    few = [number for number, item in enumerate(faces.items) if int(item.person[1:]) <= 8]

    def fewer() -> Dataset:
        return faces.only(few)

    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("FACEBENCH_CACHE", str(cache))
        patch.chdir(home)
        patch.setattr("facebench.data.listing._sources.orl_faces", fewer)
        # Three epochs of `mlp` in place of fifteen: how well it does is said by other tests.
        hidden, batch_norm, dropout, _, *others = MLP.__init__.__defaults__
        patch.setattr(MLP.__init__, "__defaults__", (hidden, batch_norm, dropout, 3, *others))
        # A moment's work gives the rate of the machine and of a network as well as long does.
        patch.setattr("facebench.benchmarks.speed._stages._MATRIX", 256)
        patch.setattr("facebench.benchmarks.speed._rounds._NETWORK_INPUTS", 8)
        patch.setattr("facebench.benchmarks.speed._measure._COLD_PHOTOS", 1)
        # The tests of `bench speed` measure every extractor and compare with other libraries: once is enough.
        patch.setattr("facebench.benchmarks.speed._measure._every_name", lambda: ["sface"])
        patch.setattr("facebench.benchmarks.speed._measure.fit_speed", lambda *_: None)
        yield CliRunner()


def review(page: Path, table: Path) -> None:
    """Confirm what the page of `bench find` proposes, as somebody does with a mouse, and save the labels."""
    with chromium() as browser:
        opened = browser.new_page()
        opened.goto(page.as_uri())
        opened.locator("#all-me").click()
        opened.locator("#none-me").click()
        for group in opened.locator(".group").all():
            group.get_by_role("button", name="Somebody else").click()
        with opened.expect_download() as download:
            opened.locator("#save").click()
        download.value.save_as(table)


@pytest.fixture(scope="module")
def follow(home: Path, stranger: CliRunner, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that executes a command and looks at what it leaves behind."""

    def follow(command: str) -> None:
        arguments = shlex.split(command)[1:]
        if "--labels" in arguments:
            review(home / "me.html", home / arguments[arguments.index("--labels") + 1])
        arguments = [re.sub(r"^~", str(home), argument) for argument in arguments]  # as the shell does
        arguments = [argument.replace("n_estimators=300", "n_estimators=30") for argument in arguments]
        if "--limit-others" in arguments:  # this home's CelebA has 9 celebrities, the real one 10,177
            arguments[arguments.index("--limit-others") + 1] = "8"
        if arguments[0] == "speed":  # a few photos do; the library's own search takes longest
            arguments[arguments.index("--photos") + 1] = "5"
        if SCHEDULER in arguments:
            arguments[arguments.index(SCHEDULER)] = request.getfixturevalue("scheduler")
        done = stranger.invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        assert done.stdout.strip()
        for option in ("-o", "--examples", "--review"):
            if option in arguments:
                assert (home / arguments[arguments.index(option) + 1]).stat().st_size > 0
        if arguments == ["cache", "purge"]:
            assert not list(Path(os.environ["FACEBENCH_CACHE"]).iterdir())
        if "--copy-to" in arguments:
            assert {path.name for path in (home / "photos-of-me").iterdir()} == {"1-9.jpg", "1-10.jpg"}

    return follow


@pytest.fixture
def run_examples(
    home: Path, stranger: CliRunner, session_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str]], None]:
    """Return a function that runs examples in Python together, in a process of its own."""

    def run_examples(examples: list[str]) -> None:
        begun = "paths, labels = ['a.jpg', 'faces/Person_2/Person_2_0001.pgm'], [True, False]\n"
        monkeypatch.setenv("FACEBENCH_CACHE", str(session_cache))  # the README's has been purged
        subprocess.run([sys.executable, "-c", begun + "\n".join(examples)], cwd=home, check=True)

    return run_examples
