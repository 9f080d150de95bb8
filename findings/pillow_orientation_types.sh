#!/usr/bin/env bash
# ImageOps.exif_transpose of Pillow leaves a photo lying whose EXIF orientation is stored as BYTE, UNDEFINED or text, and
# raises TypeError for one whose orientation is sound beside a resolution in text: it turns the pixels, and then fails to
# write the other tag anew. Needs python3 (3.11 or newer) and a package index; installs into a temporary folder.
#
# Why it matters: a portrait that stays sideways has no face, and "no face" is all that one is told.
#
# Guessed before it was run: turned whatever the type, as viewers of photos do; other tags do not count. Wrong in both.
#
# Fails if Pillow does otherwise.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct
import sys

import PIL
from PIL import Image, ImageOps

BYTE, TEXT, SHORT, LONG, UNDEFINED = 1, 2, 3, 4, 7


def photo(*tags):
    """Return a JPEG of 40x20 pixels with some EXIF tags: number, type, count, value."""
    block = b"Exif\0\0II*\0" + struct.pack("<LH", 8, len(tags))
    for number, kind, count, value in sorted(tags):
        block += struct.pack("<HHL", number, kind, count) + value.ljust(4, b"\0")
    content = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(content, "JPEG", exif=block + bytes(4))
    return content


def turned(content):
    """Return what becomes of a photo that is to be turned by 90 degrees."""
    try:
        return "turned" if ImageOps.exif_transpose(Image.open(content)).size == (20, 40) else "left lying"
    except TypeError as error:
        return f"TypeError: {error}"


def orientation(kind, value, count=1):
    return 0x0112, kind, count, value


sound = orientation(SHORT, struct.pack("<H", 6))
seen = {
    "orientation as SHORT": turned(photo(sound)),
    "orientation as LONG": turned(photo(orientation(LONG, struct.pack("<L", 6)))),
    "orientation as BYTE": turned(photo(orientation(BYTE, b"\6"))),
    "orientation as UNDEFINED": turned(photo(orientation(UNDEFINED, b"\6"))),
    "orientation as text": turned(photo(orientation(TEXT, b"6\0", 2))),
    "SHORT, beside XResolution in text": turned(photo(sound, (0x011A, TEXT, 3, b"72\0"))),
}
print("Pillow", PIL.__version__)
for what, became in seen.items():
    print(f"  {what:34} {became}")
if [became.partition(":")[0] for became in seen.values()] != ["turned"] * 2 + ["left lying"] * 3 + ["TypeError"]:
    sys.exit("Pillow has changed: it does otherwise than facebench reads round (data/decoding/_orientation.py).")
print("As before: three types lie, and one tag beside the orientation ends in TypeError.")
PYTHON
