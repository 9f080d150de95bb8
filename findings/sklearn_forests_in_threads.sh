#!/usr/bin/env bash
# scikit-learn: two random forests that are fitted in two threads leave the warning filters of the whole process in
# another order than before, in most of 20 rounds. Each tree sets the process' filters anew and puts back what it found,
# and what a tree of the other thread put there meanwhile is found, too. No parameter asks for threads: n_jobs is 1.
# Needs python3 (3.11 or newer) and a package index; installs into a temporary folder; two cores at least.
#
# Why it matters: the first filter that matches decides, so in another order a warning that was ignored is shown, or an
# error. Once in a while they are left empty: then every tree of every later forest warns that
# "sklearn.utils.parallel.delayed should be used with sklearn.utils.parallel.Parallel" (10,800 times in one test), though
# nobody has used either.
#
# Guessed before it was run: with n_jobs=1 a fit touches nothing of the process but its random numbers. Wrong.
#
# Fails if all rounds leave the filters as they were, or if fits one after the other do not.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

ROUNDS = 20
X, y = np.random.default_rng(0).normal(size=(40, 20)), np.arange(40) % 2
warnings.filterwarnings("ignore", message="one")
warnings.filterwarnings("error", message="two")


def fit(_):
    RandomForestClassifier(n_estimators=300, n_jobs=1, random_state=0).fit(X, y)


def rounds_with_other_filters(threads):
    others = 0
    for _ in range(ROUNDS):
        before = list(warnings.filters)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fit, range(4)))
        others += list(warnings.filters) != before
        warnings.filters[:] = before
    return others


one, two = rounds_with_other_filters(1), rounds_with_other_filters(2)
print(f"scikit-learn {sklearn.__version__}, Python {sys.version.split()[0]}")
print(f"rounds of {ROUNDS} that left other warning filters: {one} with one thread, {two} with two")
if one == 0 and two > 0:
    print("as seen before")
else:
    sys.exit("not as seen before")
PYTHON
