"""Value and gradients of the margin losses in float32, at every angle to the right class centre.

The truth is computed in float64 from the same float32 numbers, with the gradient written out by hand.
Errors are counted in 2⁻²⁴ of what the result is made of: a logit has the size of the scale, and so
has its rounding.
"""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses

ULP = 2.0**-24
ANGLES = np.concatenate(
    [[0, 1e-4, 1e-3, 0.01], np.linspace(0.05, 3.09, 41), np.pi - np.array([0.01, 1e-3, 0])]
)


def centres_and_vectors(seed, size, classes):
    """One embedding at every angle to its class centre, of various lengths."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(classes, size)) * 10 ** rng.uniform(-1, 1, (classes, 1))
    label = rng.integers(0, classes, len(ANGLES))
    towards = w[label] / np.linalg.norm(w[label], axis=1, keepdims=True)
    aside = rng.normal(size=towards.shape)
    aside -= (aside * towards).sum(1, keepdims=True) * towards
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    x = np.cos(ANGLES)[:, None] * towards + np.sin(ANGLES)[:, None] * aside
    x *= 10 ** rng.uniform(-1, 1, (len(x), 1))
    w = w.astype("float32")
    x = x.astype("float32")
    x[0], x[-1] = 2 * w[label[0]], -4 * w[label[-1]]  # to the last bit
    return x, label, w


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def angle(a, b):
    a, b = unit(a), unit(b)
    return 2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))


# Each gives f and f' = df/d cos θ of the right class, as functions of θ.


def plain(theta):
    return np.cos(theta), np.ones_like(theta)


def lowered(theta, margin):
    return np.cos(theta) - margin, np.ones_like(theta)


def turned(theta, margin, epsilon=1e-7):
    sine = np.sqrt(np.maximum(np.sin(theta) ** 2, epsilon))
    slope = np.cos(margin) + np.where(np.sin(theta) ** 2 >= epsilon, np.sin(margin) / sine, 0) * np.cos(theta)
    beyond = theta >= np.pi - margin
    value = np.cos(theta) * np.cos(margin) - sine * np.sin(margin)
    return np.where(beyond, np.cos(theta) - margin * np.sin(margin), value), np.where(beyond, 1, slope)


def multiplied(theta, margin, annealing=0.0):
    k = np.minimum(np.floor(theta * margin / np.pi), margin - 1)
    value = (-1) ** k * np.cos(margin * theta) - 2 * k
    inside = np.sin(theta) > 1e-12
    ends = margin**2 * np.where(theta < 1, 1, (-1.0) ** (margin - 1))
    quotient = np.sin(margin * theta) * margin / np.where(inside, np.sin(theta), 1)
    slope = (-1) ** k * np.where(inside, quotient, ends)
    return (value + annealing * np.cos(theta)) / (1 + annealing), (slope + annealing) / (1 + annealing)


def truth(x, label, w, f, normalized, scale):
    """Loss of every row, gradients of their sum, and what the rounding of each is measured by."""
    x, w, rows = x.astype("float64"), w.astype("float64"), np.arange(len(x))
    to_x, to_w = unit(x), unit(w)
    long_x, long_w = np.linalg.norm(x, axis=1), np.linalg.norm(w, axis=1)
    theta, own_w = angle(x, w[label]), to_w[label]
    value, slope = f(theta)
    size_x = np.ones_like(long_x) if normalized[0] else long_x
    size_w = np.ones_like(long_w) if normalized[1] else long_w
    logits = scale * (to_x @ to_w.T) * size_x[:, None] * size_w
    size = scale * size_x * size_w[label]
    logits[rows, label] = size * value
    best = np.where(np.arange(len(w)) == label[:, None], -np.inf, logits).max(1)
    odds = np.exp(logits - best[:, None])
    odds[rows, label] = 0
    gap = logits[rows, label] - best - np.log(odds.sum(1))
    loss = np.logaddexp(0, -gap)
    wrong = 1 / (1 + np.exp(gap))
    share = odds / odds.sum(1, keepdims=True) * wrong[:, None]  # of the other classes
    # Down from the logits: x̂·ŵ has the gradient ŵ - cos θ x̂, over ‖x‖, and a length has x̂.
    cosine = to_x @ to_w.T
    pull = share * scale * size_w
    grad_x = pull @ to_w
    if normalized[0]:
        grad_x = (grad_x - (pull * cosine).sum(1, keepdims=True) * to_x) / long_x[:, None]
    aside = own_w - np.cos(theta)[:, None] * to_x
    own = slope[:, None] * aside / long_x[:, None]
    own = own if normalized[0] else own + value[:, None] * to_x / long_x[:, None]
    grad_x -= (wrong * size)[:, None] * own
    pull = (share * scale * size_x[:, None]).T
    grad_w = pull @ to_x
    if normalized[1]:
        grad_w = (grad_w - (pull * cosine.T).sum(1, keepdims=True) * to_w) / long_w[:, None]
    back = to_x - np.cos(theta)[:, None] * own_w
    own = slope[:, None] * back / long_w[label][:, None]
    own = own if normalized[1] else own + value[:, None] * own_w / long_w[label][:, None]
    np.add.at(grad_w, label, -(wrong * size)[:, None] * own)
    # A logit is rounded in proportion to its size, so the loss, whose logarithm it is, likewise.
    rounding = 1 + np.abs(logits).max(1)
    per_x = rounding * wrong * (size * np.abs(slope) + scale * size_x * size_w.max()) / long_x
    per_w = np.zeros(len(w))
    np.add.at(per_w, label, rounding * wrong * size * np.abs(slope) / long_w[label])
    per_w += (rounding[:, None] * share * scale * size_x[:, None]).sum(0) * size_w / long_w
    return loss, grad_x, grad_w, rounding, per_x, per_w


CASES = {
    "softmax": (losses.softmax_loss, {}, plain, (False, False), 1),
    "softmax of cosines": (losses.softmax_loss, {"normalize": True, "scale": 30.0}, plain, (True, True), 30),
    "cosface": (losses.cosface_loss, {}, lambda t: lowered(t, 0.35), (True, True), 64),
    "cosface of scale 4": (losses.cosface_loss, {"scale": 4}, lambda t: lowered(t, 0.35), (True, True), 4),
    "arcface": (losses.arcface_loss, {}, lambda t: turned(t, 0.5), (True, True), 64),
    "arcface of scale 4": (
        losses.arcface_loss,
        {"margin": 1.3, "scale": 4},
        lambda t: turned(t, 1.3),
        (True, True),
        4,
    ),
    "large margin": (
        losses.large_margin_softmax_loss,
        {},
        lambda t: multiplied(t, 4),
        (False, False),
        1,
    ),
    "sphereface": (losses.sphereface_loss, {"margin": 3}, lambda t: multiplied(t, 3), (False, True), 1),
    "sphereface, annealed": (
        losses.sphereface_loss,
        {"margin": 5, "annealing": 2.5},
        lambda t: multiplied(t, 5, 2.5),
        (False, True),
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size, classes", [(2, 2), (64, 10), (512, 1000)])
def test_value_and_gradients(name, size, classes):
    function, settings, f, normalized, scale = CASES[name]
    x, label, w = centres_and_vectors(0, size, classes)
    loss, grad_x, grad_w, rounding, per_x, per_w = truth(x, label, w, f, normalized, scale)
    embedding, weight = paddle.to_tensor(x), paddle.to_tensor(w)
    embedding.stop_gradient = weight.stop_gradient = False
    value = function(embedding, paddle.to_tensor(label), weight, **settings, reduction="none")
    value.sum().backward()
    seen = loss > 1e-36  # the exponential function of Paddle ends at 1e-38
    assert np.abs(value.numpy()[~seen]).max(initial=0) < 1e-35
    worst = {
        "value": np.max((np.abs(value.numpy() - loss) / (rounding * loss))[seen]) / ULP,
        "embedding": np.max((np.abs(embedding.grad.numpy() - grad_x).max(1) / per_x)[seen]) / ULP,
        "weight": np.max(np.abs(weight.grad.numpy() - grad_w).max(1) / (per_w + 1e-36)) / ULP,
    }
    assert max(worst.values()) <= 3, worst
