"""What is refused, and the words for it. What all losses refuse stands in the contract test."""

from __future__ import annotations

import modes
import numpy as np
import paddle
import pytest

import paddle_losses as losses

X = paddle.to_tensor([0.5, -0.5])
ONES = paddle.ones([2])


@pytest.mark.parametrize(
    "function, settings, message",
    [
        (losses.huber_loss, {"delta": 0}, r"huber_loss: delta must be a number in \(0, inf\), got 0"),
        (losses.huber_loss, {"delta": -1.0}, "delta .* got -1.0"),
        (losses.huber_loss, {"delta": float("nan")}, "delta .* got nan"),
        (losses.huber_loss, {"delta": float("inf")}, "delta .* got inf"),
        (losses.smooth_l1_loss, {"beta": -0.1}, r"smooth_l1_loss: beta must be a number in \[0, inf\)"),
        (
            losses.quantile_loss,
            {"quantile": 0},
            r"quantile_loss: quantile must be .* in \(0, 1\), got 0",
        ),
        (losses.quantile_loss, {"quantile": 1.0}, "quantile .* got 1.0"),
        (losses.quantile_loss, {"quantile": [0.5, 1.5]}, "quantile .* got 1.5"),
        (losses.quantile_loss, {"quantile": []}, "quantile_loss: quantile must hold at least one"),
        (losses.binary_cross_entropy, {"epsilon": 0.5}, r"epsilon must be .* \(0, 0.5\), got 0.5"),
        (losses.binary_cross_entropy, {"epsilon": 0}, r"epsilon must be .* \(0, 0.5\), got 0"),
        (losses.balanced_cross_entropy, {"beta": 1.1}, r"beta must be a number in \[0, 1\], got 1.1"),
        (losses.weighted_cross_entropy, {"pos_weight": -1}, "pos_weight .* got -1"),
        (losses.hinge_loss, {"margin": 0}, "hinge_loss: margin .* got 0"),
        (losses.squared_hinge_loss, {"margin": -1}, "squared_hinge_loss: margin .* got -1"),
        (losses.focal_loss, {"gamma": -0.5}, r"sigmoid_focal_loss: gamma .*\[0, inf\), got -0.5"),
        (losses.focal_loss, {"alpha": 2}, r"sigmoid_focal_loss: alpha must be .* in \[0, 1\], got 2"),
        (
            losses.zero_one_loss,
            {"axis": 3, "label": paddle.to_tensor(1)},
            "zero_one_loss: axis .* got 3",
        ),
    ],
)
def test_settings_out_of_range(function, settings, message):
    label = settings.pop("label", ONES)
    with pytest.raises(ValueError, match=message):
        function(X.abs(), label, **settings)


@pytest.mark.parametrize(
    "function, settings, message",
    [
        (losses.huber_loss, {"delta": "1"}, "huber_loss: delta must be a number .*, got str"),
        (losses.huber_loss, {"delta": True}, "huber_loss: delta must be a number .*, got bool"),
        (losses.huber_loss, {"delta": None}, "huber_loss: delta must be a number .*, got NoneType"),
        (losses.huber_loss, {"delta": ONES}, "huber_loss: delta must be a number .*, got Tensor"),
        (losses.quantile_loss, {"quantile": "0.5"}, "quantile must be a number .* got str"),
        (losses.quantile_loss, {"quantile": np.array([0.5])}, "or a list of them, got ndarray"),
        (losses.focal_loss, {"gamma": None}, "gamma must be a number .* got NoneType"),
        (losses.weighted_cross_entropy, {"pos_weight": None}, "pos_weight must be .* got NoneType"),
        (losses.weighted_cross_entropy, {"pos_weight": "2"}, "pos_weight must be .* got str"),
    ],
)
def test_settings_of_a_wrong_type(function, settings, message):
    with pytest.raises(TypeError, match=message):
        function(X, ONES, **settings)


def test_shapes_are_never_broadcast():
    # Paddle makes a [3, 3] matrix of this and takes its mean.
    column, row = paddle.ones([3, 1]), paddle.ones([3])
    with pytest.raises(ValueError, match=r"label must have the shape of input, \[3, 1\], got \[3\]"):
        losses.mse_loss(column, row)


def test_shapes_of_several_quantiles():
    with pytest.raises(ValueError, match=r"input must have one entry per quantile .* \[4, 2\], got"):
        losses.quantile_loss(paddle.ones([4, 3]), paddle.ones([4]), quantile=[0.1, 0.9])
    with pytest.raises(ValueError, match=r"label must have .* without its last axis, \[4\], got \[4, 2\]"):
        losses.quantile_loss(paddle.ones([4, 2]), paddle.ones([4, 2]), quantile=[0.1, 0.9])
    with pytest.raises(ValueError, match="one entry per quantile"):
        losses.quantile_loss(paddle.ones([]), paddle.ones([]), quantile=[0.1, 0.9])


def test_shape_of_pos_weight():
    with pytest.raises(ValueError, match=r"pos_weight must have one entry per .* \[3\], got \[2\]"):
        losses.binary_cross_entropy_with_logits(paddle.ones([4, 3]), paddle.ones([4, 3]), pos_weight=ONES)


def test_complex_labels_are_refused():
    with pytest.raises(TypeError, match="label must be a floating, integer or bool tensor, got complex64"):
        losses.l1_loss(X, X.astype("complex64"))


def test_class_ids_must_be_integers():
    with pytest.raises(TypeError, match="label must hold integer class ids, got float32"):
        losses.zero_one_loss(paddle.ones([2, 3]), ONES)


# ------------------------------------------------------------------------------------------- values

HALF = paddle.to_tensor([0.5, 0.5])
WRONG_VALUES = [
    (losses.hinge_loss, X, [1.0, 0.0], "-1 or 1 everywhere .*2 [*] label - 1.*, got 0 at index .1."),
    (losses.squared_hinge_loss, X, [1.0, 0.0], "squared_hinge_loss: label must be -1 or 1"),
    (losses.exponential_loss, X, [1.0, 0.5], "exponential_loss: label .* got 0.5 at index .1."),
    (losses.logistic_loss, X, [1.0, float("nan")], "logistic_loss: label .* got nan"),
    (losses.binary_cross_entropy_with_logits, X, [1.0, -1.0], r"label must lie in \[0, 1\] .* got -1"),
    (losses.weighted_cross_entropy, X, [1.0, 2.0], "weighted_cross_entropy: label .* got 2"),
    (losses.balanced_cross_entropy, X, [1.0, 2.0], "balanced_cross_entropy: label .* got 2"),
    (losses.focal_loss, X, [1.0, 1.1], "sigmoid_focal_loss: label .* got 1.1"),
    (losses.binary_cross_entropy, HALF, [1.0, 1.5], "binary_cross_entropy: label .* got 1.5"),
    (
        losses.binary_cross_entropy,
        paddle.to_tensor([0.5, 3.0]),
        [1.0, 1.0],
        "input .*_with_logits.* got 3",
    ),
    (losses.zero_one_loss, X, [1.0, 2.0], "zero_one_loss: label must be 1 for yes"),
]
ids = [f"{case[0].__name__}-{case[2]}" for case in WRONG_VALUES]


@pytest.mark.parametrize("function, prediction, label, message", WRONG_VALUES, ids=ids)
def test_wrong_values_raise_in_eager_mode_on_cpu(function, prediction, label, message):
    with pytest.raises(ValueError, match=message):
        function(prediction, paddle.to_tensor(label))


@pytest.mark.parametrize("function, prediction, label, message", WRONG_VALUES, ids=ids)
def test_wrong_values_give_nan_where_nobody_looks(function, prediction, label, message):
    with losses.set_value_checks(False):
        eager = function(prediction, paddle.to_tensor(label), reduction="none").numpy()
    arrays = {"prediction": prediction.numpy(), "label": np.array(label, "float32")}
    static, _ = modes.program(function, arrays, {"reduction": "none"}, "float32", ())
    for value in (eager, static):
        assert np.isnan(value[1])
        if function is not losses.balanced_cross_entropy:
            assert np.isfinite(value[0])


@pytest.mark.parametrize("label", [7, -1, 1234567])
def test_class_ids_that_do_not_exist(label):
    scores, ids = paddle.ones([2, 3]), paddle.to_tensor([0, label])
    with pytest.raises(ValueError, match=f"label must be a class id from 0 to 2, got {label} at index .1."):
        losses.zero_one_loss(scores, ids)
    with losses.set_value_checks(False):
        value = losses.zero_one_loss(scores, ids, reduction="none").numpy()
    assert value[0] == 0 and np.isnan(value[1])


def test_probabilities_may_be_off_by_rounding():
    above = paddle.to_tensor([1.0000001, -1e-7])
    assert np.isfinite(losses.binary_cross_entropy(above, paddle.to_tensor([1.0, 0.0])).item())
    assert np.isfinite(losses.binary_cross_entropy_with_logits(X, above).item())
    with pytest.raises(ValueError, match=r"input must lie in .* got 1\.00001"):
        losses.binary_cross_entropy(paddle.to_tensor([1.00001]), paddle.to_tensor([1.0]))


@pytest.mark.parametrize("function", [losses.binary_cross_entropy_with_logits, losses.weighted_cross_entropy])
def test_wrong_class_weights(function):
    weight = paddle.to_tensor([1.0, -2.0])
    with pytest.raises(ValueError, match=r"pos_weight must not be negative .* got -2 at index \[1\]"):
        function(X, ONES, pos_weight=weight)
    with losses.set_value_checks(False):
        value = function(X, ONES, pos_weight=weight, reduction="none").numpy()
    assert np.isfinite(value[0]) and np.isnan(value[1])


def test_wrong_sample_weights_give_nan_where_nobody_looks():
    weight = paddle.to_tensor([1.0, -1.0])
    with losses.set_value_checks(False):
        value = losses.focal_loss(X, ONES, weight, reduction="none").numpy()
    assert np.isfinite(value[0]) and np.isnan(value[1])


@pytest.mark.parametrize("normalizer", [-3.0, float("inf"), float("nan")])
def test_a_wrong_normalizer_gives_nan_where_nobody_looks(normalizer):
    with losses.set_value_checks(False):
        assert np.isnan(losses.focal_loss(X, ONES, normalizer=paddle.to_tensor(normalizer)).item())


def test_large_sample_weights_are_weights():
    value = losses.focal_loss(X, ONES, paddle.full([2], 3e38))
    assert value.item() == losses.focal_loss(X, ONES).item()


@pytest.mark.parametrize("share", [0, 1])
def test_both_ends_of_a_share_belong_to_it(share):
    assert np.isfinite(losses.focal_loss(X, ONES, alpha=share).item())
    assert np.isfinite(losses.balanced_cross_entropy(X, ONES, beta=share).item())


def test_class_weights_of_another_length_in_a_program():
    ones = np.ones([2, 3], "float32")
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            logit, label = (paddle.static.data(name, [None, None], "float32") for name in ("x", "y"))
            value = losses.weighted_cross_entropy(logit, label, pos_weight=paddle.full([1], 2.0))
        executor = paddle.static.Executor(paddle.CPUPlace())
        (value,) = executor.run(graph, feed={"x": ones, "y": ones}, fetch_list=[value])
    finally:
        paddle.disable_static()
    assert np.isnan(value)


def test_nothing_is_read_while_bytecode_is_traced(monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    arrays = {"input": X.numpy(), "label": np.zeros(2, "float32")}
    modes.forget_graphs()
    model = paddle.jit.to_static(modes.Model(losses.nn.HingeLoss()), full_graph=False)
    assert np.isnan(model(*modes.tensors_of(arrays, "float32").values()).item())


def test_value_checks_come_back_after_a_block():
    with losses.set_value_checks(False), losses.set_value_checks(True), pytest.raises(ValueError):
        losses.hinge_loss(X, 0 * ONES)
    with pytest.raises(ValueError):
        losses.hinge_loss(X, 0 * ONES)


def test_a_kept_block_can_be_entered_again():
    off = losses.set_value_checks(False)
    with losses.set_value_checks(True), off:
        assert np.isnan(losses.hinge_loss(X, 0 * ONES).item())
    losses.set_value_checks(True)


def test_value_checks_are_on_or_off():
    with pytest.raises(TypeError, match="enabled must be True or False, got 'off'"):
        losses.set_value_checks("off")


def test_blocks_give_back_what_they_found():
    try:
        losses.set_value_checks(False)
        with losses.set_value_checks(True), pytest.raises(ValueError):
            losses.hinge_loss(X, 0 * ONES)
        assert np.isnan(losses.hinge_loss(X, 0 * ONES).item())
    finally:
        losses.set_value_checks(True)


def test_value_checks_can_be_turned_off_for_good():
    try:
        losses.set_value_checks(False)
        assert np.isnan(losses.hinge_loss(X, 0 * ONES).item())
    finally:
        losses.set_value_checks(True)
    with pytest.raises(ValueError):
        losses.hinge_loss(X, 0 * ONES)


def test_integer_and_bool_labels_are_taken():
    for dtype in ("int64", "int32", "bool", "float64"):
        label = paddle.to_tensor([1, 0]).astype(dtype)
        assert losses.focal_loss(X, label).item() == losses.focal_loss(X, label.astype("float32")).item()


def test_class_axis_of_zero_one_loss():
    scores, ids = paddle.ones([2, 3]), paddle.to_tensor([0, 0])
    assert losses.zero_one_loss(scores, ids, axis=np.int64(1)).item() == 0
    with pytest.raises(ValueError, match="input must have a class axis"):
        losses.zero_one_loss(paddle.ones([]), ids)
    with pytest.raises(ValueError, match="known number of classes, at least 1"):
        losses.zero_one_loss(paddle.ones([2, 0]), ids)
    with pytest.raises(ValueError, match="For yes or no, give label the shape of input"):
        losses.zero_one_loss(paddle.ones([2, 1]), ids)


@pytest.mark.parametrize("axis", [2, -3, 0.0])
def test_axes_that_do_not_exist(axis):
    with pytest.raises(ValueError, match="zero_one_loss: axis must be an integer from -2 to 1"):
        losses.zero_one_loss(paddle.ones([2, 3]), paddle.to_tensor([0, 0]), axis=axis)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "int8", "int16"])
def test_all_integers_are_class_ids_and_numbers(dtype):
    ids = paddle.to_tensor([0, 1]).astype(dtype)
    assert losses.zero_one_loss(paddle.eye(2), ids).item() == 0
    assert losses.l1_loss(ONES, ids).item() == 0.5
