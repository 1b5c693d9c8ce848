"""Values and gradients of float32, for losses of similarities, over the whole range.

The exact results are computed in NumPy's longest float. A bound has the form ``U |result| + E · size``:
the result is rounded once to float32 (U), and ``size`` is that of the terms of which a difference is
taken in float64, the part of a gradient across its vector for one.
"""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from both_paths import path  # noqa: F401

import paddle_losses as losses

U = 1.01 * 2.0**-24
E = 1e-13
TINY = 1.2e-38

LONG = np.longdouble


def evaluate(function, arrays, **settings):
    """Value of every element and gradients of their sum."""
    tensors = [paddle.to_tensor(array.astype("float32"), stop_gradient=False) for array in arrays]
    value = function(*tensors, reduction="none", **settings)
    value.sum().backward()
    return value.numpy().astype(LONG), [tensor.grad.numpy().astype(LONG) for tensor in tensors]


def assert_within(got, truth, bound):
    error = np.maximum(np.abs(got - truth) - TINY, 0)
    worst = np.unravel_index(np.argmax(error - bound), error.shape)
    assert error[worst] <= bound[worst], f"{got[worst]!r} instead of {truth[worst]!r} at {worst}"


def sum_of(x):
    return np.sum(x, -1, keepdims=True)


def length(x):
    size = np.max(np.abs(x), -1, keepdims=True)
    size = np.where(size == 0, 1, size)
    return size * np.sqrt(sum_of((x / size) ** 2))


def over_length(x, of):
    """x divided by the length of a vector; 0 where that is zero."""
    size = length(of)
    return x / np.where(size == 0, np.inf, size)


def unit(x):
    return over_length(x, x)


def across(x, slope):
    """The gradient to x of what has the gradient ``slope`` to its direction."""
    u = unit(x)
    return over_length(slope - u * sum_of(u * slope), x)


def lead_of(logits, ids):
    """log Σ exp of the others less the own, and the gradient of its softplus to all logits."""
    own = np.take_along_axis(logits, ids[..., None], -1)
    others = logits - own
    np.put_along_axis(others, ids[..., None], -np.inf, -1)
    best = np.maximum(np.max(others, -1, keepdims=True), LONG("-1e4000"))
    shares = np.exp(others - best)
    lead = best + np.log(np.maximum(sum_of(shares), LONG("1e-4000")))
    slope = np.exp(others - np.logaddexp(0, lead))
    np.put_along_axis(slope, ids[..., None], -sum_of(slope), -1)
    return np.logaddexp(0, lead)[..., 0], slope


def exact(arrays, factor, in_batch, normalize):
    """Loss, gradients, and the sizes of what makes the gradients."""
    q, p, *rest = (array.astype("float32").astype(LONG) for array in arrays)
    vectors = [unit(x) if normalize else x for x in (q, p, *rest)]
    x, y = vectors[:2]
    rows = np.arange(len(x))
    logits = x @ y.T if in_batch else sum_of(x * y)
    ids, width = (rows, len(x)) if in_batch else (rows * 0, 1)
    if rest:
        n = vectors[2]
        more = x @ n.T if n.ndim == 2 else np.einsum("nd,nkd->nk", x, n)
        logits = np.concatenate([logits, more], 1)
    loss, slope = lead_of(factor * logits, ids)
    slope = factor * slope

    def back(slope, *vectors):
        mine, yours = slope[:, :width], slope[:, width:]
        x, y, *more = vectors
        slopes = [mine @ y if in_batch else mine * y, mine.T @ x if in_batch else mine * x]
        for n in more:
            slopes[0] = slopes[0] + (yours @ n if n.ndim == 2 else np.einsum("nk,nkd->nd", yours, n))
            slopes.append(yours.T @ x if n.ndim == 2 else yours[..., None] * x[:, None])
        return slopes

    slopes, sizes = back(slope, *vectors), back(np.abs(slope), *map(np.abs, vectors))
    if normalize:
        given = (q, p, *rest)
        slopes = [across(v, s) for v, s in zip(given, slopes)]
        sizes = [over_length(length(s), v) for v, s in zip(given, sizes)]
    return loss, slopes, sizes, np.abs(factor * logits)


def sized(rng, shape, low, high):
    return rng.standard_normal(shape) * 10 ** rng.uniform(low, high, (*shape[:-1], 1))


def tuples(kind, size, low=-20, high=20, n=24):
    """Queries and positives of all lengths, as alike as ``kind`` says."""
    rng = np.random.default_rng(0)
    query = sized(rng, (n, size), low, high)
    positive = sized(rng, (n, size), low, high)
    if kind == "near":
        positive = query * (1 + 10 ** rng.uniform(-6, -1, (n, 1)) * rng.standard_normal((n, size)))
    elif kind == "same":
        query, positive = np.repeat(query[:1], n, 0), np.repeat(query[:1], n, 0)
    elif kind == "opposite":
        positive = -query
    elif kind == "zeros":
        query[::3], positive[::4] = 0, 0
    return query, positive, rng


def negatives_of(kind, rng, shape, low=-20, high=20):
    n, size = shape
    if kind == "none":
        return []
    return [sized(rng, (5, size) if kind == "shared" else (n, 3, size), low, high)]


CONTRASTIVE = [
    (losses.info_nce_loss, "temperature"),
    (losses.multiple_negatives_ranking_loss, "scale"),
]


@pytest.mark.parametrize("negatives", ["none", "shared", "own"])
@pytest.mark.parametrize("kind", ["any", "near", "same", "opposite", "zeros"])
@pytest.mark.parametrize("factor", [1e-3, 1, 14, 1000])
@pytest.mark.parametrize("function, setting", CONTRASTIVE)
def test_cosines(function, setting, factor, kind, negatives):
    for size in (2, 3, 100):
        query, positive, rng = tuples(kind, size)
        arrays = [query, positive, *negatives_of(negatives, rng, query.shape)]
        value = 1 / factor if setting == "temperature" else factor
        loss, slopes = evaluate(function, arrays, **{setting: value})
        in_batch = setting == "scale" or negatives == "none"
        truth, true_slopes, sizes, _ = exact(arrays, LONG(factor), in_batch, True)
        assert_within(loss, truth, U * truth + E * (1 + factor) * np.minimum(truth, 1))
        for got, slope, scale in zip(slopes, true_slopes, sizes):
            assert_within(got, slope, U * np.abs(slope) + E * (1 + factor) * scale)


@pytest.mark.parametrize("negatives", ["none", "shared", "own"])
@pytest.mark.parametrize("low, high", [(-20, 20), (-20, -20), (20, 20), (0, 0), (1, 2)])
def test_products_of_vectors_as_they_are(low, high, negatives):
    query, positive, rng = tuples("any", 5, low, high)
    arrays = [query, positive, *negatives_of(negatives, rng, query.shape, low, high)]
    loss, slopes = evaluate(losses.info_nce_loss, arrays, temperature=0.5, normalize=False)
    truth, true_slopes, sizes, logits = exact(arrays, LONG(2), negatives == "none", False)
    beyond = truth > 3.4e38  # float32 ends there
    assert np.isinf(loss[beyond]).all()
    far = np.max(logits, 1)
    assert_within(np.where(beyond, 0, loss), np.where(beyond, 0, truth), U * truth + 1e-15 * far)
    # Of far logits, the difference is rounded too; what a query sees of it, all positives do.
    rounded = E + np.minimum(1e-15 * far, 1)[:, None]
    assert_within(slopes[0], true_slopes[0], U * np.abs(true_slopes[0]) + rounded * sizes[0])
    for got, slope, size in zip(slopes[1:], true_slopes[1:], sizes[1:]):
        assert_within(got, slope, U * np.abs(slope) + np.max(rounded) * size)


def speech(kind, shape):
    rng = np.random.default_rng(1)
    speakers, _, size = shape
    x = sized(rng, shape, -15, 15)
    if kind == "told apart":
        x = sized(rng, (*shape[:2], 1), -15, 15) ** 2 * (
            np.eye(speakers, size)[:, None] + 0.1 * rng.standard_normal(shape)
        )
    elif kind == "with zeros":
        x[0, 0] = 0
    return x


def exact_ge2e(x, scale, bias, variant):
    """Loss, gradients to embedding, scale and bias, and the sizes of their terms."""
    e = unit(x)
    total = np.sum(e, 1)
    left = total[:, None] - e
    c, c_own = unit(total), unit(left)
    cosine = np.einsum("jid,kd->jik", e, c)
    own = np.arange(len(x))
    cosine[own, :, own] = np.sum(e * c_own, -1)
    s = scale * cosine
    ids = np.broadcast_to(own[:, None], x.shape[:2])
    if variant == "softmax":
        loss, slope = lead_of(s, ids)
    else:
        s = s + bias
        right = np.take_along_axis(s, ids[..., None], -1)
        others = s.copy()
        np.put_along_axis(others, ids[..., None], -np.inf, -1)
        place = np.argmax(others, -1)[..., None]
        wrong = np.take_along_axis(others, place, -1)
        loss = (sigmoid(-right) + sigmoid(wrong))[..., 0]
        slope = np.zeros_like(s)
        np.put_along_axis(slope, place, sigmoid(wrong) * sigmoid(-wrong), -1)
        np.put_along_axis(slope, ids[..., None], -sigmoid(right) * sigmoid(-right), -1)
    slopes = [back_ge2e(x, e, c, c_own, total, left, scale * slope, ids, plain) for plain in (True, False)]
    by_bias = (np.sum(slope), np.sum(np.abs(slope))) if variant == "contrast" else (LONG(0), LONG(0))
    return loss, slopes, (np.sum(slope * cosine), np.sum(np.abs(slope * cosine))), by_bias


def back_ge2e(x, e, c, c_own, total, left, slope, ids, plain):
    # The gradient to x, or the size of its terms.
    def through(vector, gradient):
        return across(vector, gradient) if plain else over_length(length(gradient), vector)

    e, c, c_own, slope = (e, c, c_own, slope) if plain else map(np.abs, (e, c, c_own, slope))
    mine = np.take_along_axis(slope, ids[..., None], -1)
    rest = slope.copy()
    np.put_along_axis(rest, ids[..., None], 0, -1)
    to_e = mine * c_own + np.einsum("jik,kd->jid", rest, c)
    to_e = to_e + through(total, np.einsum("jik,jid->kd", rest, e))[:, None]
    to_left = through(left, mine * e)
    to_e = to_e + np.sum(to_left, 1, keepdims=True) + (-to_left if plain else to_left)
    return through(x, to_e)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


@pytest.mark.parametrize("kind", ["any", "told apart", "with zeros"])
@pytest.mark.parametrize("scale, bias", [(10, -5), (1e-3, 0), (1, 1), (80, -30)])
@pytest.mark.parametrize("shape", [(2, 2, 3), (7, 5, 64), (1, 3, 4)])
@pytest.mark.parametrize("function, variant", [(losses.ge2e_loss, "softmax"), (losses.ge2e_loss, "contrast")])
def test_speakers(function, variant, shape, scale, bias, kind):
    x = speech(kind, shape).astype("float32")
    scale, bias = LONG(np.float32(scale)), LONG(np.float32(bias))
    loss, slopes = evaluate(function, [x, np.array(scale), np.array(bias)], variant=variant)
    truth, (slope, size), by_scale, by_bias = exact_ge2e(x.astype(LONG), scale, bias, variant)
    exponents = 1 + scale + np.abs(bias)
    assert_within(loss, truth, (U + E * exponents) * truth)
    assert_within(slopes[0], slope, U * np.abs(slope) + E * exponents * size)
    for got, (truth, size) in zip(slopes[1:], (by_scale, by_bias)):
        assert_within(got.reshape(1), truth.reshape(1), (U * np.abs(truth) + E * exponents * size).reshape(1))
