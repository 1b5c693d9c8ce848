"""Values and gradients of float32, for losses of feature maps, over the whole range.

The exact results are computed in extended precision. An ulp is the distance between neighbouring float32 at
the exact result; what is below TINY counts as 0, and what is above LARGEST is to be inf.
"""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses

TINY = 1.2e-38
LARGEST = float(np.finfo("float32").max)

SHAPES = [(2, 3), (3, 4, 5), (3, 4, 5, 5), (1, 64, 60, 60), (2, 300, 4, 4)]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
each_scale = pytest.mark.parametrize("scale", [1, 1e-25, 1e-18, 1e12, 1e18, 1e30])
each_distance = pytest.mark.parametrize("distance", [1, 1e-2, 1e-4, 1e-6])


def maps(shape, scale, distance):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=shape) * scale).astype("float32")
    return x, (x + distance * scale * rng.normal(size=shape)).astype("float32")


def evaluate(function, x, y, **settings):
    """Value of every sample and gradient with respect to the prediction."""
    x = paddle.to_tensor(x, stop_gradient=False)
    value = function([x], [paddle.to_tensor(y)], reduction="none", **settings)
    value.sum().backward()
    return value.numpy(), x.grad.numpy()


def assert_within(got, exact, bound):
    got, exact = got.astype("longdouble"), np.asarray(exact)
    beyond = np.abs(exact) > LARGEST
    assert np.isinf(got[beyond]).all()
    got, exact = got[~beyond], exact[~beyond]
    error = np.abs(got - exact) / np.spacing(np.maximum(np.abs(exact), TINY).astype("float32"))
    error[np.abs(got - exact) <= TINY] = 0
    assert not error.size or error.max() <= bound, f"{float(error.max()):.2f} ulp"


@each_shape
@each_scale
@each_distance
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_perceptual_loss_is_within_3_ulp(shape, scale, distance, norm):
    x, y = maps(shape, scale, distance)
    difference = x.astype("longdouble") - y
    value = np.abs(difference) if norm == "l1" else difference**2
    slope = np.sign(difference) if norm == "l1" else 2 * difference
    got = evaluate(losses.perceptual_loss, x, y, norm=norm)
    assert_within(got[0], value.mean(tuple(range(1, x.ndim))), 3)
    assert_within(got[1], slope / x[0].size, 3)


@each_shape
@each_scale
@each_distance
def test_style_loss_is_within_1_ulp(shape, scale, distance):
    x, y = maps(shape, scale, distance)
    values, slopes = [], []
    for a, b in zip(x, y):
        rows, others = [m.reshape(len(m), -1).astype("longdouble") for m in (a, b)]
        product = (rows - others) @ (rows + others).T  # X Xᵀ - Y Yᵀ cancels too much in these digits too
        gram = (product + product.T) / 2 / a.size
        values.append(np.mean(gram**2))
        slopes.append((4 * gram @ rows / (a.size * len(a) ** 2)).reshape(a.shape))
    got = evaluate(losses.style_loss, x, y)
    assert_within(got[0], values, 1)
    assert_within(got[1], slopes, 1)


def test_the_plain_gram_matrix_in_float32_loses_what_this_keeps():
    x, y = maps((1, 64, 60, 60), 1, 1e-5)
    rows, others = x[0].reshape(64, -1), y[0].reshape(64, -1)
    exact = np.mean((rows @ rows.T.astype("longdouble") - others @ others.T.astype("longdouble")) ** 2)
    plain = np.mean((rows @ rows.T - others @ others.T) ** 2)
    value = losses.style_loss([paddle.to_tensor(x)], [paddle.to_tensor(y)]).item() * x.size**2
    assert abs(plain / exact - 1) > 1e-3
    assert abs(value / exact - 1) < 1e-7


def test_a_mean_over_millions_of_elements():
    x = paddle.full([1, 2**12, 2**12], 0.1)
    for norm, exact in (("l1", np.float32(0.1)), ("l2", np.float32(0.1).astype("float64") ** 2)):
        value = losses.perceptual_loss([x], [paddle.zeros_like(x)], norm=norm).item()
        assert value == pytest.approx(float(exact), rel=1e-7)
