"""What old code does with ``paddle.fluid``, as small scripts.

`evaluate` runs one and writes down what comes out. It did so once on Paddle 1.8.5 (see
``tools/record_fluid.py``; hence this file keeps to Python 3.7), and the test does it again on the shim.
Most scripts stand in ``scripts/``, one file for each subject; those that only vary one thing are made here.

A script finds ``fluid``, ``layers`` and ``np``; ``data(name, values, shape, dtype)`` declares an input and
feeds it; what it leaves in ``fetch`` is computed and compared, what it leaves in ``plain`` is compared.
"""

import contextlib
import io
import itertools
import re
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def evaluate(source, fluid):
    """Run one script and describe what it fetched, or the error it ended with."""
    feed, stage = {}, "build"

    def data(name, values, shape=None, dtype="float32", needs_gradient=False):
        feed[name] = np.array(values, dtype)
        variable = fluid.data(name, list(feed[name].shape) if shape is None else shape, dtype)
        variable.stop_gradient = not needs_gradient
        return variable

    names = {"fluid": fluid, "layers": fluid.layers, "np": np, "data": data, "feed": feed, "fetch": []}
    try:
        with quiet(), fluid.program_guard(fluid.Program(), fluid.Program()):
            exec(source, names)
            stage = "run"
            fetch = names["fetch"]
            program = names.get("program", fluid.default_main_program())
            arrays = fluid.Executor(fluid.CPUPlace()).run(program, feed, fetch) if fetch else []
            declared = [program.global_block().var(f) if isinstance(f, str) else f for f in fetch]
    except Exception as error:
        return {"error": type(error).__name__, "stage": stage}
    return {
        "results": [describe(array) for array in arrays],
        "declared": [list(variable.shape) for variable in declared],
        "plain": names.get("plain"),
    }


def describe(array):
    if array is None:  # 1.8.5 has nothing for what a block without rows would compute
        return None
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": array.ravel().tolist()}


@contextlib.contextmanager
def quiet():
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def all_cases():
    """The scripts by name."""
    cases = {}
    for make in (
        written,
        operators,
        alignment,
        mixed_dtypes,
        scalars,
        layers,
        reductions,
        indexing,
        gradients,
    ):
        for name, source in make():
            assert name not in cases, name
            cases[name] = source
    return cases


def written():
    """Files of ``=== name`` and the script below it."""
    for path in sorted(FOLDER.glob("scripts/*.txt")):
        parts = re.split(r"^=== (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        for name, source in zip(parts[::2], parts[1::2]):
            yield "{}: {}".format(path.stem.replace("_", " "), name), source


FLOATS = "[-3, -1.5, -1, -0.5, -0.0, 0, 1e-6, 0.3, 0.5, 1, 1.5, 2, 10, 88, np.inf, -np.inf, np.nan]"
SYMBOLS = ["+", "-", "*", "/", "**", "%", "//", "==", "!=", "<", "<=", ">", ">="]
COMPARISONS = ["greater_than", "greater_equal", "less_than", "less_equal", "equal", "not_equal"]
ELEMENTWISE = [
    "elementwise_" + name for name in ["add", "sub", "mul", "div", "min", "max", "pow", "mod", "floordiv"]
]
UNARY = ["abs", "exp", "log", "sqrt", "square", "sigmoid", "ones_like", "zeros_like"]

COLUMNS = """
a = data("a", [[1.5], [-2], [3], [0.25], [7]], {shape}, {dtype!r})
b = data("b", [[2], [-2], [0.5], [0.25], [-2]], {shape}, {dtype!r})
fetch = [a {symbol} b]
"""
INTEGERS = """
a = data("a", [7, -7, 7, -7, 0, 2, 6, 3, 5], None, {dtype!r})
b = data("b", [2, 2, -2, -2, 5, 3, 3, 3, 7], None, {dtype!r})
fetch = [{what}]
"""
TIES = """
x = data("x", [1, 2, 3, np.nan, 1, np.inf, -np.inf, 0.0, -0.0, 2])
y = data("y", [2, 2, 1, 1, np.nan, np.inf, 1, -0.0, 0.0, -3])
fetch = [layers.{name}(x, y)]
"""


def operators():
    for symbol, dtype, shape in itertools.product(SYMBOLS, ["float32", "float64"], ["[-1, 1]", "[5, 1]"]):
        source = COLUMNS.format(symbol=symbol, dtype=dtype, shape=shape)
        yield f"two variables: a {symbol} b {dtype} {shape}", source
    for symbol, dtype in itertools.product(SYMBOLS, ["int32", "int64"]):
        what = f"a {symbol} b"
        yield f"two variables: {what} {dtype}", INTEGERS.format(dtype=dtype, what=what)
    for name in ELEMENTWISE + COMPARISONS:
        yield f"two arguments: {name}", TIES.format(name=name)
        what = f"layers.{name}(a, b)"
        yield f"two arguments int64: {name}", INTEGERS.format(dtype="int64", what=what)


MATRIX = "[[1, 2, 3], [4, 5, 6]]"
COLUMN = "[[1], [2], [3]]"
CUBE = "np.arange(12).reshape(2, 3, 2)"
PAIRS = {  # values and declared shapes of both sides
    "[3,1], [3]": (COLUMN, "[3, 1]", "[10, 20, 30]", "[3]"),
    "[-1,1], [-1]": (COLUMN, "[-1, 1]", "[10, 20, 30]", "[-1]"),
    "[3,1], [-1]": (COLUMN, "[3, 1]", "[10, 20, 30]", "[-1]"),
    "[-1,1], [3]": (COLUMN, "[-1, 1]", "[10, 20, 30]", "[3]"),
    "[3], [3,1]": ("[10, 20, 30]", "[3]", COLUMN, "[3, 1]"),
    "[-1], [-1,1]": ("[10, 20, 30]", "[-1]", COLUMN, "[-1, 1]"),
    "[2,3], [3]": (MATRIX, "[2, 3]", "[10, 20, 30]", "[3]"),
    "[-1,3], [3]": (MATRIX, "[-1, 3]", "[10, 20, 30]", "[3]"),
    "[2,3], [2,1]": (MATRIX, "[2, 3]", "[[10], [20]]", "[2, 1]"),
    "[-1,3], [-1,1]": (MATRIX, "[-1, 3]", "[[10], [20]]", "[-1, 1]"),
    "[2,3], [2]": (MATRIX, "[2, 3]", "[10, 20]", "[2]"),
    "[-1,3], [-1]": (MATRIX, "[-1, 3]", "[10, 20]", "[-1]"),
    "[2,3], [1]": (MATRIX, "[2, 3]", "[10]", "[1]"),
    "[-1,3], [1]": (MATRIX, "[-1, 3]", "[10]", "[1]"),
    "[1], [2,3]": ("[10]", "[1]", MATRIX, "[2, 3]"),
    "[2,1], [1,3]": ("[[1], [2]]", "[2, 1]", "[[10, 20, 30]]", "[1, 3]"),
    "[-1,1], [1,3]": ("[[1], [2]]", "[-1, 1]", "[[10, 20, 30]]", "[1, 3]"),
    "[-1,-1], [-1,3]": ("[[1], [2]]", "[-1, -1]", "[[10, 20, 30], [1, 2, 3]]", "[-1, 3]"),
    "[2,3], [2,3]": (MATRIX, "[2, 3]", "[[1, 2, 3], [4, 5, 7]]", "[2, 3]"),
    "[2,3,2], [3]": (CUBE, "[2, 3, 2]", "[10, 20, 30]", "[3]"),
    "[-1,3,2], [-1,3]": (CUBE, "[-1, 3, 2]", MATRIX, "[-1, 3]"),
}


def alignment():
    for name, (left, left_shape, right, right_shape) in PAIRS.items():
        script = f'a = data("a", {left}, {left_shape})\nb = data("b", {right}, {right_shape})\n'
        for what in ["a - b", "a < b"]:
            yield f"alignment: {what}, {name}", script + f"fetch = [{what}]"
        for axis in ["", ", axis=0", ", axis=1"]:
            what = f"layers.elementwise_sub(a, b{axis})"
            yield f"alignment: elementwise_sub {name}{axis}", script + f"fetch = [{what}]"


def mixed_dtypes():
    dtypes = ["float32", "float64", "int32", "int64", "bool"]
    for left, right in itertools.product(dtypes, dtypes):
        script = f'a = data("a", [1.5, -2.5, 0], None, {left!r})\n'
        script += f'b = data("b", [2.5, 1.5, 1], None, {right!r})\n'
        for what in [
            "a + b",
            "a / b",
            "a > b",
            "a == b",
            "layers.elementwise_mul(a, b)",
            "layers.less_than(a, b)",
        ]:
            yield f"mixed dtypes: {what} of {left}, {right}", script + f"fetch = [{what}]"


SCALARS = [
    "2",
    "3",
    "0.1",
    "-1",
    "2.0",
    "0.5",
    "1e-5",
    "np.e",
    "True",
    "np.float32(0.1)",
    "np.float64(0.1)",
    "np.int64(3)",
]
EXPRESSIONS = (
    ["a ** 2", "a ** 0.5", "2 ** a", "0.5 ** a", "a % 2", "a % -2", "a // 2", "a // -2", "2 % a", "2 // a"]
    + ["a > 1", "a >= 2", "a < 1", "a <= 2", "a == 2", "a != 2", "1 < a", "2 == a", "a > 0.1", "a == 0.1"]
    + [f"a {symbol} {scalar}" for symbol, scalar in itertools.product("+-*/", SCALARS)]
    + [f"{scalar} {symbol} a" for symbol, scalar in itertools.product("+-*/", SCALARS)]
)


def scalars():
    for dtype, shape, what in itertools.product(
        ["float32", "float64", "int64"], ["[5]", "[-1]"], EXPRESSIONS
    ):
        values = "[7, -7, 0, 2, 1]" if dtype == "int64" else "[7.3, -7.7, 0.1, 2, 1e-3]"
        script = f'a = data("a", {values}, {shape}, {dtype!r})\nfetch = [{what}]'
        yield f"scalars: {what} {dtype} {shape}", script


def layers():
    for name in UNARY:
        for dtype in ["float32", "float64"]:
            script = f'x = data("x", {FLOATS}, None, {dtype!r})\nfetch = [layers.{name}(x)]'
            yield f"one argument: {name} {dtype}", script
        script = f'x = data("x", [-3, 0, 4], None, "int64")\nfetch = [layers.{name}(x)]'
        yield f"one argument: {name} int64", script
        script = f'x = data("x", [[1], [4]], [-1, 1])\nfetch = [layers.{name}(x)]'
        yield f"one argument: {name} of a column", script
    for name in [*UNARY, "mean", "reduce_sum", "reduce_mean", "softmax"]:
        yield f"one argument: {name} of a number", f"layers.{name}(1.0)"
        yield f"one argument: {name} of an array", f"layers.{name}(np.ones([2], 'float32'))"
    inputs = {"float32": "[-1.75, -0.25, 0, 0.875, 3]", "int64": "[-3, 0, 1, 2, 7]", "bool": "[1, 0, 1]"}
    for source, values in inputs.items():
        for dtype in ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]:
            script = f'x = data("x", {values}, None, {source!r})\n'
            script += f"fetch = [layers.cast(x, {dtype!r}), x.astype({dtype!r})]"
            yield f"cast: {source} to {dtype}", script


def reductions():
    block = 'x = data("x", np.arange(24).reshape(2, 3, 4) / 7.0, {})\n'
    dims = ["", ", dim=0", ", dim=-1", ", dim=[0, 2]", ", dim=[-1, 0]", ", dim=(1,)", ", keep_dim=True"]
    dims += [", dim=[1], keep_dim=True", ", dim=1.0", ", dim=3", ", dim=[]"]
    vectors = {
        "vector": 'x = data("x", [1, 2, 4])\n',
        "int64": 'x = data("x", [1, 2, 4], None, "int64")\n',
        "int32": 'x = data("x", [[1, 2], [4, 7]], None, "int32")\n',
        "float64": 'x = data("x", [0.1, 0.2, 0.4], None, "float64")\n',
        "bool": 'x = data("x", [1, 0], None, "bool")\n',
        "nan": 'x = data("x", [1, np.nan])\n',
        "inf": 'x = data("x", [1, np.inf])\n',
    }
    for name in ["reduce_sum", "reduce_mean"]:
        for shape, dim in itertools.product(["[2, 3, 4]", "[-1, 3, 4]", "[-1, -1, 4]"], dims):
            yield f"reductions: {name} {shape}{dim}", block.format(shape) + f"fetch = [layers.{name}(x{dim})]"
        for (kind, script), dim in itertools.product(
            vectors.items(), ["", ", dim=0", ", dim=0, keep_dim=True"]
        ):
            yield f"reductions: {name} {kind}{dim}", script + f"fetch = [layers.{name}(x{dim})]"


def indexing():
    items = ["0", "-1", "0, 1", "0, 1, 2", ":, 1", ":, 0:1", "..., 0", "1:", ":, :2", ":, 1:3, -1", "::2"]
    items += [":, ::-1", ":, -2:", ":, 5:", "0:1", "-1, -1, -1", ":, :", "0:2:1", ":, 0:3:2"]
    for item, shape in itertools.product(items, ["[2, 3, 4]", "[-1, 3, 4]"]):
        script = f'x = data("x", np.arange(24).reshape(2, 3, 4), {shape})\nfetch = [x[{item}]]'
        yield f"indexing: x[{item}] {shape}", script


GRADIENT = """
x = data("x", {x}, needs_gradient=True)
y = data("y", {y}, needs_gradient=True)
fetch = list(fluid.gradients({what}, [x, y]))
"""


def gradients():
    pairs = ["x + y", "x - y", "x * y", "x / y"]
    pairs += [f"layers.elementwise_{name}(x, y)" for name in ("pow", "min", "max")]
    for what in pairs:
        script = GRADIENT.format(x="[1, 2, 3, 0.5]", y="[2, 2, 1, -1]", what=what)
        yield f"gradients: {what}", script
        yield f"gradients: {what}, broadcast", GRADIENT.format(x=MATRIX, y="[2, 2, 1]", what=what)
    single = "abs(x)|clip(x, -1, 1)|square(x)|sqrt(x + 4)|exp(x)|log(x + 4)|pow(x + 4, 1.5)|sigmoid(x)"
    single += "|reduce_mean(x)|reduce_sum(x)|mean(x)|softmax(x)|ones_like(x)|zeros_like(x)|scale(x, 3.0, 1.0)"
    single += "|cast(x, 'float64')|reduce_sum(x, dim=0)|elementwise_sub(x, x * x, act='relu')|relu(x)|tanh(x)"
    for what in single.split("|"):
        script = 'x = data("x", [-2, -1, 0, 1, 1.5], needs_gradient=True)\n'
        yield f"gradients: {what}", script + f"fetch = fluid.gradients(layers.{what} * 2, x)"
