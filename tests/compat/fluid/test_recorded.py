"""The shim beside what Paddle 1.8.5 did: the same scripts, the same results and the same refusals."""

from __future__ import annotations

import json

import fluid_cases as cases
import numpy as np
import pytest

import paddle_losses.compat.fluid as fluid

RECORDED = json.loads((cases.FOLDER / "recorded.json").read_text())
CASES = cases.all_cases()

SECOND = {  # functions of which 1.8.5 has no second derivative
    "of 1/x": lambda x, w: 1 / x,
    "of w/x": lambda x, w: w / x,
    "of a broadcast quotient": lambda x, w: 3 / x,
    "of **": lambda x, w: x**3,
    "of pow": lambda x, w: x**3,
    "of 2**x": lambda x, w: 2**x,
    "of elementwise_pow": lambda x, w: w**x,
    "of exp": lambda x, w: np.exp(x),
    "of log": lambda x, w: np.log(x),
    "of sigmoid": lambda x, w: 1 / (1 + np.exp(-x)),
    "of tanh": lambda x, w: np.tanh(x),
    "of abs": lambda x, w: abs(x) * x,
    "of clip": lambda x, w: np.clip(x, 0, 9) * x,
    "of max": lambda x, w: np.maximum(x, w) * x,
}

# What differs on purpose. Each name stands with what the shim does instead: the kind of error, or "works".
DEVIATIONS = {
    # 1.8.5 reads past the end, drops rows or reinterprets bytes without a word
    "IfElse: condition with fewer rows": "StepError",
    "IfElse: different widths": "StepError",
    "IfElse: different dtypes": "ValueError",
    "IfElse: a lone true block without rows": "works",
    "alignment: a < b, [3,1], [3]": "ValueError",
    "alignment: a < b, [-1,1], [3]": "ValueError",
    "alignment: a < b, [2,1], [1,3]": "ValueError",
    "alignment: a < b, [-1,1], [1,3]": "ValueError",
    "alignment: a < b, [-1,-1], [-1,3]": "StepError",
    # it fails only later, or not at all, where something is clearly wrong
    "IfElse: condition not bool": "TypeError",
    "scalars: a string": "TypeError",
    "scalars: an op of a variable of another program": "ValueError",
    "data: layers.data fed another dtype": "ValueError",
    "data: layers.data fed another shape": "ValueError",
    # it cannot do what anyone would expect
    "gradients: through a lone true block": "works",
    "data: empty": "works",
    "empty: gradients of an empty batch": "works",
    "empty: gradients of an empty batch through IfElse": "works",
    "empty: many layers on an empty batch": "works",
    **{name: "works" for name in CASES if name.startswith("reductions") and "dim=(1,)" in name},
    "indexing: x[::2] [2, 3, 4]": "works",
    "indexing: x[::2] [-1, 3, 4]": "works",
    **{
        name: "works"
        for name in CASES
        if name.endswith("float64 [-1]") and (" / a " in name or "** a" in name)
    },
    "scalars: 2 ** a int64 [-1]": "works",
    "scalars: 0.5 ** a int64 [-1]": "works",
    **{f"second derivatives: {name}": "works" for name in SECOND},
    "second derivatives: of softmax": "works",
    "second derivatives: penalty: ifelse gp": "works",
    "second derivatives: third, of a power": "works",
    # its numbers are wrong
    "second derivatives: penalty: x**2 gp": "works",
    "second derivatives: third, of a root": "works",
    "gradients of what: the target by itself": "works",
    "gradients of what: the target by itself, weighted": "works",
    "gradients of what: a target made of the other": "works",  # it loses the other's own share
    "gradients of what: a target made of the other, by the other": "works",
    "numbers: a million times 0.1": "works",  # float32 additions drift
    "numbers: a hundred thousand numbers": "works",
    # it exchanges the sides if the left one is shorter
    "numbers: remainder of a shorter left side": "works",
    "numbers: remainder of a shorter left side, integers": "works",
    "numbers: floordiv of a shorter left side": "works",
    "numbers: power, quotient, difference of a shorter left side": "works",
    "gradients: a penalty on the gradient of a product": "works",  # no second derivative of sigmoid
    "one argument: log float32": "works",  # log(inf) is 88.7
    "one argument: sqrt float32": "works",  # sqrt(inf) is NaN
    "two arguments: act sigmoid": "works",  # sigmoid(NaN) is 0
    "two arguments: equal": "works",  # inf is not equal to inf
    "two arguments: not_equal": "works",
    "softmax: matrix": "works",  # a gap of 1000 gives exp(-64)
    "gradients: of the target itself": "works",  # that is 1, and not nothing
    "scalars: a % 2 float64 [5]": "works",  # 0.1 % 2 is 0.1 + 2 - 2
    "scalars: a % 2 float64 [-1]": "works",
    "gradients: softmax(x)": "works",  # 0 there, the rounding of a double here
    # the shim has less
    "clip and pow: pow of a variable": "StepError",
    "one argument: exp float64": "works",  # today's Paddle ends at 5.6e-309, if the tensor is long
    "gradients: of an integer": "TypeError",
    "data: stop_gradient of constants": "works",  # zeros_like has none either way
    "gradients of what: zeros_like source": "works",
    "second derivatives: of a power of two Variables": "StepError",
}
EVALUATED = {}


def outcome(name):
    if name not in EVALUATED:
        EVALUATED[name] = cases.evaluate(CASES[name], fluid)
    return EVALUATED[name]


def test_the_record_is_of_these_scripts():
    assert RECORDED["origin"].startswith("Paddle 1.8.5, ")
    assert set(RECORDED) - {"origin"} == set(CASES)
    assert set(CASES) >= set(DEVIATIONS)


@pytest.mark.parametrize("name", [name for name in CASES if name not in DEVIATIONS])
def test_like_1_8_5(name):
    ours, recorded = outcome(name), RECORDED[name]
    if "error" in recorded:
        assert "error" in ours, ours
        assert recorded["stage"] == "run" or ours["stage"] == "build", "refused later than in 1.8.5"
        return
    assert "error" not in ours, ours
    assert ours["declared"] == recorded["declared"]
    assert ours["plain"] == recorded["plain"]
    for result, expected in zip(ours["results"], recorded["results"]):
        if expected is None:  # of a block without rows 1.8.5 has nothing, here it is empty
            assert 0 in result["shape"]
            continue
        assert (result["dtype"], result["shape"]) == (expected["dtype"], expected["shape"])
        assert ulps(result, expected) <= allowed(name)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_deviation(name):
    ours, recorded = outcome(name), RECORDED[name]
    assert ours.get("error", "works") == DEVIATIONS[name]
    assert ours != recorded


# What 1.8.5 computes with kernels of its own, by what a script says, and by how many units in the last place
# it may differ; everything else is equal to the last bit.
KERNELS = {"tanh": 7, "/ 7": 2, "act=": 2, "gradients(": 2, "**": 2, " % ": 2, "mod(": 2}
KERNELS.update(dict.fromkeys(["exp(", "log(", "sqrt(", "sigmoid(", "softmax(", "pow(", "mean(", "sum("], 2))


def allowed(name):
    return max((ulp for text, ulp in KERNELS.items() if text in CASES[name]), default=0)


def ulps(result, expected):
    ours, theirs = (np.array(r["values"], "float64") for r in (result, expected))
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if not expected["dtype"].startswith("float"):
        return 0 if same.all() else np.inf
    with np.errstate(invalid="ignore"):
        distance = np.abs(ours - theirs) / np.spacing(np.abs(theirs).astype(expected["dtype"]))
    return np.where(same, 0, np.where(np.isnan(distance), np.inf, distance)).max(initial=0)


# ------------------------------------------------------------------------ where 1.8.5 has the wrong numbers


@pytest.mark.parametrize("name", ["log", "sqrt"])
def test_functions_of_infinity(name):
    values = outcome(f"one argument: {name} float32")["results"][0]["values"]
    finite = np.array([-3, -1.5, -1, -0.5, -0.0, 0, 1e-6, 0.3, 0.5, 1, 1.5, 2, 10, 88], "float32")
    with np.errstate(invalid="ignore", divide="ignore"):
        exact = getattr(np, name)(np.append(finite, [np.inf, -np.inf, np.nan]).astype("float64"))
    np.testing.assert_array_equal(np.array(values, "float32"), exact.astype("float32"))


def test_exp_in_float64():
    name = "one argument: exp float64"
    ours, theirs = outcome(name)["results"][0]["values"], RECORDED[name]["results"][0]["values"]
    np.testing.assert_allclose(ours, theirs, rtol=4e-16, atol=1e-308)


def test_remainders_are_exact():
    values = outcome("scalars: a % 2 float64 [5]")["results"][0]["values"]
    assert values == [v % 2 for v in (7.3, -7.7, 0.1, 2, 1e-3)]


def test_infinities_are_equal_and_nan_stays_nan():
    assert outcome("two arguments: equal")["results"][0]["values"][5] is True
    assert outcome("two arguments: not_equal")["results"][0]["values"][5] is False
    values = outcome("two arguments: act sigmoid")["results"][0]["values"]
    assert np.isnan(values[3:6]).all()


def test_second_derivatives_are_complete():
    def penalty(w):
        s = 1 / (1 + np.exp(-np.array([[1, 2], [3, 4]]) * w))
        return np.mean((np.linalg.norm(w * s * (1 - s), axis=1) - 1) ** 2)

    values = outcome("gradients: a penalty on the gradient of a product")["results"][0]["values"]
    w, step = np.array([2.0, 3.0]), 1e-5 * np.eye(2)
    exact = [(penalty(w + h) - penalty(w - h)) / 2e-5 for h in step]
    np.testing.assert_allclose(values, exact, rtol=1e-5)


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives(name):
    x, w, h = np.array([1.5, 2.5]), np.array([1.2, 2.2]), 1e-3
    f = SECOND[name]
    second = (f(x + h, w) - 2 * f(x, w) + f(x - h, w)) / h**2
    values = outcome(f"second derivatives: {name}")["results"][0]["values"]
    np.testing.assert_allclose(values, w * second, rtol=1e-5)


def test_penalties_and_third_derivatives():
    def values(name):
        return outcome(f"second derivatives: {name}")["results"][-1]["values"]

    assert values("of softmax") == pytest.approx([0, 0], abs=1e-7)
    assert values("penalty: x**2 gp") == [40, 640]
    assert values("penalty: ifelse gp") == [8, -16, 972, 2304]
    assert values("third, of a power") == [24, 48]
    assert values("third, of a root") == pytest.approx([0.375, 0.375 * 2**-2.5])


def test_gradients_of_targets_that_depend_on_each_other():
    def values(name):
        return [result["values"] for result in outcome(f"gradients of what: {name}")["results"]]

    assert values("the target by itself") == [[1, 1, 1]]
    assert values("the target by itself, weighted") == [[1, 2, 3], [2, 8, 18]]
    assert values("a target made of the other") == [[8, 16, 24]]
    assert values("a target made of the other, by the other") == [[4, 4, 4]]


def test_a_shorter_left_side_stays_on_the_left():
    def values(name):
        return [result["values"] for result in outcome(f"numbers: {name}")["results"]]

    assert values("remainder of a shorter left side")[0] == [3, 3, 1, 0]
    assert values("remainder of a shorter left side, integers")[0] == [3, 3, 1, 0]
    assert values("floordiv of a shorter left side")[0] == [2, 1, 6, 4]
    power = values("power, quotient, difference of a shorter left side")[0]
    assert power == pytest.approx([3**5.5, 3**7.5, 9, 27])


def test_the_gradient_of_softmax_is_zero_but_for_rounding():
    values = outcome("gradients: softmax(x)")["results"][0]["values"]
    assert values == pytest.approx([0] * 5, abs=1e-15)


def test_long_sums_do_not_drift():
    mean, also_mean, total = (r["values"][0] for r in outcome("numbers: a million times 0.1")["results"])
    assert mean == also_mean == np.float32(0.1) and total == 1e5
    mean = outcome("numbers: a hundred thousand numbers")["results"][0]["values"][0]
    assert mean == pytest.approx(np.random.RandomState(0).rand(100000).mean(), rel=1e-7)


def test_what_works_here_only():
    through = outcome("gradients: through a lone true block")["results"][0]["values"]
    assert through == [2, 2, 0, 0, 0, 0, 2, 2]
    assert outcome("IfElse: a lone true block without rows")["results"][0]["shape"] == [0, 2]
    doubled, total = outcome("data: empty")["results"]
    assert doubled["shape"] == [0, 1] and total["values"] == [0]
    assert outcome("indexing: x[::2] [2, 3, 4]")["results"][0]["shape"] == [1, 3, 4]
    assert outcome("scalars: 2 / a float64 [-1]")["results"][0]["values"][3] == 1
