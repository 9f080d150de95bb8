#!/usr/bin/env bash
# Keras' ImageDataGenerator transforms a picture that is not square about a point off its middle, and shifts its
# columns by `height_shift_range`. Needs python3 (3.11 or newer) and a package index; installs into a temporary folder.
#
# Why: `apply_affine_transform` passes (height, width) as the (x, y) of the centre to `transform_matrix_offset_center`,
# and draws `tx`, which it documents as the shift in x, from `height_shift_range`.
#
# Guessed before it was run: the middle of 480x640 moves by 20 rows and 20 columns at a zoom of 0.8, and by 33 and 70
# when turned by 40 degrees; that of 480x480 stays; the shift moves columns alone. So it is.
#
# Fails if Keras does otherwise.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
# Keras does not import without a backend; this is the smallest, and takes no part in what is measured.
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  keras==3.15.1 openvino==2026.4.1 numpy==2.4.6 scipy==1.17.1 pillow==13.0.0
KERAS_BACKEND=openvino "$folder/venv/bin/python" - <<'PYTHON'
import sys

import keras
import numpy as np
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator  # as tensorflow.keras has it


def spot(height, width):
    """Return a black picture with a white spot of 20 pixels in its middle."""
    picture = np.zeros((height, width, 3))
    picture[height // 2 - 10 : height // 2 + 10, width // 2 - 10 : width // 2 + 10] = 255
    return picture


def moved(picture):
    """Return by how many rows and columns the spot is off the middle."""
    light = picture[:, :, 0]
    profiles = light.sum(axis=1), light.sum(axis=0)
    return [round(float(np.arange(len(of)) @ of / of.sum() - (len(of) - 1) / 2), 1) for of in profiles]


generator, shifting = ImageDataGenerator(), ImageDataGenerator(height_shift_range=0.2)
seen = {
    "480x640, zoom of 0.8": moved(generator.apply_transform(spot(480, 640), {"zx": 0.8, "zy": 0.8})),
    "480x640, turned by 40 degrees": moved(generator.apply_transform(spot(480, 640), {"theta": 40})),
    "480x480, zoom of 0.8": moved(generator.apply_transform(spot(480, 480), {"zx": 0.8, "zy": 0.8})),
    "480x480, turned by 40 degrees": moved(generator.apply_transform(spot(480, 480), {"theta": 40})),
    "480x480, height_shift_range=0.2": moved(shifting.random_transform(spot(480, 480), seed=0)),
}
print(f"Keras {keras.__version__}: how far the middle of a picture is moved, in rows and columns")
for what, (rows, columns) in seen.items():
    print(f"  {what:32} {rows:+6.1f} rows {columns:+6.1f} columns")
wrong = {
    "480x640, zoom of 0.8": (20, 20),
    "480x640, turned by 40 degrees": (33, 70),
    "480x480, zoom of 0.8": (0, 0),
    "480x480, turned by 40 degrees": (0, 0),
}
same = all(np.allclose(np.abs(seen[what]), expected, atol=1) for what, expected in wrong.items())
rows, columns = seen["480x480, height_shift_range=0.2"]
if not same or rows != 0 or columns == 0:
    sys.exit("Keras has changed: it no longer does what facebench works around (data/decoding/_augmentation.py).")
print("As before: off the middle where a picture is not square, and a shift by height moves columns.")
PYTHON
