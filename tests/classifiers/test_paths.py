"""Classifiers of scikit-learn by dotted path; and that nothing else is imported from a name."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from facebench.classifiers import heads, load_head, score
from facebench.embeddings import extractors
from facebench.errors import FacebenchError
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.utils import all_estimators

#: Names that would import, read or run something, were they taken at their word.
DAMAGING = [
    *("os.system", "os.system()", "os.system(command='touch touched')", "trap.Trap", "trap.module.Trap"),
    *("sklearn", "sklearn.", "sklearn.svm", "sklearn.os", "sklearn.os.system", "sklearn.svm.np", "sklearn.svm.SVR"),
    *("sklearnx.y.Z", "sklearnx.svm.SVC", "xsklearn.svm.SVC", "Sklearn.svm.SVC", "sklearn.trap.Trap"),
    *(
        "sklearn.utils._testing.x",
        "sklearn.utils.estimator_checks.x",
        "sklearn.tests.test_base.K",
        "sklearn.conftest.x",
    ),
    *("sklearn.svm._classes.SVC", "sklearn.svm._base.BaseSVC", "sklearn._loss.x", "sklearn.__check_build.x"),
    *(
        "sklearn.svm.SVC.fit",
        "sklearn.svm.SVC.__init__",
        "sklearn.svm.__builtins__",
        "sklearn.clone.x",
        "sklearn.base.x",
    ),
    *("sklearn.base.ClassifierMixin", "sklearn.pipeline.Pipeline", "sklearn.calibration.LinearSVC", "sklearn..svm.SVC"),
    *(
        "sklearn.svm.SVC(10)",
        "sklearn.svm.SVC(C=os)",
        "sklearn.svm.SVC()()",
        "sklearn.svm.SVC().fit",
        ".sklearn.svm.SVC",
    ),
    *(
        "sklearn/svm.SVC",
        "sklearn.svm:SVC",
        "sklearn.svm.SVC\0",
        "sklearn.svm.\udc80",
        "sklearn.ѕvm.SVC",
        "sklearn.svm.ЅVC",
    ),
    "sklearn." + "svm." * 300 + "SVC",
    "sklearn." + "svm." * 30_000 + "SVC",
    "sklearn.svm.SVC(C=" + "(" * 400 + ")" * 400 + ")",
]
IMPORTING = """
import json, sys
sys.path.insert(0, "traps")
from facebench.classifiers import heads, load_head
from facebench.errors import FacebenchError
from sklearn import calibration, pipeline, svm
refused, _, before = [], heads.names(), set(sys.modules)
for name in json.load(open("names.json")):
    try:
        load_head(name)
    except FacebenchError as error:
        refused.append(name)
json.dump([refused, sorted(set(sys.modules) - before)], open("told.json", "w"))
"""


def refusal(name: str) -> str:
    with pytest.raises(FacebenchError) as caught:
        load_head(name)
    return str(caught.value)


def test_a_path_gives_the_class_itself_with_its_parameters(faces: Any) -> None:
    head = load_head("sklearn.ensemble.RandomForestClassifier(n_estimators=30, class_weight='balanced')", seed=7)
    assert type(head) is RandomForestClassifier
    expected = RandomForestClassifier(n_estimators=30, class_weight="balanced", random_state=7).fit(faces.X, faces.y)
    np.testing.assert_array_equal(
        score(head.fit(faces.X, faces.y), faces.unseen), expected.predict_proba(faces.unseen)[:, 1]
    )


def test_a_classifier_with_a_margin_is_a_head_too(faces: Any) -> None:
    head = load_head("sklearn.svm.LinearSVC(C=0.1)", seed=1).fit(faces.X, faces.y)
    expected = LinearSVC(C=0.1, random_state=1).fit(faces.X, faces.y).decision_function(faces.unseen)
    np.testing.assert_array_equal(score(head, faces.unseen), expected)


@pytest.mark.parametrize(
    ("call", "seed", "expected"),
    [
        ("sklearn.tree.DecisionTreeClassifier", 5, 5),
        ("sklearn.tree.DecisionTreeClassifier", 2**64 - 1, 2**32 - 1),
        ("sklearn.tree.DecisionTreeClassifier(random_state=9)", 5, 9),
        ("sklearn.tree.DecisionTreeClassifier(random_state=None)", 5, None),
    ],
)
def test_the_seed_is_the_random_state_where_none_is_given(call: str, seed: int, expected: int | None) -> None:
    assert load_head(call, seed).random_state == expected


def test_a_class_without_random_state_gets_none_and_class_weights_are_left_alone() -> None:
    assert load_head("sklearn.naive_bayes.GaussianNB", seed=5).get_params() == GaussianNB().get_params()
    assert load_head("sklearn.svm.SVC").class_weight is None


@pytest.mark.filterwarnings("ignore::FutureWarning")  # scikit-learn's own, of classes on their way out
def test_every_classifier_of_scikit_learn_is_a_head_or_needs_others() -> None:
    refused = set()
    for name, classifier in all_estimators(type_filter="classifier"):
        path = ".".join([*classifier.__module__.split(".")[:2], name])
        try:
            assert type(load_head(path)) is classifier
        except FacebenchError as error:
            assert "works around other classifiers" in str(error)
            refused.add(name)
    assert refused == {
        *("ClassifierChain", "FixedThresholdClassifier", "MultiOutputClassifier", "OneVsOneClassifier"),
        *("OneVsRestClassifier", "OutputCodeClassifier", "SelfTrainingClassifier", "StackingClassifier"),
        *("TunedThresholdClassifierCV", "VotingClassifier"),
    }


def test_the_registry_knows_a_path_like_a_name() -> None:
    path = "sklearn.naive_bayes.GaussianNB"
    assert path in heads
    assert path not in heads.names()
    entry = heads.entry(path)
    assert (entry.name, entry.origin, entry.factory) == (path, f"scikit-learn {sklearn.__version__}", GaussianNB)
    assert heads.parameters(f"{path}(var_smoothing=0.1)") == {"priors": None, "var_smoothing": 0.1}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sklearn.svm.SVR", "sklearn.svm has no classifier 'SVR'. Did you mean 'SVC'?"),
        ("sklearn.svm.X", "sklearn.svm has no classifier 'X'. There is: LinearSVC, NuSVC, SVC."),
        ("sklearn.ensamble.X", "sklearn has no public module 'ensamble'. Did you mean 'ensemble'?"),
        ("sklearn.svm.SVC(kernal='rbf')", "takes no parameter 'kernal'. Did you mean 'kernel'?"),
        ("sklearn.multiclass.OneVsRestClassifier", "stands alone, such as sklearn.naive_bayes.GaussianNB."),
        ("sklearn.semi_supervised.SelfTrainingClassifier", "stands alone, such as sklearn.naive_bayes.GaussianNB."),
        ("numpy.linalg.LinAlgError", "No head is named 'numpy.linalg.LinAlgError'. There is: "),
    ],
)
def test_a_wrong_path_is_told_what_is_near(name: str, message: str) -> None:
    assert message in refusal(name)


def test_a_refused_value_is_refused_in_fit(faces: Any) -> None:
    with pytest.raises(ValueError, match="'C' parameter of SVC must be a float"):
        load_head("sklearn.svm.SVC(C=-1)").fit(faces.X, faces.y)


def test_paths_are_for_heads_alone() -> None:
    with pytest.raises(FacebenchError, match=r"No extractor is named 'sklearn\.svm\.SVC'"):
        extractors.create("sklearn.svm.SVC")


def test_nothing_but_scikit_learn_is_ever_imported_from_a_name(tmp_path: Path) -> None:
    for package in ("trap", "sklearnx", "xsklearn", "Sklearn"):
        (tmp_path / "traps" / package).mkdir(parents=True)
        for module in ("__init__", "module", "y", "svm"):
            trap = "from pathlib import Path; Path('touched').touch()\nclass SVC: pass\nTrap = Z = SVC\n"
            (tmp_path / "traps" / package / f"{module}.py").write_text(trap)
    (tmp_path / "names.json").write_text(json.dumps(DAMAGING))
    subprocess.run([sys.executable, "-c", IMPORTING], cwd=tmp_path, check=True)
    refused, imported = json.loads((tmp_path / "told.json").read_text())
    assert refused == DAMAGING
    assert [name for name in imported if name.split(".")[0] != "sklearn"] == []
    assert not (tmp_path / "touched").exists()
