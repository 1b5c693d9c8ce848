"""The metric losses against 60-digit arithmetic, vectors of all sizes, far apart and close together.

A loss is a difference of distances, so what is left of the rounding of float64 counts by the terms that
cancel; everything else is one rounding to float32.
"""

from __future__ import annotations

import mpmath as mp
import numpy as np
import paddle
import pytest
from both_paths import path  # noqa: F401
from test_accuracy import LARGEST, TINY, both_signs

import paddle_losses as losses

each_dtype = pytest.mark.parametrize("dtype, bound", [("float32", 0.51), ("float64", 4)])


def vectors(rng, dtype, count=300, size=4):
    """Rows of three vectors: moderate, of any size, long and nearly the same, along an axis."""
    kind = np.arange(count)[:, None] % 4
    scale = np.where(kind == 1, 10 ** rng.uniform(-30, 30, (count, 1)), 1)
    base = rng.normal(size=(count, size)) * np.where(kind == 2, 1e3, scale)
    others = []
    for _ in range(2):
        near = base + rng.normal(size=(count, size)) * 10 ** rng.uniform(-3, 1, (count, 1))
        others.append(np.where(kind == 2, near, rng.normal(size=(count, size)) * scale))
    on_axis = (kind == 3) & (np.arange(size) > 0)
    return [np.where(on_axis, 0, x).astype(dtype) for x in (base, *others)]


def exact_rows(array):
    return [[mp.mpf(float(x)) for x in row] for row in array]


def distance(x, y, p=2, epsilon=0):
    """‖x - y + ε‖_p and its gradient with respect to x."""
    e = [a - b + mp.mpf(epsilon) for a, b in zip(x, y)]
    p = mp.mpf(p)
    length = sum(abs(d) ** p for d in e) ** (1 / p)
    return length, [mp.sign(d) * (abs(d) / length) ** (p - 1) if length else mp.mpf(0) for d in e]


def assert_close(got, exact, scale, bound, dtype):
    """Within ``bound`` units of the last place, and 16 of float64 of the terms in ``scale``."""
    for value, truth, terms in zip(np.ravel(got), exact, scale):
        if dtype == "float32" and abs(truth) > LARGEST:
            assert np.isinf(value)
            continue
        unit = float(np.spacing(np.dtype(dtype).type(abs(float(truth)))))
        error = abs(mp.mpf(float(value)) - truth)
        assert error <= bound * unit + 16 * mp.mpf(2) ** -53 * terms + TINY, (value, truth)


def run(function, arrays, differentiable, **settings):
    tensors = [paddle.to_tensor(array) for array in arrays]
    for tensor in tensors[:differentiable]:
        tensor.stop_gradient = False
    value = function(*tensors, reduction="none", **settings)
    value.sum().backward()
    return value.numpy(), [tensor.grad.numpy() for tensor in tensors[:differentiable]]


TRIPLETS = [
    (losses.triplet_margin_loss, {}),
    (losses.triplet_margin_loss, {"epsilon": 0, "margin": 0.3}),
    (losses.triplet_margin_loss, {"p": 1}),
    (losses.triplet_margin_loss, {"p": 3, "swap": True}),
    (losses.triplet_margin_loss, {"p": 1.5, "epsilon": 0}),
    (losses.triplet_margin_loss, {"swap": True, "margin": 10}),
]


@each_dtype
@pytest.mark.parametrize("function, settings", TRIPLETS)
def test_triplets(function, settings, dtype, bound):
    arrays = vectors(np.random.default_rng(0), dtype)
    value, grads = run(function, arrays, 3, **settings)
    options = {"p": settings.get("p", 2), "epsilon": settings.get("epsilon", 1e-6)}
    margin = mp.mpf(settings.get("margin", 1.0))
    exact, scale, slopes, slope_scale = [], [], [[], [], []], []
    for a, b, c in zip(*map(exact_rows, arrays)):
        near, to_near = distance(a, b, **options)
        far, to_far = distance(a, c, **options)
        crossed, to_crossed = distance(b, c, **options)
        loss = near - (min(far, crossed) if settings.get("swap") else far) + margin
        exact.append(max(loss, mp.mpf(0)))
        scale.append(near + far + margin)
        by_swap = settings.get("swap") and crossed < far
        a_tie = settings.get("swap") and abs(crossed - far) < 1e-14 * far  # which of the two is rounding
        for k in range(len(a)):
            on, u, v, w = loss > 0, to_near[k], to_far[k], to_crossed[k]
            parts = (u, -u - w, w) if by_swap else (u - v, -u, v)
            for slope, part in zip(slopes, parts):
                slope.append(part if on else mp.mpf(0))
            slope_scale.append(mp.inf if a_tie else abs(u) + abs(v) + abs(w))
    assert_close(value, exact, scale, bound, dtype)
    for grad, slope in zip(grads, slopes):
        assert_close(grad, slope, slope_scale, bound, dtype)


BATCHES = [(losses.batch_triplet_loss, {"strategy": s}) for s in ("hard", "semihard", "easy", "all")]


@each_dtype
@pytest.mark.parametrize("function, settings", BATCHES)
@pytest.mark.parametrize("scale", [1e-20, 1e-3, 1, 1e3, 1e20])
def test_batches(function, settings, scale, dtype, bound):
    rng = np.random.default_rng(1)
    label = rng.integers(0, 4, 12)
    x = ((rng.normal(size=(4, 3))[label] + rng.normal(size=(12, 3))) * scale).astype(dtype)
    settings = {**settings, "margin": scale * (0.1 if settings["strategy"] == "easy" else 1)}
    value, (grad,) = run(function, [x, label], 1, **settings)
    mined = losses.mine_triplets(paddle.to_tensor(x), paddle.to_tensor(label), **settings)
    rows, margin = exact_rows(x), mp.mpf(settings["margin"])
    exact, terms, slope = [], [], {(i, k): mp.mpf(0) for i in range(12) for k in range(3)}
    for a, p, n in zip(*(index.tolist() for index in mined)):
        near, to_near = distance(rows[a], rows[p])
        far, to_far = distance(rows[a], rows[n])
        exact.append(max(near - far + margin, mp.mpf(0)))
        terms.append(near + far + margin)
        for k in range(3) if exact[-1] > 0 else ():
            slope[a, k] += to_near[k] - to_far[k]
            slope[p, k] -= to_near[k]
            slope[n, k] += to_far[k]
    assert len(exact) == value.size > 0
    assert_close(value, exact, terms, bound, dtype)
    assert_close(grad, list(slope.values()), [len(exact)] * grad.size, bound, dtype)


@each_dtype
@pytest.mark.parametrize("margin", [1.0, 0.3, 1e3])
@pytest.mark.parametrize("kind", ["similar", "different", "soft"])
def test_pairs(kind, margin, dtype, bound):
    rng = np.random.default_rng(2)
    anchor, other, _ = vectors(rng, dtype)
    close = np.arange(300) % 3 == 0  # inside the margin, down to 1e-12
    steps = both_signs(rng, 10 ** rng.uniform(-12, -1, (300, 4)))
    other[close] = (anchor[close] + margin * steps[close]).astype(dtype)
    label = {"similar": np.ones(300), "different": np.zeros(300), "soft": rng.uniform(size=300)}[kind]
    function, m = losses.contrastive_loss, mp.mpf(margin)
    value, grads = run(function, [anchor, other, label.astype(dtype)], 3, margin=margin)
    exact, scale, slope, slope_scale, by_label = [], [], [], [], []
    for a, b, y in zip(exact_rows(anchor), exact_rows(other), label.astype(dtype)):
        y, (d, to_a) = mp.mpf(float(y)), distance(a, b)
        gap = max(m - d, mp.mpf(0))
        exact.append((y * d**2 + (1 - y) * gap**2) / 2)
        scale.append(y * d**2 + (1 - y) * gap * (m + d))
        by_label.append((d**2 - gap**2) / 2)
        slope += [(y * d - (1 - y) * gap) * u for u in to_a]
        slope_scale += [(y * d + (1 - y) * (m + d) * (gap > 0)) * abs(u) for u in to_a]
    assert_close(value, exact, scale, bound, dtype)
    assert_close(grads[0], slope, slope_scale, bound, dtype)
    assert_close(grads[1], [-s for s in slope], slope_scale, bound, dtype)
    assert_close(grads[2], by_label, [abs(b) + m**2 for b in by_label], bound, dtype)


RANKINGS = [(losses.margin_ranking_loss, margin) for margin in (0.0, 0.3, 100.0)]


@each_dtype
@pytest.mark.parametrize("function, margin", RANKINGS)
def test_rankings(function, margin, dtype, bound):
    rng = np.random.default_rng(3)
    wide = both_signs(rng, 10 ** rng.uniform(-30, 30, 300))
    first = np.concatenate([wide, rng.normal(size=300), wide])
    second = np.concatenate([wide * rng.uniform(0.9, 1.1, 300), rng.normal(size=300), np.zeros(300)])
    first, second = first.astype(dtype), second.astype(dtype)
    label = rng.choice([-1, 1], 900).astype(dtype)
    value, grads = run(function, [first, second, label], 2, margin=margin)
    rows = exact_rows(np.stack([first, second, label], 1))
    leads = [y * (a - b) for a, b, y in rows]
    exact = [max(mp.mpf(margin) - lead, mp.mpf(0)) for lead in leads]
    assert_close(value, exact, [abs(lead) + margin for lead in leads], bound, dtype)
    slope = np.where([loss > 0 for loss in exact], -label, 0)
    np.testing.assert_array_equal(grads[0], slope)
    np.testing.assert_array_equal(grads[1], -slope)
