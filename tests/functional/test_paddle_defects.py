"""Defects of Paddle's own losses, each in a test that ours passes on every version."""

from __future__ import annotations

import re

import modes
import numpy as np
import paddle
import pytest

import paddle_losses as losses

LOGIT_LOSSES = [
    losses.binary_cross_entropy_with_logits,
    losses.weighted_cross_entropy,
    losses.sigmoid_focal_loss,
]


def gradient(function, prediction, label, **settings):
    x = paddle.to_tensor(prediction, stop_gradient=False)
    value = function(x, paddle.to_tensor(label), reduction="none", **settings)
    value.sum().backward()
    return value.numpy(), x.grad.numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_gradient_at_a_logit_of_zero(dtype, zero):
    # Paddle 3.x gives -0.5 for the negative label.
    arrays = {"logit": np.array([zero, zero], dtype), "label": np.array([0, 1], dtype)}
    for run in (modes.eager, modes.program):
        _, grads = run(
            losses.binary_cross_entropy_with_logits, arrays, {"reduction": "none"}, dtype, ["logit"]
        )
        assert grads["logit"].tolist() == [0.5, -0.5]


def test_gradient_at_a_logit_of_zero_with_weights():
    _, grad = gradient(losses.weighted_cross_entropy, [0.0, 0.0], [0.0, 1.0], pos_weight=3.0)
    assert grad.tolist() == [0.5, -1.5]
    _, grad = gradient(losses.logistic_loss, [0.0, 0.0], [-1.0, 1.0])
    assert grad.tolist() == [0.5, -0.5]
    _, grad = gradient(losses.focal_loss, [0.0, 0.0], [0.0, 1.0], alpha=None, gamma=1.0)
    slope = 0.5 * (0.5 * np.log(2) + 0.5)
    assert grad == pytest.approx([slope, -slope], rel=1e-6)


@pytest.mark.parametrize("function", LOGIT_LOSSES)
def test_one_dimensional_logits(function):
    # F.sigmoid_focal_loss raises on 3.3.1.
    flat, column = (function(paddle.zeros(shape), paddle.ones(shape)) for shape in ([4], [4, 1]))
    assert list(flat.shape) == [] and flat.item() == column.item() > 0


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
@pytest.mark.parametrize("label", [0.0, 1.0])
@pytest.mark.parametrize("logit", [100.0, -100.0, 1e4, -1e4, 20.0])
def test_focal_gradient_is_finite_at_any_logit(gamma, label, logit):
    # F.sigmoid_focal_loss gives NaN at γ = 0.5 on confident correct logits, at γ = 0 too on 2.6.2.
    value, grad = gradient(losses.focal_loss, [logit], [label], gamma=gamma, alpha=None)
    assert np.isfinite(value).all() and np.isfinite(grad).all()
    right = (logit > 0) == (label > 0)
    if right and abs(logit) >= 100:
        assert value[0] <= 1e-15 and abs(grad[0]) <= 1e-15
    if not right:
        assert value[0] == pytest.approx(abs(logit), rel=1e-6)
        assert abs(grad[0]) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("function", [losses.logistic_loss, losses.binary_cross_entropy_with_logits])
def test_extreme_logits(function):
    # F.soft_margin_loss(-100, 1) is inf with a NaN gradient.
    negative = -1.0 if function is losses.logistic_loss else 0.0
    value, grad = gradient(function, [100.0, -100.0, 100.0, -100.0], [1.0, 1.0, negative, negative])
    assert value[1:3].tolist() == [100, 100]
    assert grad[1:3].tolist() == [-1, 1]
    # exp(-100) is a denormal of float32, which not every CPU setting keeps.
    assert (value[[0, 3]] >= 0).all() and (value[[0, 3]] < 1.2e-38).all()
    assert (abs(grad[[0, 3]]) < 1.2e-38).all()


def test_a_margin_of_twenty_is_not_zero():
    # F.softplus(-20) is 0.
    value, _ = gradient(losses.logistic_loss, [20.0], [1.0])
    assert value[0] == pytest.approx(np.log1p(np.exp(-20.0)), rel=1e-6)


def test_labels_get_a_gradient():
    # Those of Paddle's cross entropy of two classes get none.
    logit = paddle.to_tensor([2.0, -1.0])
    label = paddle.to_tensor([0.3, 0.6], stop_gradient=False)
    losses.binary_cross_entropy_with_logits(logit, label, reduction="sum").backward()
    assert label.grad.tolist() == [-2, 1]


@pytest.mark.parametrize("probability, expected", [(0.0, 16.118095650958), (1.0, 1.00000005e-7)])
def test_probabilities_of_exactly_zero_and_one(probability, expected):
    value, grad = gradient(losses.binary_cross_entropy, [probability], [1.0])
    assert value[0] == pytest.approx(expected, rel=1e-6)
    assert grad[0] == 0


def test_perfect_probability_is_not_negative():
    # F.log_loss gives -1e-4.
    value, _ = gradient(losses.binary_cross_entropy, [1.0, 0.0], [1.0, 0.0])
    assert (value >= 0).all() and (value < 2e-7).all()


def test_large_means():
    # paddle.mean is 1.7 % off.
    x = paddle.full([2**24], 0.1)
    assert losses.l1_loss(x, paddle.zeros([2**24])).item() == pytest.approx(float(np.float32(0.1)), rel=1e-7)


def test_double_labels_do_not_widen_the_loss():
    value = losses.mse_loss(paddle.ones([2]), paddle.zeros([2], "float64"))
    assert value.dtype == paddle.float32


SECOND_ORDER = [  # function, error or score, second derivative
    (losses.mse_loss, {}, 0.5, 2.0),
    (losses.mse_loss, {}, 0.0, 2.0),
    (losses.huber_loss, {}, 0.5, 1.0),
    (losses.huber_loss, {}, 0.0, 1.0),
    (losses.huber_loss, {}, 3.0, 0.0),
    (losses.smooth_l1_loss, {"beta": 0.25}, 0.0, 4.0),
    (losses.log_cosh_loss, {}, 0.5, 1 - np.tanh(0.5) ** 2),
    (losses.quantile_loss, {}, 0.5, 0.0),
    (losses.squared_hinge_loss, {}, 0.25, 2.0),
    (losses.exponential_loss, {}, 0.5, np.exp(-0.5)),
    (losses.logistic_loss, {}, 0.0, 0.25),
    (losses.binary_cross_entropy_with_logits, {}, 0.0, 0.25),
    (losses.focal_loss, {"alpha": None, "gamma": 1.0}, 0.5, None),
]


@pytest.mark.parametrize("static", [False, True], ids=["eager", "program"])
@pytest.mark.parametrize("function, settings, at, second", SECOND_ORDER)
def test_second_order_gradients_are_right_or_an_error(function, settings, at, second, static):
    label = 0.0 if function.__module__.endswith("regression") else 1.0
    arrays = {"x": np.array([at, at], "float32"), "y": np.array([label, label], "float32")}
    try:
        if static:
            options = {**settings, "reduction": "sum"}
            _, grads = modes.program(function, arrays, options, "float32", ["x"], order=2)
            result = grads["x"]
        else:
            x = paddle.to_tensor(arrays["x"], stop_gradient=False)
            with losses.set_kernels(False):
                value = function(x, paddle.to_tensor(arrays["y"]), reduction="sum", **settings)
            (first,) = paddle.grad(value, x, create_graph=True)
            result = paddle.grad(first.sum(), x)[0].numpy()
    except (RuntimeError, ValueError, NotImplementedError) as error:
        assert re.search("gradop|grad op|has gradient operator", str(error)), error
    else:
        assert second is not None, "this one was an error; give its second derivative"
        assert result == pytest.approx([second, second], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "function", [losses.l1_loss, losses.huber_loss, losses.log_cosh_loss, losses.quantile_loss]
)
def test_infinite_errors_are_infinite(function, dtype):
    # clip(x, min=0) has an upper end of 3.4e38, in float64 too on 2.6.2.
    far = paddle.to_tensor([float("inf"), -float("inf")], dtype=dtype)
    assert function(far, paddle.zeros([2], dtype), reduction="none").tolist() == [np.inf, np.inf]


def test_infinite_scores():
    far = paddle.to_tensor([float("inf"), -float("inf")])
    assert losses.hinge_loss(far, paddle.ones([2]), reduction="none").tolist() == [0, np.inf]


@pytest.mark.parametrize("size", [1e100, 4e38])
def test_errors_beyond_the_range_of_float32(size):
    arrays = {"x": np.array([size]), "y": np.array([0.0])}
    for function, value, slope in [
        (losses.quantile_loss, size / 2, 0.5),
        (losses.log_cosh_loss, size, 1.0),
        (losses.huber_loss, size, 1.0),
    ]:
        got, grads = modes.eager(function, arrays, {"reduction": "none"}, "float64", ["x"])
        assert got[0] == pytest.approx(value, rel=1e-15) and grads["x"][0] == slope
