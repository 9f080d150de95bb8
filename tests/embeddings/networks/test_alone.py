"""Networks run without TensorFlow, and nothing connects to a network of computers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: Its last line connects, to show that connections are seen.
EXTRACT = """
import socket, sys
from facebench.embeddings import load_extractor

for name in ("mobilenet", "face_recognition"):
    assert load_extractor(name).transform(sys.argv[1:]).any()
print(*sorted({"tensorflow", "keras"} & set(sys.modules)))
socket.socket().connect_ex(("127.0.0.1", 9))
"""


def extract(photo: Path, folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Extract vectors in a process of its own, in which telemetry is not turned off as CI or a file may do."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "FACEBENCH_CACHE": str(folder / "cache")}
    command = [*before, sys.executable, "-c", EXTRACT, str(photo)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_process_extracts_without_tensorflow_and_connects_to_nothing(orl: list[Path], tmp_path: Path) -> None:
    connections = tmp_path / "connections"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(connections)]
    if not shutil.which("strace") or subprocess.run([*strace, "true"], capture_output=True, check=False).returncode:
        done = extract(orl[0], tmp_path)
        assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
        pytest.skip("strace, which shows connections, is not installed or may not trace here")
    done = extract(orl[0], tmp_path, *strace)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
    *others, last = [line for line in connections.read_text().splitlines() if "AF_INET" in line]
    assert others == []
    assert "htons(9)" in last
