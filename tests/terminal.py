"""A pseudo-terminal to run a command in."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO


def in_terminal(command: Sequence[str], width: int, cwd: Path, stderr: IO[bytes] | None = None) -> tuple[int, str]:
    """Run a command in a terminal of `width` columns; return its exit code and all that it showed, codes included.

    Args:
        command: with its arguments.
        width: of the terminal.
        cwd: where it works.
        stderr: where standard error goes; None: to the terminal, too.
    """
    inner, outer = pty.openpty()
    fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    others = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(
        command, cwd=cwd, stdin=outer, stdout=outer, stderr=stderr or outer, env={**others, "TERM": "xterm-256color"}
    )
    os.close(outer)
    shown = bytearray()
    with suppress(OSError):  # as Linux tells the end
        while data := os.read(inner, 65536):
            shown += data
    os.close(inner)
    return process.wait(), shown.decode().replace("\r\n", "\n")
