"""Programs, executors and feeds: what a user meets beside the recorded scripts."""

from __future__ import annotations

import contextlib
import re
import threading
from collections import Counter

import numpy as np
import paddle
import pytest

import paddle_losses as losses
import paddle_losses.compat.fluid as fluid
from paddle_losses.functional import _precision

ONES = np.ones([2, 1], "float32")


@pytest.fixture(autouse=True)
def program():
    program = fluid.Program()
    with fluid.program_guard(program):
        yield program


def run(fetch, **feed):
    return fluid.Executor(fluid.CPUPlace()).run(feed=feed, fetch_list=fetch)


@contextlib.contextmanager
def refused(kind, text):
    with pytest.raises(kind, match=re.escape(text)):
        yield


# -------------------------------------------------------------------------------------- messages


def test_an_error_in_a_run_names_the_step_and_the_line():
    x, y = fluid.data("x", [None]), fluid.data("y", [None])
    z = x + y
    with pytest.raises(RuntimeError) as error:
        run([z], x=np.ones(2, "float32"), y=np.ones(3, "float32"))
    text = str(error.value)
    assert text.startswith(f"{z.name} = elementwise_add(x, y), built in {__file__}, line ")
    assert text.endswith("the shapes of x and y, [2] and [3], do not fit")


def test_an_error_inside_a_block_names_its_own_step():
    x = fluid.data("x", [None, 1], "int64")
    ie = fluid.layers.IfElse(x > 0)
    with ie.true_block():
        ie.output(ie.input(x) / 0)
    with pytest.raises(RuntimeError, match=r"elementwise_div\(.*integer division by zero") as error:
        run(ie(), x=np.array([[1], [-1]]))
    assert "if_rows" not in str(error.value)


def test_messages_when_a_program_is_built():
    x, n = fluid.data("x", [3, 1]), fluid.data("n", [3, 1], "int64")
    with refused(
        TypeError, "fluid.layers.log: x must be float32 or float64, but n is int64; fluid.layers.cast"
    ):
        fluid.layers.log(n)
    with refused(TypeError, "fluid.layers.abs: x must be a fluid Variable, got 1.0 (float)"):
        fluid.layers.abs(1.0)
    with refused(
        TypeError, "fluid.layers.elementwise_mul: x and y must have one dtype, got float32 and int64"
    ):
        fluid.layers.elementwise_mul(x, n)
    with refused(
        ValueError, "fluid.layers.elementwise_add: the shapes of x and y, [3, 1] and [2, 1], do not"
    ):
        x + fluid.data("short", [2, 1])
    with refused(ValueError, "fluid.layers.reduce_sum: dim must be axes between -2 and 1, got 2"):
        fluid.layers.reduce_sum(x, dim=2)
    with refused(TypeError, "fluid.layers.clip: missing a required argument: 'max'; it is clip(x"):
        fluid.layers.clip(x, 0.1)
    with refused(ValueError, "fluid.layers.elementwise_add: act must be one of abs, exp, log, "):
        fluid.layers.elementwise_add(x, x, act="swish")
    with refused(TypeError, "__add__: wants a fluid Variable or a number, got 'one'"):
        x + "one"
    with refused(TypeError, "0.5 beside integers would be cut off"):
        n * 0.5
    with refused(TypeError, "fluid.layers.cast: dtype must be one of float16, float32"):
        fluid.layers.cast(x, "float33")
    with refused(TypeError, "a fluid Variable is indexed with integers and slices, got 'a'"):
        x["a"]


def test_messages_about_feeds():
    x = fluid.data("x", [None, 1])
    y = x * 2
    with refused(ValueError, "feed of x: wants float32, got float64; .astype('float32') converts it"):
        run([y], x=np.ones([2, 1]))
    with refused(ValueError, "feed of x: wants shape [-1, 1] (-1 is any extent), got [2]; .reshape(…)"):
        run([y], x=np.ones(2, "float32"))
    with refused(TypeError, "feed of x: wants an array, got a list; np.array(…, 'float32')"):
        run([y], x=[[1.0]])
    with refused(RuntimeError, "x has no value; feed it: feed={'x': array}"):
        run([y])
    with refused(TypeError, "feed must be a dictionary of arrays, got [1]"):
        fluid.Executor().run(feed=[1])


def test_messages_about_fetches():
    x = fluid.data("x", [None, 1])
    with refused(ValueError, "the program has no variable called 'loss'"):
        run(["loss"], x=ONES)
    with refused(TypeError, "fetch_list: wants Variables or their names, got 1"):
        run([1], x=ONES)
    with refused(TypeError, "got None; no gradient reaches that input, perhaps its stop_gradient is True"):
        run([None], x=ONES)
    with fluid.program_guard(fluid.Program()):
        other = fluid.data("other", [1])
    with refused(ValueError, "fetch_list: other is not part of this program"):
        run([other], x=ONES)
    assert run([x], x=ONES)[0].tolist() == [[1], [1]]


def test_messages_about_ifelse():
    x = fluid.data("x", [None, 1])
    with refused(ValueError, "cond must have shape [N, 1], got [-1]"):
        fluid.layers.IfElse(fluid.data("flat", [None]) > 0)
    with refused(TypeError, "fluid.layers.IfElse: cond must be bool, but x is float32"):
        fluid.layers.IfElse(x)
    ie = fluid.layers.IfElse(x > 0)
    with ie.true_block():
        inner = ie.input(x) + 1
        ie.output(inner, inner)
    with ie.false_block():
        ie.output(ie.input(x))
    with refused(ValueError, "the true block has 2 and the false block 1"):
        ie()
    with refused(ValueError, f"{inner.name} exists only in its block of IfElse; hand it out with output()"):
        inner * 2
    with refused(ValueError, "input() belongs inside true_block() or false_block()"):
        ie.input(x)


def test_messages_about_variables():
    x = fluid.data("x", [3, 1])
    assert repr(x) == "<fluid.Variable x: float32 [3, 1]>"
    for use in (list, np.array, lambda v: [*v]):
        with pytest.raises(TypeError, match=r"<fluid.Variable x: .*before Executor.run"):
            use(x)
    with pytest.raises(TypeError):
        np.exp(x)


def test_arguments_that_are_refused():
    x, n = fluid.data("x", [2, 1]), fluid.data("n", [2, 1], "int64")
    with refused(NotImplementedError, "fluid.Executor.run: scope is not covered"):
        fluid.Executor().run(scope=1)
    with refused(TypeError, "fluid.Executor.run: program must be a fluid.Program, got 1"):
        fluid.Executor().run(1)
    with refused(TypeError, "fluid.Executor: place must be fluid.CPUPlace(), got 1"):
        fluid.Executor(1)
    with (
        refused(TypeError, "fluid.program_guard: wants a fluid.Program, got None"),
        fluid.program_guard(None),
    ):
        pass
    with refused(NotImplementedError, "fluid.layers.data: type is not covered"):
        fluid.layers.data("t", [1], type=1)
    for shape in ("23", 3):
        with refused(TypeError, f"fluid.data: shape must be a list or a tuple, got {shape!r}"):
            fluid.data("s", shape)
    with refused(TypeError, "fluid.data: 'float' object cannot be interpreted as an integer"):
        fluid.data("s", [2.7])
    for dtype in (None, "complex64"):
        with refused(TypeError, "fluid.data: dtype must be one of float16, float32, float64, int32, int64, "):
            fluid.data("s", [2], dtype)
    with refused(ValueError, "fluid.data: lod_level must be 0"):
        fluid.data("s", [2], lod_level=1)
    with refused(TypeError, "fluid.gradients: target_gradients must be Variables, got 1.0"):
        fluid.gradients(x * x, x, [1.0])
    with refused(TypeError, "fluid.gradients: target_gradients must be of floating point, n is int64"):
        fluid.gradients(x * x, x, n)
    with refused(TypeError, "the result must go into a bool Variable, got 1"):
        fluid.layers.less_than(x, x, cond=1)
    with refused(ValueError, "axis=-2 leaves no place for shape [1] in shape [2, 1]"):
        fluid.layers.elementwise_add(x, fluid.data("one", [1]), axis=-2)
    with refused(TypeError, "a fluid Variable is indexed with integers and slices, got True"):
        x[True]
    other = fluid.Program()
    with fluid.program_guard(other), refused(ValueError, "abs: x belongs to another Program"):
        fluid.layers.abs(x)


def test_arguments_that_are_taken():
    x = fluid.data("x", [np.int64(2), 1])
    assert type(x.shape[0]) is int
    place = fluid.CPUPlace()
    assert fluid.Executor(place).place is place
    values = [
        fluid.layers.clip(x, 2, 2),
        fluid.layers.reduce_sum(x, dim=()),
        fluid.layers.reduce_sum(x, dim=[0, -2]),
    ]
    assert [value.tolist() for value in run(values, x=ONES)] == [[[2], [2]], [2], [2]]


def test_errors_of_a_run():
    free = fluid.data("free", [None])
    with refused(RuntimeError, "index 3 is outside axis 0 of shape [2]"):
        run([free[3]], free=np.ones(2, "float32"))
    with fluid.program_guard(fluid.Program()), refused(RuntimeError, "factor must be a number"):
        x = fluid.data("x", [None, 1])
        run([fluid.layers.pow(x, x)], x=ONES)
    with fluid.program_guard(fluid.Program()):
        x = fluid.data("x", [None, 1])
        x.stop_gradient = False
        y = fluid.layers.elementwise_pow(x, x)
        twice = fluid.gradients(fluid.gradients(y, x)[0], x)
        message = "cannot differentiate the gradient of elementwise_pow once more"
        with pytest.raises(RuntimeError, match=message) as error:
            run(twice, x=ONES)
    assert isinstance(error.value.__cause__, NotImplementedError)


def merged(x, true, false):
    """What an IfElse at x > 1 makes of its rows."""
    ie = fluid.layers.IfElse(x > 1)
    with ie.true_block():
        ie.output(true(ie.input(x)))
    with ie.false_block():
        ie.output(false(ie.input(x)))
    return ie()[0]


def test_rows_that_do_not_fit_are_refused():
    x, rows = fluid.data("x", [None, 1]), np.array([[1], [2]], "float32")
    with refused(RuntimeError, "a block with 1 rows has handed out 2; a reduction inside a block leaves one"):
        run([merged(x, lambda t: x * 2, lambda f: f)], x=rows)
    with fluid.program_guard(fluid.Program()):
        x, pair = fluid.data("x", [None, 1]), fluid.data("pair", [2])
        with refused(RuntimeError, "the blocks' rows differ in shape: [2] and [1]"):
            run([merged(x, lambda t: t * pair, lambda f: f)], x=rows, pair=np.ones(2, "float32"))


def test_what_goes_through_ifelse_is_a_variable():
    x = fluid.data("x", [None, 1])
    ie = fluid.layers.IfElse(x > 1, name="mine")
    with ie.true_block():
        with refused(TypeError, "fluid.layers.IfElse.input: x must be a fluid Variable, got 1.0"):
            ie.input(1.0)
        with refused(TypeError, "fluid.layers.IfElse.output: each output must be a fluid Variable, got 1.0"):
            ie.output(1.0)
        ie.output(ie.input(x))
    assert ie()[0].name == "mine.output_0"


def test_a_block_without_rows_is_not_computed():
    x = fluid.data("x", [None, 1])
    (value,) = run([merged(x, lambda t: t * t[0], lambda f: f)], x=-ONES)  # t[0] would be outside
    assert value.tolist() == [[-1], [-1]]


def test_todays_losses_refuse_variables():
    x, tensor = fluid.data("x", [2]), paddle.ones([2])
    with refused(TypeError, "mse_loss: input must be a paddle.Tensor, got Variable"):
        losses.mse_loss(x, tensor)
    with refused(TypeError, "mse_loss: label must be a paddle.Tensor, got Variable"):
        losses.mse_loss(tensor, x)
    with refused(TypeError, "<fluid.Variable x: float32 [2]> has no value before Executor.run; fetch it"):
        losses.compat.l1_loss(x, tensor)


# ------------------------------------------------------------------------------------- programs


def test_comparisons_are_neither_true_nor_false():
    x, y = fluid.data("x", [3]), fluid.data("y", [3])
    for use in (lambda: bool(x > 0), lambda: max(x, y), lambda: 0 < x < 1, lambda: x in [y]):
        with pytest.raises(TypeError, match=r"neither true nor false before Executor.run.*IfElse"):
            use()
    assert bool(x)  # given or not given


def test_a_program_can_be_read(program):
    x = fluid.data("x", [3, 1])
    loss = fluid.layers.reduce_mean(fluid.layers.abs(x - 1), name="loss")
    assert (
        repr(program).splitlines()[-1]
        == f"{loss.name} = reduce_mean({program.global_block().ops[1].outputs[0].name})"
    )
    assert len(program.global_block().ops) == 3


def test_program_guard_ends_with_an_error(program):
    with pytest.raises(KeyError), fluid.program_guard(fluid.Program()):
        raise KeyError
    assert fluid.default_main_program() is program


def test_the_startup_program_of_a_guard():
    startup = fluid.Program()
    with fluid.program_guard(fluid.Program(), startup):
        assert fluid.default_startup_program() is startup
        with fluid.program_guard(fluid.Program()):
            assert fluid.default_startup_program() is startup


def test_names_start_again():
    with fluid.unique_name.guard():
        assert fluid.unique_name.generate("fc") == "fc_0"
        old = fluid.unique_name.switch()
        assert fluid.unique_name.generate("fc") == "fc_0"
        fluid.unique_name.switch(old)
        assert fluid.unique_name.generate("fc") == "fc_1"
        with fluid.unique_name.guard(Counter(fc=5)):
            assert fluid.unique_name.generate("fc") == "fc_5"
        assert fluid.unique_name.generate("fc") == "fc_2"


def test_a_cell_can_be_run_again():
    for _ in range(2):
        x = fluid.data("x", [2, 1])
        value = run([x * 2], x=ONES)
    assert value[0].tolist() == [[2], [2]]


def test_out_and_cond_are_filled():
    x = fluid.data("x", [2, 1])
    ones = fluid.layers.ones_like(x)
    same = fluid.layers.zeros_like(x, out=ones)
    assert same is ones and ones.constant == 0
    with refused(TypeError, "the result must go into a bool Variable"):
        fluid.layers.less_than(x, x, cond=x)
    assert run([ones], x=ONES)[0].tolist() == [[0], [0]]


# ------------------------------------------------------------------------------------ arithmetic


def test_literals_stay_double_until_they_meet_data():
    x = fluid.data("x", [3])
    base = 2 * (np.e * fluid.layers.ones_like(x)) / 2 + 0.1 - 0.1
    assert base.constant == 2 * np.e / 2 + 0.1 - 0.1
    values = np.array([1.3, 2.7, -3.1], "float32")
    (power,) = run([fluid.layers.elementwise_pow(base, x)], x=values)
    np.testing.assert_array_equal(power, (np.e ** values.astype("float64")).astype("float32"))


def test_bases_and_scaled_literals_are_double():
    x = fluid.data("x", [3])
    values = np.array([1, 2, 30], "float32")
    (power,) = run([0.1**x], x=values)
    np.testing.assert_array_equal(power, (0.1 ** values.astype("float64")).astype("float32"))
    scaled = fluid.layers.scale(fluid.layers.ones_like(x), 3.0, 0.1, bias_after_scale=False)
    assert scaled.constant == (1 + 0.1) * 3.0


def test_a_literal_is_still_differentiated():
    x = fluid.data("x", [3])
    base = 3 * fluid.layers.ones_like(x)
    gradient = fluid.gradients(fluid.layers.elementwise_pow(base, x), base)
    assert run(gradient, x=np.array([1, 2, 3], "float32"))[0].tolist() == [1, 6, 27]


@pytest.mark.parametrize(
    "layer, exact",
    [
        ("exp", np.exp),
        ("log", np.log),
        ("sqrt", np.sqrt),
        ("sigmoid", lambda v: 1 / (1 + np.exp(-v))),
        ("tanh", np.tanh),
    ],
)
def test_functions_are_rounded_once(layer, exact):
    values = np.random.default_rng(0).uniform(0.01, 20, 3000).astype("float32")
    x = fluid.data("x", [None])
    (ours,) = run([getattr(fluid.layers, layer)(x)], x=values)
    np.testing.assert_array_equal(ours, exact(values.astype("float64")).astype("float32"))


def test_sums_run_from_left_to_right_in_float32():
    x = fluid.data("x", [None, 2])
    values = np.array([[1e8, 1]] + [[1, 1]] * 7, "float32")
    total, columns, mean = run(
        [fluid.layers.reduce_sum(x), fluid.layers.reduce_sum(x, dim=0), fluid.layers.mean(x)], x=values
    )
    assert total.tolist() == [1e8] and columns.tolist() == [1e8, 8] and mean.tolist() == [1e8 / 16]


@pytest.mark.parametrize("divisor", [2, 3, 0.7])
def test_division_by_a_number_is_a_product(divisor):
    values = np.random.default_rng(0).normal(size=1000).astype("float32")
    x = fluid.data("x", [None])
    (quotient,) = run([x / divisor], x=values)
    np.testing.assert_array_equal(quotient, values * np.float32(1 / divisor))


# ------------------------------------------------------------------------------------- surroundings


def state():
    return (
        paddle.in_dynamic_mode(),
        paddle.get_device(),
        paddle.get_default_dtype(),
        paddle.is_grad_enabled(),
    )


def some_program():
    x = fluid.data("x", [None, 1])
    x.stop_gradient = False
    return [fluid.layers.reduce_mean(x * x), *fluid.gradients(fluid.layers.reduce_mean(x * x), x)]


@pytest.mark.parametrize("failing", [False, True])
def test_a_run_leaves_paddle_as_it_was(failing):
    fetch, before = some_program(), state()
    with pytest.raises(ValueError) if failing else contextlib.nullcontext():
        run(fetch, x=ONES.astype("float64") if failing else ONES)
    assert state() == before


def test_a_run_inside_a_static_session():
    fetch = some_program()
    paddle.enable_static()
    try:
        loss, gradient = run(fetch, x=ONES)
        assert not paddle.in_dynamic_mode()
    finally:
        paddle.disable_static()
    assert loss.tolist() == [1] and gradient.tolist() == [[1], [1]]


def test_a_run_without_gradients_around_it():
    fetch = some_program()
    with paddle.no_grad():
        assert run(fetch, x=ONES)[1].tolist() == [[1], [1]]
        assert not paddle.is_grad_enabled()


def test_a_run_casts_nothing(monkeypatch):
    # On CPU, auto_cast never casts, so watch the switch itself.
    seen = []
    enter = paddle.amp.auto_cast
    monkeypatch.setattr(_precision, "_casting", lambda: True)
    monkeypatch.setattr(paddle.amp, "auto_cast", lambda **k: seen.append(k) or enter(**k))
    x = fluid.data("x", [None, 1])
    run([x * 2], x=ONES)
    assert seen == [{"enable": False}]


def test_gradients_where_one_input_is_not_reached():
    x, y = fluid.data("x", [None, 1]), fluid.data("y", [None, 1])
    x.stop_gradient = y.stop_gradient = False
    ie = fluid.layers.IfElse(x > 0)
    with ie.true_block():
        ie.output(ie.input(y))
    with ie.false_block():
        ie.output(ie.input(x))
    of_x, of_y = run(fluid.gradients(ie()[0], [x, y]), x=-ONES, y=ONES)
    assert of_x.tolist() == [[1], [1]] and of_y.tolist() == [[0], [0]]


def test_gradients_of_empty_rows_inside_another_gradient():
    x = fluid.data("x", [None, 1])
    x.stop_gradient = False
    ie = fluid.layers.IfElse(x > 5)
    with ie.true_block():
        rows = ie.input(x)
        ie.output(rows * rows)
    with ie.false_block():
        ie.output(ie.input(x))
    first = fluid.gradients(fluid.layers.reduce_sum(ie()[0]), rows)[0]
    second = fluid.gradients(fluid.layers.reduce_sum(first) + fluid.layers.reduce_sum(x * x), x)
    assert run(second, x=ONES)[0].tolist() == [[2], [2]]


@pytest.mark.parametrize(
    "function, third",
    [
        (lambda x: 1 / x, lambda v: -6 / v**4),
        (lambda x: 2**x, lambda v: np.log(2) ** 3 * 2**v),
        (lambda x: x**3, lambda v: 6 + 0 * v),
        (fluid.layers.exp, np.exp),
        (fluid.layers.log, lambda v: 2 / v**3),
        (fluid.layers.sqrt, lambda v: 0.375 * v**-2.5),
        (fluid.layers.tanh, lambda v: (4 - 6 / np.cosh(v) ** 2) / np.cosh(v) ** 2),
        (lambda x: fluid.layers.relu(x) * x * x, lambda v: 6 + 0 * v),
    ],
    ids=["1/x", "2**x", "x**3", "exp", "log", "sqrt", "tanh", "relu"],
)
def test_third_derivatives(function, third):
    x = fluid.data("x", [None])
    x.stop_gradient = False
    y = function(x)
    for _ in range(3):
        (y,) = fluid.gradients(y, x)
    values = np.array([0.5, 1, 2], "float32")
    np.testing.assert_allclose(run([y], x=values)[0], third(values.astype("float64")), rtol=1e-5)


def test_gradients_at_the_edges():
    x = fluid.data("x", [None])
    x.stop_gradient = False
    power, sigmoid = run(
        fluid.gradients(x**0, x) + fluid.gradients(fluid.layers.sigmoid(x), x), x=np.array([0, 40], "float32")
    )
    assert power.tolist() == [0, 0]
    assert sigmoid.tolist() == [0.25, np.float32(np.exp(-40.0))]


def test_weights_of_a_target_that_is_listed_twice_add_up():
    x, w = fluid.data("x", [2]), fluid.data("w", [2])
    x.stop_gradient = False
    y = x * x
    gradient = fluid.gradients([y, y, y], x, [w, None, w])
    assert run(gradient, x=np.array([1, 2], "float32"), w=np.array([3, 5], "float32"))[0].tolist() == [8, 24]


def test_a_run_on_another_device(monkeypatch):
    devices = ["gpu:0"]
    monkeypatch.setattr(paddle, "get_device", lambda: devices[-1])
    monkeypatch.setattr(paddle, "set_device", devices.append)
    x = fluid.data("x", [2, 1])
    run([x * 2], x=ONES)
    assert devices == ["gpu:0", "cpu", "gpu:0"]


def test_gradients_in_several_threads(program):
    fetch, failures = some_program(), []

    def work():
        try:
            for _ in range(30):
                (gradient,) = fluid.Executor().run(program, {"x": ONES}, fetch[1:])
                assert gradient.tolist() == [[1], [1]]
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


EMPTY_BATCH = {
    **{
        name: getattr(fluid.layers, name)
        for name in ["abs", "exp", "log", "sqrt", "square", "sigmoid", "tanh", "relu", "softmax"]
    },
    **{name: getattr(fluid.layers, name) for name in ["mean", "reduce_sum", "reduce_mean", "scale"]},
    "clip": lambda x: fluid.layers.clip(x, 0, 1),
    "pow": lambda x: fluid.layers.pow(x, 2),
    "cast": lambda x: fluid.layers.cast(x, "float64"),
    "quotient": lambda x: x / x,
    "power": lambda x: x**x,
    "maximum": lambda x: fluid.layers.elementwise_max(x, 2 - x),
    "comparison": lambda x: fluid.layers.cast(x > 0, "float32"),
    "index": lambda x: x[:, 0],
    "sum by axis": lambda x: fluid.layers.reduce_sum(x, dim=1, keep_dim=True),
}


@pytest.mark.parametrize("name", EMPTY_BATCH)
def test_an_empty_batch(name):
    x, w = fluid.data("x", [None, 2]), fluid.data("w", [2])
    x.stop_gradient = w.stop_gradient = False
    y = EMPTY_BATCH[name](x * w)
    rows, gradients = np.zeros([0, 2], "float32"), fluid.gradients(y, [x, w])
    value, *found = run([y, *(g for g in gradients if g is not None)], x=rows, w=np.ones(2, "float32"))
    assert value.shape in [(0, 2), (0, 1), (0,), (1,)]
    assert [g.tolist() for g in found] == ([[], [0, 0]] if name != "comparison" else [])


def test_a_cell_run_again_declares_anew():
    fluid.data("x", [None, 1]).stop_gradient = False
    assert fluid.data("x", [None, 1]).stop_gradient


def test_what_is_blocked_between_two_orders_is_refused():
    x = fluid.data("x", [2])
    x.stop_gradient = False
    h = x * x
    first = fluid.gradients(h * x, x)[0]
    assert run(fluid.gradients(first, x), x=np.array([1, 2], "float32"))[0].tolist() == [6, 12]
    h.stop_gradient = True
    with refused(
        NotImplementedError, f"now that {h.name} is blocked; set its stop_gradient before the first"
    ):
        fluid.gradients(first, x)
    stopped = fluid.gradients(h * x, x)[0]
    assert run([stopped], x=np.array([1, 2], "float32"))[0].tolist() == [1, 4]


def test_gradients_of_what_is_written_twice_are_refused():
    x = fluid.data("x", [2])
    x.stop_gradient = False
    ones = fluid.layers.ones_like(x)
    product = x * ones
    fluid.layers.zeros_like(x, out=ones)
    with refused(NotImplementedError, f"fluid.gradients: {ones.name} is written more than once"):
        fluid.gradients(product, x)


def test_results_belong_to_the_caller():
    x = fluid.data("x", [None, 1])
    fed = ONES.copy()
    first, second = run([x, x], x=fed)
    first[:] = 7
    assert fed.tolist() == [[1], [1]] and second.tolist() == [[1], [1]]


def test_tensors_can_be_fed_and_fetched():
    x = fluid.data("x", [None, 1])
    (value,) = fluid.Executor().run(feed={"x": paddle.ones([2, 1])}, fetch_list=[x + 1], return_numpy=False)
    assert isinstance(value, paddle.Tensor) and np.array(value).tolist() == [[2], [2]]


@pytest.mark.parametrize("condition", [1, -1], ids=["no false rows", "no true rows"])
def test_gradients_where_a_block_has_no_rows(condition):
    x = fluid.data("x", [None, 1])
    x.stop_gradient = False
    ie = fluid.layers.IfElse(x > 0)
    with ie.true_block():
        rows = ie.input(x)
        ie.output(rows * fluid.layers.reduce_mean(rows))
    with ie.false_block():
        ie.output(ie.input(x) * 3)
    loss = fluid.layers.reduce_sum(ie()[0])
    value, gradient = run([loss, *fluid.gradients(loss, x)], x=condition * ONES)
    assert value.tolist() == [2.0 if condition == 1 else -6.0]
    assert gradient.tolist() == ([[2], [2]] if condition == 1 else [[3], [3]])


def test_gradients_of_what_no_row_reaches_are_zero():
    x, y = fluid.data("x", [None, 1]), fluid.data("y", [None, 1])
    y.stop_gradient = False
    ie = fluid.layers.IfElse(x > 0)
    with ie.true_block():
        ie.output(ie.input(y))
    with ie.false_block():
        ie.output(ie.input(x))
    gradient = fluid.gradients(ie()[0], y)
    assert run(gradient, x=-ONES, y=ONES)[0].tolist() == [[0], [0]]
