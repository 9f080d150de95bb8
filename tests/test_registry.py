"""Names of extractors and heads: call strings, suggestions, and plug-ins that misbehave."""

import itertools
import shutil
import sys
from importlib.metadata import entry_points

import pytest
from facebench.errors import FacebenchError
from facebench.registry import Registry, parse_call, suggestion, with_path
from hypothesis import example, given, settings
from hypothesis import strategies as st

GROUP = "facebench_tests.shapes"
SHAPES = Registry("shape", GROUP)
GOOD = """
class Circle:
    def __init__(self, radius=1, colour="red", *, seed=0):
        if radius < 0:
            raise ValueError("radius is negative")
        self.values = (radius, colour, seed)

def point():
    return "a point"

def line(length):
    return length

constant = 7
"""
fresh = itertools.count()


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a throw-away distribution: one module and its entry points."""

    def install(code, points, *, group=GROUP, name="shape-plugin", metadata=True, last=False):
        module = f"facebench_test_plugin_{next(fresh)}"  # a new name each time: imports are kept
        site = tmp_path / module
        information = site / f"{name.replace('-', '_')}-1.2.dist-info"
        information.mkdir(parents=True)
        (site / f"{module}.py").write_text(code)
        lines = [f"{key} = {value.format(module=module)}" for key, value in points.items()]
        (information / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]))
        if metadata:
            (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        monkeypatch.syspath_prepend(site)
        if last:
            monkeypatch.setattr(sys, "path", [*sys.path[1:], str(site)])
        return module

    yield install
    for module in [name for name in sys.modules if name.startswith("facebench_test_plugin_")]:
        del sys.modules[module]


@pytest.fixture
def shapes(install):
    install(GOOD, {"circle": "{module}:Circle", "point": "{module}:point", "line": "{module}:line"})
    return SHAPES


def refusal(function, *arguments):
    with pytest.raises(FacebenchError) as caught:
        function(*arguments)
    return str(caught.value)


# Making components


def test_names_are_sorted(shapes):
    assert shapes.names() == ["circle", "line", "point"]


def test_an_entry_tells_where_it_comes_from(shapes):
    entry = shapes.entry("circle")
    assert (entry.name, entry.origin, entry.reason) == ("circle", "shape-plugin 1.2", "")
    assert entry.factory.__name__ == "Circle"


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("circle", (1, "red", 0)),
        ("circle()", (1, "red", 0)),
        (" circle( radius = 2.5 ) ", (2.5, "red", 0)),
        ("circle(colour='blue', seed=3)", (1, "blue", 3)),
    ],
)
def test_a_call_string_passes_its_parameters(shapes, call, values):
    assert shapes.create(call).values == values


def test_defaults_are_passed_where_they_are_taken_and_yield_to_the_call(shapes):
    assert shapes.create("circle(radius=5)", radius=2, seed=9, unheard_of=1).values == (5, "red", 9)
    assert shapes.create("point", seed=9) == "a point"


def test_an_unknown_name_suggests_the_nearest(shapes):
    assert refusal(shapes.create, "circel(radius=1)") == "No shape is named 'circel'. Did you mean 'circle'?"


def test_an_unknown_name_far_from_all_lists_them(shapes):
    assert refusal(shapes.entry, "quaternion") == "No shape is named 'quaternion'. There is: circle, line, point."


def test_a_dotted_name_is_a_name_like_any_other(shapes, install):
    message = refusal(shapes.create, "os.system(command='x')")
    assert message == "No shape is named 'os.system'. There is: circle, line, point."
    install(GOOD, {"round.circle": "{module}:Circle"}, name="dotted-plugin")
    assert shapes.create("round.circle(radius=3)").values == (3, "red", 0)


def test_a_registry_contains_its_names(shapes):
    assert "circle" in shapes
    assert "sklearn.svm.SVC" not in shapes


def test_an_unknown_parameter_suggests_the_nearest(shapes):
    message = refusal(shapes.create, "circle(raduis=1)")
    assert message == "The shape 'circle' takes no parameter 'raduis'. Did you mean 'radius'?"


def test_an_unknown_parameter_of_what_takes_none_says_so(shapes):
    assert refusal(shapes.create, "point(x=1)") == "The shape 'point' takes no parameter 'x'. There is: none."


@pytest.mark.parametrize(
    ("call", "reason"),
    [("circle(radius=-1)", "radius is negative"), ("circle(radius='x')", "not supported"), ("line", "length")],
    ids=["value", "type", "missing"],
)
def test_a_refused_value_is_told_with_the_call(shapes, call, reason):
    message = refusal(shapes.create, call)
    assert message.startswith(f"The shape '{call}' cannot be made: ")
    assert reason in message


def test_a_long_list_of_names_is_cut():
    shown = suggestion("zzz", [f"n{number:02}" for number in range(30)])
    assert "n19, ..." in shown
    assert "n20" not in shown


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("acc", ["accuracy"]),
        ("AUC", ["auc"]),
        ("tar", ["tar10", "tar1", "tar0.1"]),
        ("tar1", ["tar1"]),
        ("Acuracy", ["accuracy"]),
        ("c", ["C"]),
    ],
)
def test_a_beginning_and_another_case_suggest_what_is_meant(name, near):
    known = ["auc", "accuracy", "tar10", "tar1", "tar0.1", "C", "class_weight"]
    assert suggestion(name, known) == f"Did you mean {' or '.join(map(repr, near))}?"


def test_a_beginning_of_many_names_suggests_none_of_them():
    assert suggestion("n", [f"number-{number}" for number in range(4)]).startswith("There is: number-0")
    assert suggestion("", ["one"]) == "There is: one."


# Plug-ins that misbehave


@pytest.mark.parametrize(
    ("code", "target", "reason"),
    [
        ("import no_such_module_at_all", "{module}:Square", "ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)", "{module}:Square", "SystemExit: 3"),
        ("1 / 0", "{module}:Square", "ZeroDivisionError: division by zero"),
        ("def", "{module}:Square", "SyntaxError: "),
        ("", "{module}:Square", "AttributeError: "),
        ("", "no_such_module_at_all:Square", "ModuleNotFoundError: "),
        ("Square = 7", "{module}:Square", "cannot be called"),
        ("", "{module}", "cannot be called"),
        ("", "not an object reference", "Error: "),
    ],
    ids=["import", "exit", "exception", "syntax", "attribute", "module", "number", "whole module", "malformed"],
)
def test_a_plugin_that_fails_to_load_is_listed_with_its_reason_and_harms_nothing(shapes, install, code, target, reason):
    install(code, {"square": target}, name="bad-plugin")
    square = shapes.entries()[-1]
    assert (square.name, square.origin, square.factory) == ("square", "bad-plugin 1.2", None)
    assert reason in square.reason
    assert all(entry.factory for entry in shapes.entries()[:-1])
    assert shapes.create("circle").values == (1, "red", 0)
    message = refusal(shapes.create, "square")
    assert message.startswith("The shape 'square' of bad-plugin 1.2 cannot be loaded: ")
    assert message.endswith("Update or uninstall that package.")


def test_an_interrupt_while_a_plugin_loads_is_not_swallowed(install):
    install("raise KeyboardInterrupt", {"square": "{module}:Square"})
    with pytest.raises(KeyboardInterrupt):
        SHAPES.entries()


def test_the_remains_of_an_uninstalled_plugin_harm_nothing(shapes, install):
    install("", {"ghost": "no_such_module_at_all:Ghost"}, name="ghost-plugin", metadata=False)
    assert shapes.names() == ["circle", "ghost", "line", "point"]
    assert [(entry.name, entry.origin) for entry in shapes.entries() if not entry.factory] == [("ghost", "unknown")]
    assert shapes.create("point") == "a point"


def test_a_plugin_that_comes_or_goes_meanwhile_is_noticed(install, tmp_path):
    module = install(GOOD, {"circle": "{module}:Circle"})
    assert SHAPES.names() == ["circle"]
    later = tmp_path / module / "later-1.0.dist-info"
    later.mkdir()
    (later / "METADATA").write_text("Metadata-Version: 2.1\nName: later\nVersion: 1.0\n")
    (later / "entry_points.txt").write_text(f"[{GROUP}]\npoint = {module}:point")
    assert SHAPES.names() == ["circle", "point"]
    assert SHAPES.entry("point").origin == "later 1.0"
    shutil.rmtree(later)
    assert SHAPES.names() == ["circle"]


@pytest.mark.parametrize("last", [False, True], ids=["found first", "found last"])
@pytest.mark.parametrize("name", ["shape-plugin", "facebench-shapes"])
@pytest.mark.parametrize(
    ("group", "taken"),
    [("facebench.extractors", "mobilenet"), ("facebench.heads", "logreg")],
    ids=["extractor", "head"],
)
def test_a_plugin_cannot_take_the_name_of_a_built_in(install, monkeypatch, group, taken, name, last):
    # What would be loaded is told instead of loaded: built-ins import heavy libraries.
    # The class is that of the backport importlib_metadata where a library has imported that.
    kind = type(next(iter(entry_points(group=group))))
    monkeypatch.setattr(kind, "load", lambda point: lambda: point.value)
    registry = Registry("component", group)
    before = registry.names()
    install(GOOD, {taken: "{module}:point", "circle": "{module}:Circle"}, group=group, name=name, last=last)
    assert registry.names() == sorted([*before, "circle"])
    assert registry.create(taken).startswith("facebench.")
    assert registry.entry(taken).origin.startswith("facebench ")
    assert registry.entry("circle").origin == f"{name} 1.2"


# Call strings


@pytest.mark.parametrize(
    ("call", "parsed"),
    [
        ("svm", ("svm", {})),
        ("  svm ", ("svm", {})),
        ("svm()", ("svm", {})),
        ("svm(C=10, kernel='rbf')", ("svm", {"C": 10, "kernel": "rbf"})),
        ("mlp(hidden=(64, 128), batch_norm=True,)", ("mlp", {"hidden": (64, 128), "batch_norm": True})),
        ("svm(C=-1e-3, gamma=None)", ("svm", {"C": -0.001, "gamma": None})),
        ("sklearn.svm.SVC", ("sklearn.svm.SVC", {})),
        (" a . b(C=1)", ("a.b", {"C": 1})),
        (".".join("a" * 500), (".".join("a" * 500), {})),
        ("onnx('~/net.onnx')", ("onnx", {"path": "~/net.onnx"})),
        ('onnx( "it\'s.onnx" , side=112)', ("onnx", {"path": "it's.onnx", "side": 112})),
        (r"onnx('C:\models\new\users\x.onnx')", ("onnx", {"path": r"C:\models\new\users\x.onnx"})),
        (r'onnx(side=1, path = "\\nas\x41.onnx")', ("onnx", {"side": 1, "path": r"\\nas\x41.onnx"})),
        (r"onnx('C:\', side=1)", ("onnx", {"path": "C:\\", "side": 1})),
        ("fusion('a', 'b(c=1)', by='scores')", ("fusion", {"parts": ("a", "b(c=1)"), "by": "scores"})),
        (r"svm(kernel='a\tb')", ("svm", {"kernel": "a\tb"})),
    ],
)
def test_a_name_or_a_call_with_literals_is_parsed(call, parsed):
    assert parse_call(call) == parsed


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), min_size=1))
def test_a_path_is_written_as_it_is_read(path):
    if "'" in path and '"' in path:
        assert "cannot be written in a call: rename it" in refusal(with_path, "onnx('a')", path)
        return
    call = with_path("onnx(path='a', order='rgb', mean=(1, 2.5))", path)
    assert parse_call(call) == ("onnx", {"path": path, "order": "rgb", "mean": (1, 2.5)})


@pytest.mark.parametrize(
    "call",
    [
        *("", " ", "svm(", "svm)", "svm(10)", "svm(*[1])", "svm(**{'C': 1})", "svm(C=1, **{})", "svm(C=1)(C=2)"),
        *("svm(C=1, C=2)", "svm(C=x)", "svm(C=1+1)", "svm(C=[]*9)", "1", "'svm'", "True", "None"),
        *("svm; svm", "svm\nsvm", "lambda: 0", "x := 1", "svm(C={[]: 1})", "svm(C={[1]})", "svm(C=f'{1}')"),
        *("svm(C=open('x'))", "a\0b", "\udc80", "-" * 100_000 + "1", "svm(C=" + "(" * 500 + ")" * 500 + ")"),
        *("a.", ".a", "a..b", "a.1", "a.b.", "a().b", "a().b()", "a[0].b", "'a'.b", "(a, b).c", "1.a", "a.b(1)"),
        *("a.b(C=a.b)", "svm(C=" + "9" * 5000 + ")"),
        *(
            "a('b', c)",
            "a('b', 'c', parts=())",
            "a('b', path='c')",
            "a(b'c')",
            "a(f'c')",
            "a(('b',))",
            "a(*'b')",
            "a('b' 1)",
            "a('b'.c)",
        ),
    ],
    ids=lambda call: repr(call[:20]),
)
def test_anything_else_is_refused(call):
    assert refusal(parse_call, call) == f"'{call}' is not a name or a call such as svm(C=10)."


def test_nothing_is_evaluated(tmp_path):
    marker = tmp_path / "evaluated"
    refusal(parse_call, f"svm(C=__import__('pathlib').Path({str(marker)!r}).touch())")
    refusal(parse_call, f"[__import__('pathlib').Path({str(marker)!r}).touch()]")
    assert not marker.exists()


PIECES = st.lists(
    st.sampled_from(
        [*"()[]{}=:,.*+-~'\"\\#;\n 019axCf", "svm", "a.b", "**", "1e9", "True", "lambda", "not ", "b'", "0x", "{[]:1}"]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(st.characters()), PIECES, PIECES.map("svm(C={})".format)))
@example("svm(C={{}})")
def test_no_text_raises_anything_but_the_one_error(text):
    try:
        name, parameters = parse_call(text)
    except FacebenchError:
        return
    assert all(part.isidentifier() for part in name.split("."))
    assert all(key.isidentifier() for key in parameters)


SCALARS = st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.text(), st.binary())
LITERALS = st.recursive(
    SCALARS.filter(lambda value: value not in (float("inf"), -float("inf"))),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["C", "hidden", "kernel", "größe"]), LITERALS))
def test_literals_come_back_as_they_were_written(parameters):
    call = f"svm({', '.join(f'{key}={value!r}' for key, value in parameters.items())})"
    assert parse_call(call) == ("svm", parameters)
