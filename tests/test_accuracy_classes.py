"""Values and gradients of float32, for losses of classes, regions and detectors, over the whole range.

The exact results are computed in float64, by formulas in which nothing cancels: they are right to 1e-12,
where float32 rounds at U = 6e-8. A bound has the form ``c * U * scale``, and ``scale`` says what the
rounding of the inputs' differences makes unavoidable:

- A difference of logits is rounded, so exp of it has a relative error of U times the difference. Where
  the logit of the class is above the others, value and gradient of a hard label are such an exp.
- Where a gradient is itself a difference, p - q, the error is one of its two terms.

Below the smallest normal number errors count absolutely, in every term: Paddle's exp ends there.
"""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from both_paths import path  # noqa: F401

import paddle_losses as losses

U = 2.0**-24
TINY = 1.2e-38


def evaluate(function, prediction, *others, **settings):
    """Value of every row and gradient with respect to the prediction, in float64."""
    x = paddle.to_tensor(prediction, stop_gradient=False)
    value = function(x, *[paddle.to_tensor(other) for other in others], reduction="none", **settings)
    value.sum().backward()
    return value.numpy().astype("float64"), x.grad.numpy().astype("float64")


def assert_within(got, truth, bound, terms=1):
    """|got - truth| <= bound everywhere, beside what is lost below the normal numbers in every term."""
    error = np.maximum(np.abs(got - truth) - terms * TINY, 0)
    worst = np.unravel_index(np.argmax(error - bound), error.shape)
    assert error[worst] <= bound[worst], (
        f"{got[worst]!r} instead of {truth[worst]!r} at {worst}: "
        f"{error[worst] / max(bound[worst], 1e-300):.2f} of the bound"
    )


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def sum_of(x):
    return np.sum(x, -1, keepdims=True)


# ------------------------------------------------------------------------------------- rows of logits

CLASSES = [1, 2, 3, 10, 1000]
each_number_of_classes = pytest.mark.parametrize("classes", CLASSES)


def rows(classes):
    """Logits of all sizes, with ties, alike, right by little and by far; and the ids of the right class."""
    rng = np.random.default_rng(classes)
    sizes = np.repeat([0, 1e-3, 1, 10, 50, 1e4], 12)[:, np.newaxis]
    spread = rng.standard_normal((72, classes)) * sizes
    ties = rng.integers(-2, 3, (16, classes)) * 7.5
    x = np.concatenate([spread, ties, rng.standard_normal((48, classes))])
    ids = rng.integers(0, classes, len(x))
    right = np.arange(len(x) - 48, len(x))
    x[right, ids[right]] = np.max(x[right], -1) + np.repeat([0.1, 1, 5, 20, 60, 100], 8)
    return x.astype("float32"), ids


def apart(x, ids):
    """The logits without that of the right class, which becomes -inf; it; and the best of the others."""
    x = x.astype("float64")
    others = np.where(np.arange(x.shape[-1]) == ids[:, np.newaxis], -np.inf, x)
    best = np.max(others, -1, keepdims=True)
    own = np.take_along_axis(x, ids[:, np.newaxis], -1)
    return others, own, np.where(np.isinf(best), own, best)


def margin(x, ids):
    """x_y - log Σ exp(x_k) over the other classes, [N, 1], and how its gradient is shared among them."""
    others, own, best = apart(x, ids)
    weights = np.exp(others - best)
    total = sum_of(weights)
    # Of one class the margin is infinite; what counts is that it is far beyond all others.
    return own - best - np.log(np.where(total == 0, np.exp(-700), total)), weights / np.maximum(total, 1e-300)


def conditions(x, ids):
    """How much the rounding of differences counts, for the loss [N, 1] and for its gradient [N, K]."""
    others, own, best = apart(x, ids)
    lead = 1 + np.maximum(own - best, 0) + np.log(x.shape[-1])
    return lead, lead + np.where(np.isinf(others), 0, np.abs(others - best))


def focal_of_margin(m, gamma=2.0):
    fade = np.exp(-gamma * softplus(m))
    entropy = softplus(-m)
    return fade * entropy, -fade * (gamma * sigmoid(m) * entropy + sigmoid(-m))


def poly_of_margin(m, coefficients):
    value, slope = focal_of_margin(m, 0)
    miss = sigmoid(-m)
    for j, coefficient in enumerate(coefficients, 1):
        value = value + coefficient * miss**j
        slope = slope - coefficient * j * miss**j * sigmoid(m)
    return value, slope


def poly1_of_margin(m, poly_epsilon=2.0):
    return poly_of_margin(m, [poly_epsilon])


def entropy_of_margin(m, **_):
    return focal_of_margin(m, 0)


LOSSES_OF_A_MARGIN = [  # function, settings, the loss of the margin and its derivative, powers of 1 - p
    (losses.cross_entropy, {}, entropy_of_margin, 1),
    (losses.ohem_cross_entropy, {"min_kept": 10**6, "axis": -1}, entropy_of_margin, 1),
    *[(losses.softmax_focal_loss, {"gamma": g}, focal_of_margin, 1 + g) for g in (0, 0.5, 1, 2, 5)],
    *[(losses.poly1_cross_entropy, {"poly_epsilon": e}, poly1_of_margin, 1) for e in (0, 2.0, 0.3)],
    (losses.poly_cross_entropy, {"coefficients": [1.0, 0.5, 0.25]}, poly_of_margin, 1),
]


@each_number_of_classes
@pytest.mark.parametrize(
    "function, settings, exact, powers",
    LOSSES_OF_A_MARGIN,
    ids=[f"{row[0].__name__}-{row[1]}" for row in LOSSES_OF_A_MARGIN],
)
def test_losses_of_class_ids_are_relatively_accurate(function, settings, exact, powers, classes):
    x, ids = rows(classes)
    value, slope = evaluate(function, x, ids, **settings)
    m, shares = margin(x, ids)
    truth, slope_truth = exact(m, **settings)
    here = np.arange(classes) == ids[:, np.newaxis]
    slopes = slope_truth * np.where(here, 1, -shares)
    scale, slope_scale = conditions(x, ids)
    assert_within(value, truth[:, 0], 2.5 * U * powers * (scale * np.abs(truth))[:, 0], classes)
    assert_within(slope, slopes, 2.5 * U * powers * slope_scale * np.abs(slopes), classes)


# ----------------------------------------------------------------------------------- distributions


def shares(x, ids):
    """Labels of several kinds: one-hot, two classes, spread, without the class that leads."""
    rng = np.random.default_rng(x.shape[-1] + 1)
    one_hot = np.eye(x.shape[-1])[ids]
    spread = rng.dirichlet(np.ones(x.shape[-1]), len(x))
    kind = np.arange(len(x))[:, np.newaxis] % 3
    two = 0.75 * one_hot + 0.25 * np.roll(one_hot, 1, -1)
    return np.choose(kind, [one_hot, spread, two]).astype("float32")


FAR = 1e5  # more than any two logits are apart: a probability lost below TINY is multiplied by that


def softmax_parts(x):
    """How far the logits are below the highest, log Σ exp of that, and the softmax."""
    x = x.astype("float64")
    below = np.max(x, -1, keepdims=True) - x
    others = np.where(np.arange(x.shape[-1]) == np.argmax(x, -1)[..., np.newaxis], 0, np.exp(-below))
    tail = np.log1p(sum_of(others))
    return below, tail, np.exp(-below - tail)


def assert_cross_entropy_of(q, x, value, slope, others=0.0, c=2):
    """The cross entropy of shares q, in which every term is positive, and its gradient Q p - q."""
    below, tail, p = softmax_parts(x)
    total, room = sum_of(q), 1 + np.log(x.shape[-1])
    truth = sum_of(q * below) + total * tail
    # The rest of the classes, which makes the tail, has been rounded like the nearest of them.
    nearest = np.sort(np.concatenate([below, np.full((len(x), 1), 100.0)], -1), -1)[:, 1:2]
    scale = truth + total * tail * (room + nearest) + others
    assert_within(value, truth[:, 0], c * U * scale[:, 0], x.shape[-1])
    slope_scale = total * p * (room + below) + q
    assert_within(slope, total * p - q, c * U * slope_scale, x.shape[-1])


@each_number_of_classes
def test_cross_entropy_of_shares(classes):
    x, ids = rows(classes)
    q = shares(x, ids)
    value, slope = evaluate(losses.cross_entropy, x, q)
    assert_cross_entropy_of(q.astype("float64"), x, value, slope)


@pytest.mark.parametrize("classes", CLASSES[1:])
@pytest.mark.parametrize("mode", ["uniform", "off_target"])
def test_cross_entropy_of_smoothed_ids(classes, mode):
    x, ids = rows(classes)
    value, slope = evaluate(losses.cross_entropy, x, ids, label_smoothing=0.1, smoothing_mode=mode)
    one_hot = np.eye(classes)[ids]
    spread = 0.1 / classes if mode == "uniform" else 0.1 * (1 - one_hot) / (classes - 1)
    assert_cross_entropy_of(0.9 * one_hot + spread, x, value, slope, c=3)


@each_number_of_classes
def test_one_hot_shares_are_as_accurate_as_ids(classes):
    x, ids = rows(classes)
    value, slope = evaluate(losses.cross_entropy, x, np.eye(classes, dtype="float32")[ids])
    m, weights = margin(x, ids)
    here = np.arange(classes) == ids[:, np.newaxis]
    slopes = sigmoid(-m) * np.where(here, -1, weights)
    scale, slope_scale = conditions(x, ids)
    assert_within(value, softplus(-m)[:, 0], 3 * U * (scale * softplus(-m))[:, 0], classes)
    assert_within(slope, slopes, 3 * U * slope_scale * np.abs(slopes), classes)


@each_number_of_classes
def test_poly_of_shares(classes):
    x, ids = rows(classes)
    q = shares(x, ids)
    value, slope = evaluate(losses.poly1_cross_entropy, x, q)
    entropy, entropy_slope = evaluate(losses.cross_entropy, x, q)
    _, _, p = softmax_parts(x)
    q = q.astype("float64")
    below, _, _ = softmax_parts(x)
    truth = entropy + 2 * (1 - sum_of(q * p))[:, 0]
    room = 1 + np.log(classes)
    # 1 - p_t is an error of 1 away from 0; the slope p_k (p_t - q_k) is one of its terms.
    assert_within(value, truth, 4 * U * (1 + truth), classes)
    slopes = entropy_slope + 2 * p * (sum_of(q * p) - q)
    scale = q + p * (1 + sum_of(q * p) + q) * (room + below)
    assert_within(slope, slopes, 6 * U * scale, classes)


@pytest.mark.parametrize("classes", [1, 2, 10])
def test_entropy(classes):
    x, _ = rows(classes)
    value, slope = evaluate(losses.entropy_loss, x)
    below, tail, p = softmax_parts(x)
    surprisal = below + tail
    truth = sum_of(p * surprisal)
    rounded = p * surprisal * (1 + np.log(classes) + below)
    assert_within(value, truth[:, 0], 2 * U * sum_of(rounded)[:, 0], FAR * classes)
    # dH/dx_k = p_k (surprisal_k - H), a difference.
    assert_within(slope, p * (surprisal - truth), 3 * U * (rounded + p * sum_of(rounded)), FAR * classes)


@pytest.mark.parametrize("classes", [2, 10])
def test_entropy_of_probabilities(classes):
    p = softmax_parts(rows(classes)[0])[2].astype("float32")
    value, slope = evaluate(losses.entropy_loss, p, from_logits=False)
    log = np.log(np.maximum(p.astype("float64"), 2.0**-126))
    assert_within(value, -np.sum(p * log, -1), 2 * U * np.sum(p * -log, -1), classes)
    assert_within(slope, -log - (p >= 2.0**-126), 2 * U * (1 - log))


@pytest.mark.parametrize("classes", [1, 2, 10, 1000])
def test_kl_divergence(classes):
    x, ids = rows(classes)
    q = shares(x, ids)
    value, slope = evaluate(losses.kl_divergence, x, q)
    q = q.astype("float64")
    certainty = q * np.log(np.maximum(q, 1e-300))
    assert_cross_entropy_of(q, x, value - sum_of(certainty)[:, 0], slope, 2 * sum_of(-certainty))


def jensen_shannon(classes):
    """Prediction and label of rows, how both differ from their mean, and how rounded log p - log q is."""
    x, ids = rows(classes)
    q = shares(x, ids)
    below, tail, p = softmax_parts(x)
    wide = q.astype("float64")
    to_middle = [np.log(np.maximum(r, 1e-300) / np.maximum((p + wide) / 2, 1e-300)) for r in (p, wide)]
    return x, q, p, to_middle, 1 + below + tail - np.log(np.maximum(wide, 2.0**-126))


each_of_few = pytest.mark.parametrize("classes", [2, 10])


@each_of_few
def test_js_divergence(classes):
    x, q, p, to_middle, rounded = jensen_shannon(classes)
    value, _ = evaluate(losses.js_divergence, x, q)
    truth = sum_of(p * to_middle[0] + q * to_middle[1]) / 2
    # The two come from p and q, and as far as both are there, from the difference of their logarithms.
    scale = p * np.where(q > 0, 1, rounded) + q + np.minimum(p, q) * rounded
    assert_within(value, truth[:, 0], 3 * U * sum_of(scale)[:, 0], FAR * classes)


@each_of_few
def test_gradient_of_js_divergence(classes):
    x, q, p, to_middle, rounded = jensen_shannon(classes)
    _, slope = evaluate(losses.js_divergence, x, q)
    half = p * to_middle[0] / 2
    terms = (np.abs(half) + p) * rounded
    scale = terms + p * sum_of(terms)
    assert_within(slope, half - p * sum_of(half), 4 * U * scale, FAR * classes)


@pytest.mark.parametrize("epsilon", [1e-7, 1e-3])
def test_cross_entropy_of_probabilities(epsilon):
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.uniform(0, 1, 400), 10 ** rng.uniform(-12, 0, 400), [0, 0.5]]).astype("float32")
    p = np.stack([p, 1 - p], -1)
    value, slope = evaluate(
        losses.cross_entropy, p, np.zeros(len(p), int), from_logits=False, epsilon=epsilon
    )
    clipped = np.maximum(p[:, 0].astype("float64"), epsilon)
    assert_within(value, -np.log(clipped), 2 * U * -np.log(clipped))
    slopes = np.where(p[:, 0] > epsilon, -1 / clipped, 0)
    assert_within(slope[:, 0], slopes, 2 * U * np.abs(slopes))
    assert not slope[:, 1].any()


# ----------------------------------------------------------------------------------- the other losses


def test_nce():
    rng = np.random.default_rng(1)
    sizes = np.repeat([0, 1e-3, 1, 10, 50, 1e4], 50)
    score = (rng.standard_normal(300) * sizes).astype("float32")
    noise = (rng.standard_normal((300, 5)) * sizes[:, np.newaxis]).astype("float32")
    logs = -rng.exponential(3, (300, 6)).astype("float32")
    value, slope = evaluate(losses.nce_loss, score, noise, logs[:, 0], logs[:, 1:])
    scores = np.concatenate([score[:, np.newaxis], noise], -1).astype("float64")
    z = (scores - logs - np.log(5)) * np.array([1, -1, -1, -1, -1, -1])
    # How the rounding of z counts: the logit, log q and log K are subtracted.
    rounded = 1 + np.abs(scores) + np.abs(logs) + np.log(5)
    truth = softplus(-z)
    scale = np.sum(truth + sigmoid(-z) * rounded, -1)
    assert_within(value, np.sum(truth, -1), 2 * U * scale, 6)
    assert_within(slope, -sigmoid(-z[:, 0]), 2 * U * (sigmoid(-z) * rounded)[:, 0])


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("variant", ["crammer_singer", "weston_watkins"])
def test_multiclass_hinge(variant, classes):
    x, ids = rows(classes)
    others, own, _ = apart(x, ids)
    excess = 0.7 + others - own
    clear = np.min(np.abs(np.where(excess < -1e30, 1, excess)), -1) > 1e-2 * (classes < 1000)
    value, slope = evaluate(losses.multiclass_hinge_loss, x, ids, margin=0.7, variant=variant)
    most = np.maximum(0, excess)
    scale = np.where(most > 0, 1 + np.abs(np.where(np.isinf(others), 0, others - own)), 0)
    if variant == "weston_watkins":
        truth, scale = np.sum(most, -1), np.sum(scale, -1)
        slopes = (excess > 0).astype("float64")
    else:
        truth, scale = np.max(most, -1), np.max(scale, -1)
        first = np.arange(classes) == np.argmax(excess, -1)[:, np.newaxis]
        slopes = (first & (excess > 0)).astype("float64")
    assert_within(value, truth, 2 * U * (scale + 1))
    slopes[np.arange(len(x)), ids] = -np.sum(slopes, -1)
    if classes < 1000:  # of 1000 classes some are always on the edge
        np.testing.assert_array_equal(slope[clear], slopes[clear])


def binary_logits():
    rng = np.random.default_rng(2)
    far = rng.choice([-1, 1], 400) * 10 ** rng.uniform(-20, 4, 400)
    edges = [0, 88, -88, 100, -100, 1e4, -1e4]
    return np.concatenate([rng.uniform(-20, 20, 400), far, edges]).astype("float32")


@pytest.mark.parametrize("hard", [0, 1])
@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
def test_poly1_focal(gamma, hard):
    x = binary_logits()
    y = np.full_like(x, hard)
    value, slope = evaluate(losses.poly1_focal_loss, x, y, gamma=gamma, poly_epsilon=0.7)
    m = x.astype("float64") * (2 * hard - 1)
    alpha = 0.25 if hard else 0.75
    focal, focal_slope = focal_of_margin(m, gamma)
    more = 0.7 * np.exp(-(gamma + 1) * softplus(m))
    scale = (1 + gamma) * (1 + np.maximum(m, 0))
    slopes = alpha * focal_slope - (gamma + 1) * more * sigmoid(m)
    assert_within(value, alpha * focal + more, 3 * U * scale * (alpha * focal + more))
    assert_within(slope, slopes * (2 * hard - 1), 3 * U * scale * np.abs(slopes))


def harmony(hardness, bins=10):
    """N / (count of the bin · bins that are not empty)."""
    where = np.minimum((hardness * bins).astype(int), bins - 1)
    counts = np.bincount(where, minlength=bins)
    return len(hardness) / (counts[where] * np.count_nonzero(counts))


def clear_of_edges(hardness, bins=10):
    edge = np.abs(hardness * bins - np.round(hardness * bins))
    return (edge > 1e-4) | (hardness < 1e-5) | (hardness > 1 - 1e-5)


@pytest.mark.parametrize("hard", [0, 1])
def test_ghm_classification(hard):
    x = binary_logits()
    x = x[clear_of_edges(sigmoid(x.astype("float64")))]
    value, slope = evaluate(losses.ghm_classification_loss, x, np.full_like(x, hard))
    m = x.astype("float64") * (2 * hard - 1)
    weight = harmony(sigmoid(-m))
    assert_within(value, weight * softplus(-m), 5 * U * weight * softplus(-m))
    slopes = weight * sigmoid(-m)
    assert_within(slope, slopes * (1 - 2 * hard), 5 * U * slopes)


@pytest.mark.parametrize("mu", [0.02, 1.0, 1e-3])
def test_ghm_regression(mu):
    rng = np.random.default_rng(3)
    far = rng.choice([-1, 1], 400) * 10 ** rng.uniform(-15, 30, 400)
    error = np.concatenate([rng.uniform(-3, 3, 400) * mu, far, [0]]).astype("float32").astype("float64")
    root = np.hypot(error, mu)
    error, root = (a[clear_of_edges(np.abs(error) / root)] for a in (error, root))
    value, slope = evaluate(
        losses.ghm_regression_loss, -error.astype("float32"), np.zeros(len(error), "float32"), mu=mu
    )
    weight = harmony(np.abs(error) / root)
    truth = weight * error * (error / (root + mu))
    assert_within(value, truth, 6 * U * truth)
    assert_within(slope, -weight * error / root, 6 * U * weight * np.abs(error) / root)


# ---------------------------------------------------------------------------------- regions, detectors


def region_parts(p, rest, q, squared):
    """What two regions do not share, and both together; and the derivatives by p."""
    if squared:
        return (p - q) ** 2, p**2 + q**2, 2 * (p - q), 2 * p
    return p * (1 - q) + q * rest, p + q, 1 - 2 * q, np.ones_like(p)


def dice(p, rest, q, squared, smooth=1e-5):
    """Loss of regions [..., pixels] and derivative by every p, and the size of the latter's terms."""
    differ, both, slope, slope_of_both = region_parts(p, rest, q, squared)
    whole = sum_of(both) + smooth
    loss = sum_of(differ) / whole
    return loss, (slope - loss * slope_of_both) / whole, (np.abs(slope) + loss * slope_of_both) / whole


each_dice = pytest.mark.parametrize("squared", [False, True])
each_size = pytest.mark.parametrize("size", [1e-3, 1, 10, 50, 1e4])


@each_dice
@each_size
@pytest.mark.parametrize("mode", ["binary", "multilabel"])
def test_dice_of_one_class_each(mode, size, squared):
    rng = np.random.default_rng(4)
    x = (rng.standard_normal((6, 3, 50)) * size).astype("float32")
    q = np.where(rng.random((6, 3, 1)) < 0.5, x > 0, rng.random(x.shape) < 0.2).astype("float32")
    if mode == "binary":
        x, q = x.reshape(18, 50), q.reshape(18, 50)
    value, slope = evaluate(losses.dice_loss, x, q, mode=mode, squared=squared)
    value = value[:, 0] if mode == "binary" else value
    p, rest = sigmoid(x.astype("float64")), sigmoid(-x.astype("float64"))
    loss, slopes, scale = dice(p, rest, q.astype("float64"), squared)
    assert_within(value, loss[..., 0], 4 * U * loss[..., 0], 50 / 1e-5)
    assert_within(slope, slopes * p * rest, 8 * U * scale * p * rest, 50 / 1e-5)


def dice_of_classes(size, from_logits, squared):
    """Input and labels, the loss and how rounded it is, the gradient and the size of its terms."""
    rng = np.random.default_rng(5)
    x = (rng.standard_normal((6, 3, 50)) * size).astype("float32")
    ids = np.where(rng.random((6, 1)) < 0.5, np.argmax(x, 1), rng.integers(0, 3, (6, 50)))
    below, tail, p = (np.moveaxis(part, -1, 1) for part in softmax_parts(np.moveaxis(x, 1, -1)))
    rest = -np.expm1(-below - tail)
    if not from_logits:
        x = p.astype("float32")
        p, rest = x.astype("float64"), 1 - x.astype("float64")
    q = np.moveaxis(np.eye(3)[ids], -1, 1)
    loss, slopes, scale = dice(p, rest, q, squared)
    if from_logits:
        slopes = p * (slopes - np.sum(p * slopes, 1, keepdims=True))
        scale = p * (scale + np.sum(p * scale, 1, keepdims=True)) * (1 + below)
    differ = region_parts(p, rest, q, squared)[0]
    rounded = loss * sum_of(differ * np.minimum(1 + below, 100)) / sum_of(differ + 1e-300)
    return x, ids, loss[..., 0], rounded[..., 0], slopes, scale


@each_dice
@each_size
@pytest.mark.parametrize("from_logits", [True, False])
def test_dice_of_classes(size, from_logits, squared):
    x, ids, loss, rounded, *_ = dice_of_classes(size, from_logits, squared)
    value, _ = evaluate(losses.dice_loss, x, ids, squared=squared, from_logits=from_logits)
    assert_within(value, loss, 2 * U * rounded, 50 / 1e-5)


@each_dice
@each_size
def test_gradient_of_dice_of_probabilities(size, squared):
    x, ids, _, _, slopes, scale = dice_of_classes(size, False, squared)
    _, slope = evaluate(losses.dice_loss, x, ids, squared=squared, from_logits=False)
    assert_within(slope, slopes, 4 * U * scale, 50 / 1e-5)


@each_dice
@pytest.mark.parametrize("size", [10, 50])
def test_gradient_of_dice_of_far_logits(size, squared):
    x, ids, _, _, slopes, scale = dice_of_classes(size, True, squared)
    _, slope = evaluate(losses.dice_loss, x, ids, squared=squared)
    assert_within(slope, slopes, 6 * U * scale, 50 / 1e-5)


@each_dice
@pytest.mark.parametrize("size", [1e-3, 0.3, 1e4])
def test_gradient_of_dice_of_logits(size, squared):
    x, ids, _, _, slopes, scale = dice_of_classes(size, True, squared)
    _, slope = evaluate(losses.dice_loss, x, ids, squared=squared)
    assert_within(slope, slopes, 6 * U * scale, 50 / 1e-5)


def share_of_boxes(a, b, cells):
    """IoU of boxes [..., 4] of x, y in cells and w, h in images."""
    edges = []
    for box in (a, b):
        centre = box[..., :2] / cells
        edges.append((centre - box[..., 2:] / 2, centre + box[..., 2:] / 2))
    (low, high), (low_b, high_b) = edges
    common = np.prod(np.maximum(0, np.minimum(high, high_b) - np.maximum(low, low_b)), -1)
    return common / (np.prod(a[..., 2:], -1) + np.prod(b[..., 2:], -1) - common)


def roots(boxes):
    """x, y and the roots of w, h, and the derivative of each."""
    size = np.sqrt(boxes[..., 2:4])
    place = np.concatenate([boxes[..., :2], size], -1)
    return place, np.concatenate([np.ones_like(size), 0.5 / size], -1)


def grids(size):
    rng = np.random.default_rng(6)
    x = rng.uniform(0.05, 1, (20, 3, 3, 14)).astype("float32")
    label = rng.uniform(0.05, 1, (20, 3, 3, 9)).astype("float32")
    x[..., [2, 3, 7, 8]] *= np.float32(size)
    label[..., 2:4] *= np.float32(size)
    label[..., 4] = rng.random((20, 3, 3)) < 0.5
    return x, label


@pytest.mark.parametrize("size", [1e-4, 0.1, 1])
def test_yolov1(size):
    x, label = grids(size)
    value, slope = evaluate(losses.yolov1_loss, x, label)
    boxes = x[..., :10].astype("float64").reshape(20, 3, 3, 2, 5)
    truth = label.astype("float64")[..., np.newaxis, :]
    there = truth[..., 4]
    iou = share_of_boxes(boxes[..., :4], truth[..., :4], 3)
    chosen = (np.arange(2) == np.argmax(iou, -1)[..., np.newaxis]) * there
    responsible = chosen[..., np.newaxis]
    (guess, inner), (target, _) = roots(boxes), roots(truth)
    confidence = boxes[..., 4]
    certainty = chosen * (confidence - iou) ** 2 + 0.5 * (1 - chosen) * confidence**2
    scores = there * (x[..., 10:].astype("float64") - label[..., 5:])

    total = np.sum(5 * responsible * (guess - target) ** 2, (1, 2, 3, 4)) + np.sum(certainty, (1, 2, 3))
    total += np.sum(scores**2, (1, 2, 3))
    assert_within(value, total, 4 * U * (total + 5 * np.sum(chosen, (1, 2, 3))))

    slopes = [10 * responsible * (guess - target) * inner]
    slopes.append((2 * chosen * (confidence - iou) + (1 - chosen) * confidence)[..., np.newaxis])
    sizes = [10 * responsible * (guess + target) * inner, 2 * np.ones_like(responsible)]
    slopes, sizes = (np.concatenate(parts, -1).reshape(20, 3, 3, 10) for parts in (slopes, sizes))
    assert_within(slope[..., :10], slopes, 4 * U * sizes)
    assert_within(slope[..., 10:], 2 * scores, 4 * U * np.abs(scores))


@pytest.mark.parametrize(
    "function, threshold",
    [
        (losses.detection_loss, 0.5),
        (losses.detection_loss, 0.9),
    ],
)
def test_detection(function, threshold):
    rng = np.random.default_rng(7)
    parts = [10 ** rng.uniform(-10, 10, 1000), 10 ** rng.uniform(-10, 10, 1000), rng.uniform(0, 1, 1000)]
    tensors = [paddle.to_tensor(part.astype("float32"), stop_gradient=False) for part in parts]
    loss = function(*tensors, iou_threshold=threshold, box_weight=0.3)
    loss.backward()
    classification, box, iou = (tensor.numpy().astype("float64") for tensor in tensors)
    found = iou > threshold
    truth = np.mean(classification) + 0.3 * np.mean(box[found])
    assert_within(loss.numpy().reshape(1), np.array([truth]), np.array([2 * U * truth]))
    for tensor, slope in zip(tensors, [np.full(1000, 1e-3), 0.3 * found / np.sum(found)]):
        assert_within(tensor.grad.numpy(), slope, 2 * U * slope)
