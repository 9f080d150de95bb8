#!/usr/bin/env bash
# Where memory does not suffice for a photo, Pillow raises MemoryError for a JPEG and a PNG, and "could not create
# decoder object", an OSError as of a damaged file, for a WebP. Needs python3 (3.11 or newer, Linux) and a package
# index; installs into a temporary folder.
#
# Why it matters: a program that leaves out damaged photos leaves out sound ones when memory is short.
#
# Guessed before it was run: MemoryError for all three. Wrong for WebP.
#
# Fails if Pillow does otherwise.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" -c '
from PIL import Image
for kind in ("JPEG", "PNG", "WEBP"):
    Image.new("RGB", (6000, 4000), "red").save(f"photo.{kind}", kind)
'
for kind in JPEG PNG WEBP; do
  "$folder/venv/bin/python" - "$kind" >> seen <<'PYTHON'
import resource
import sys

from PIL import Image

Image.init()
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 40_000_000, -1))  # its pixels take 96 MB
try:
    Image.open(f"photo.{sys.argv[1]}").load()
    print(sys.argv[1], "loaded")
except (MemoryError, OSError) as error:
    print(sys.argv[1], type(error).__name__, error)
PYTHON
done
"$folder/venv/bin/python" -c 'import PIL; print("Pillow", PIL.__version__)'
cat seen
expected="JPEG MemoryError
PNG MemoryError
WEBP OSError could not create decoder object"
if [ "$(sed 's/ *$//' seen)" != "$expected" ]; then
  echo "Pillow has changed: facebench need no longer try for itself (data/decoding/_opening.py)." >&2
  exit 1
fi
echo "As before: a WebP is told as damaged."
