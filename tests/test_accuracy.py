"""Values and gradients of float32, element by element, against 60-digit arithmetic.

An ulp is the distance between neighbouring float32 at the exact result. The bounds are those the
package promises; where one is missed, the loss is wrong, not the bound.
"""

from __future__ import annotations

import functools

import mpmath as mp
import numpy as np
import paddle
import pytest
from both_paths import path  # noqa: F401

import paddle_losses as losses

mp.mp.dps = 60

TINY = 1.2e-38  # about the smallest normal float32; below it, absolute error counts
LARGEST = float(np.finfo("float32").max)


def evaluate(function, prediction, label, settings):
    """Value of every element and gradient with respect to the prediction, as float32 arrays."""
    x = paddle.to_tensor(prediction, stop_gradient=False)
    value = function(x, paddle.to_tensor(label), reduction="none", **settings)
    value.sum().backward()
    return value.numpy(), x.grad.numpy()


def ulps(got: np.ndarray, exact: list) -> np.ndarray:
    """Errors in ulps; 0 where the error is below TINY."""
    result = []
    for value, truth in zip(got, exact):
        if abs(truth) > LARGEST:
            result.append(0.0 if np.isinf(value) else np.inf)
            continue
        error = abs(mp.mpf(float(value)) - truth)
        spacing = float(np.spacing(np.float32(abs(float(truth)))))
        result.append(0.0 if error <= TINY else float(error / spacing))
    return np.array(result)


def assert_within(got, exact, bound, prediction, label):
    error = ulps(got, exact)
    worst = int(np.argmax(error))
    assert error[worst] <= bound, (
        f"{error[worst]:.2f} ulp at {prediction[worst]!r}, {label[worst]!r}: "
        f"{got[worst]!r} instead of {mp.nstr(exact[worst], 12)}"
    )


def both_signs(rng, magnitudes):
    return magnitudes * rng.choice([-1, 1], magnitudes.shape)


def errors(rng, low=-30, high=30):
    """Predictions and labels of all sizes, far apart, close together, equal."""
    moderate = rng.uniform(-3, 3, (2, 800))
    wide = both_signs(rng, 10 ** rng.uniform(low, high, (2, 800)))
    single = np.stack([both_signs(rng, 10 ** rng.uniform(low, high, 800)), np.zeros(800)])
    edges = np.array([[0, 0], [1, 0], [0.3, 0], [-0.3, 0], [1, 1], [20, 0], [-20, 0], [88, 0], [100, -100]])
    return np.concatenate([moderate, wide, single, edges.T], axis=1).astype("float32")


def sign(x):
    return mp.sign(x)


def pinball(e, quantile):
    slope = mp.mpf(quantile) if e > 0 else mp.mpf(quantile) - 1 if e < 0 else mp.mpf(0)
    return slope * e, -slope


def huber(e, delta):
    delta = mp.mpf(delta)
    if abs(e) <= delta:
        return e * e / 2, -e
    return delta * (abs(e) - delta / 2), -delta * sign(e)


def smooth_l1(e, beta):
    if beta == 0:
        return abs(e), -sign(e)
    value, slope = huber(e, beta)
    return value / mp.mpf(beta), slope / mp.mpf(beta)


@functools.cache
def log_cosh(e):
    a = abs(e)
    value = a + mp.log1p(mp.exp(-2 * a)) - mp.log(2) if a > 1 else mp.log(mp.cosh(a))
    if a < mp.mpf("1e-20"):
        value = a * a / 2
    return value, -mp.tanh(e)


REGRESSION = [
    (losses.l1_loss, {}, lambda e: (abs(e), -sign(e))),
    (losses.mse_loss, {}, lambda e: (e * e, -2 * e)),
    (losses.mean_bias_error, {}, lambda e: (-e, mp.mpf(1))),
    *[(losses.huber_loss, {"delta": d}, huber) for d in (1.0, 0.3, 1e-3, 100.0)],
    *[(losses.smooth_l1_loss, {"beta": b}, smooth_l1) for b in (1.0, 0.3, 1e-3, 100.0, 0)],
    (losses.log_cosh_loss, {}, log_cosh),
    *[(losses.quantile_loss, {"quantile": q}, pinball) for q in (0.5, 0.1, 0.999, 1e-6)],
]


@pytest.mark.parametrize(
    "function, settings, exact", REGRESSION, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_regression_is_within_4_ulp(function, settings, exact):
    prediction, label = errors(np.random.default_rng(0))
    value, slope = evaluate(function, prediction, label, settings)
    truth = [
        exact(mp.mpf(float(y)) - mp.mpf(float(x)), *settings.values()) for x, y in zip(prediction, label)
    ]
    assert_within(value, [v for v, _ in truth], 4, prediction, label)
    assert_within(slope, [s for _, s in truth], 4, prediction, label)


# ------------------------------------------------------------------------------------------- logits


def logits(rng):
    moderate = rng.uniform(-20, 20, 600)
    wide = both_signs(rng, 10 ** rng.uniform(-30, 4, 600))
    edges = [0, -0.0, 1e-30, -1e-30, 15, -17, 88, -88, 89, -89, 100, -100, 104, -104, 1e4, -1e4]
    return np.concatenate([moderate, wide, edges]).astype("float32")


@functools.cache
def softplus(x):
    return x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x))


@functools.cache
def sigmoid(x):
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def cross_entropy(x, y, positive=1, negative=1):
    value = positive * y * softplus(-x) + negative * (1 - y) * softplus(x)
    slope = -positive * y * sigmoid(-x) + negative * (1 - y) * sigmoid(x)
    return value, slope


def exact_of(function, prediction, label):
    pairs = [function(mp.mpf(float(x)), mp.mpf(float(y))) for x, y in zip(prediction, label)]
    return [value for value, _ in pairs], [slope for _, slope in pairs]


@pytest.mark.parametrize("hard", [0.0, 1.0])
def test_cross_entropy_of_hard_labels_is_within_4_ulp(hard):
    x = logits(np.random.default_rng(1))
    y = np.full_like(x, hard)
    value, slope = evaluate(losses.binary_cross_entropy_with_logits, x, y, {})
    values, slopes = exact_of(cross_entropy, x, y)
    assert_within(value, values, 4, x, y)
    assert_within(slope, slopes, 4, x, y)


def test_cross_entropy_of_soft_labels():
    rng = np.random.default_rng(2)
    x = logits(rng)
    y = np.concatenate([rng.uniform(0, 1, 900), 10 ** rng.uniform(-20, 0, x.size - 900)])
    y = y.astype("float32")
    value, slope = evaluate(losses.binary_cross_entropy_with_logits, x, y, {})
    values, slopes = exact_of(cross_entropy, x, y)
    assert_within(value, values, 4, x, y)
    # Where σ(x) is near y the gradient is a difference, so its error counts by its two terms.
    for logit, target, got, truth in zip(x, y, slope, slopes):
        logit, target = mp.mpf(float(logit)), mp.mpf(float(target))
        scale = (1 - target) * sigmoid(logit) + target * sigmoid(-logit)
        assert abs(mp.mpf(float(got)) - truth) <= 4 * mp.mpf(2) ** -24 * scale + TINY


@pytest.mark.parametrize("hard", [0.0, 1.0])
@pytest.mark.parametrize(
    "function, settings, factors",
    [
        (losses.binary_cross_entropy_with_logits, {"pos_weight": 3.3}, (mp.mpf(3.3), 1)),
        (losses.weighted_cross_entropy, {"pos_weight": 0.1}, (mp.mpf(0.1), 1)),
        (losses.balanced_cross_entropy, {"beta": 0.9}, (mp.mpf(0.9), 1 - mp.mpf(0.9))),
    ],
    ids=["pos_weight", "weighted", "balanced"],
)
def test_weighted_cross_entropies_are_within_4_ulp(function, settings, factors, hard):
    x = logits(np.random.default_rng(3))
    y = np.full_like(x, hard)
    value, slope = evaluate(function, x, y, settings)
    values, slopes = exact_of(lambda a, b: cross_entropy(a, b, *factors), x, y)
    assert_within(value, values, 4, x, y)
    assert_within(slope, slopes, 4, x, y)


@pytest.mark.parametrize("sign_of_label", [-1.0, 1.0])
@pytest.mark.parametrize(
    "function, settings, exact",
    [
        (losses.logistic_loss, {}, lambda m: (softplus(-m), -sigmoid(-m))),
        (losses.exponential_loss, {}, lambda m: (mp.exp(-m), -mp.exp(-m))),
        *[(losses.hinge_loss, {"margin": w}, lambda m, w=w: (max(0, w - m), -(m < w))) for w in (1.0, 0.3)],
        *[
            (
                losses.squared_hinge_loss,
                {"margin": w},
                lambda m, w=w: (max(0, w - m) ** 2, -2 * max(0, w - m)),
            )
            for w in (1.0, 2.0)
        ],
    ],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
def test_margin_losses_are_within_4_ulp(function, settings, exact, sign_of_label):
    f = logits(np.random.default_rng(4))
    y = np.full_like(f, sign_of_label)

    def exact_in_score(score, label):
        value, slope = exact(label * score)
        return mp.mpf(value), label * mp.mpf(slope)

    value, slope = evaluate(function, f, y, settings)
    values, slopes = exact_of(exact_in_score, f, y)
    assert_within(value, values, 4, f, y)
    assert_within(slope, slopes, 4, f, y)


# -------------------------------------------------------------------------------------------- focal


@pytest.mark.parametrize("hard", [0.0, 1.0])
@pytest.mark.parametrize("alpha", [0.25, None])
@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2, 5])
def test_focal_loss_is_relatively_accurate(gamma, alpha, hard):
    x = logits(np.random.default_rng(5))
    y = np.full_like(x, hard)
    value, slope = evaluate(losses.sigmoid_focal_loss, x, y, {"alpha": alpha, "gamma": gamma})
    weight = mp.mpf(1) if alpha is None else mp.mpf(alpha if hard else 1 - alpha)
    for logit, got, got_slope in zip(x, value, slope):
        away = mp.mpf(float(logit)) * (1 if hard else -1)  # large where the element is easy
        truth = weight * sigmoid(-away) ** gamma * softplus(-away)
        truth_slope = (
            -weight * sigmoid(-away) ** gamma * (gamma * sigmoid(away) * softplus(-away) + sigmoid(-away))
        )
        bound = 8 * mp.mpf(2) ** -24 * (1 + (1 + gamma) * abs(away))
        assert abs(mp.mpf(float(got)) - truth) <= bound * truth + TINY
        error = abs(mp.mpf(float(got_slope)) * (1 if hard else -1) - truth_slope)
        assert error <= bound * abs(truth_slope) + TINY


# ------------------------------------------------------------------------------------- probabilities


@pytest.mark.parametrize("epsilon", [1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("hard", [0.0, 1.0])
def test_cross_entropy_of_probabilities_is_within_4_ulp(epsilon, hard):
    rng = np.random.default_rng(6)
    close = 10 ** rng.uniform(-12, -1, 500)
    p = np.concatenate([rng.uniform(0, 1, 500), close, 1 - close, [0, 1, 0.5, 2**-24, 1 - 2**-24]])
    p = p.astype("float32")
    y = np.full_like(p, hard)

    def exact(probability, label):
        q = min(max(probability, mp.mpf(epsilon)), 1 - mp.mpf(epsilon))
        inside = q == probability
        value = -mp.log(q) if label else -mp.log1p(-q)
        slope = -1 / q if label else 1 / (1 - q)
        return value, slope if inside else mp.mpf(0)

    value, slope = evaluate(losses.binary_cross_entropy, p, y, {"epsilon": epsilon})
    values, slopes = exact_of(exact, p, y)
    assert_within(value, values, 4, p, y)
    assert_within(slope, slopes, 4, p, y)


# -------------------------------------------------------------------------------------------- boxes


def box_pairs(dtype, count=320):
    """Boxes that overlap, lie apart, lie one in the other, or nearly agree; of sizes 1e-2 to 1e4, around
    places as large. Pairs that share a coordinate are left out: there is a kink."""
    rng = np.random.default_rng(7)
    kind = np.arange(count)[:, None] % 4
    size = 10 ** rng.uniform(-2, 4, (count, 1)) * rng.uniform(0.3, 1, (count, 2))
    centre = rng.uniform(-1, 1, (count, 2)) * 10 ** rng.uniform(-2, 4, (count, 1))
    near = 10 ** rng.uniform(-6, -1, (count, 1))
    moved = centre + rng.uniform(-1, 1, (count, 2)) * size * np.choose(kind, [0.5, 3.0, 0.1, near])
    other, inner = rng.uniform(0.4, 2.5, (count, 2)), rng.uniform(0.1, 0.8, (count, 2))
    resized = size * np.choose(kind, [other, other, inner, 1 + near * (inner - 0.5)])
    pair = [
        np.concatenate([place - extent / 2, place + extent / 2], 1).astype(dtype)
        for place, extent in ((moved, resized), (centre, size))
    ]
    apart = (pair[0] != pair[1]).all(1)
    return pair[0][apart], pair[1][apart]


EPSILON = mp.mpf(1e-7)


def box_parts(a, b):
    """IoU and the terms of the losses, of the corners of two boxes."""
    aw, ah, bw, bh = a[2] - a[0], a[3] - a[1], b[2] - b[0], b[3] - b[1]
    left, right = (min(a[0], b[0]), max(a[0], b[0])), (min(a[2], b[2]), max(a[2], b[2]))
    low, high = (min(a[1], b[1]), max(a[1], b[1])), (min(a[3], b[3]), max(a[3], b[3]))
    common = max(0, right[0] - left[1]) * max(0, high[0] - low[1])
    cw, ch, union = right[1] - left[0], high[1] - low[0], aw * ah + bw * bh - common
    square = (a[0] + a[2] - b[0] - b[2]) ** 2 + (a[1] + a[3] - b[1] - b[3]) ** 2
    iou, v = common / max(union, EPSILON), 4 * ((mp.atan2(bw, bh) - mp.atan2(aw, ah)) / mp.pi) ** 2
    return {
        "iou": iou,
        "giou": (cw * ch - union) / max(cw * ch, EPSILON),
        "diou": square / 4 / max(cw**2 + ch**2, EPSILON),
        "v": v,
        "alpha": v / max(1 - iou + v, EPSILON),
        "eiou": (aw - bw) ** 2 / max(cw**2, EPSILON) + (ah - bh) ** 2 / max(ch**2, EPSILON),
    }


def power(x, exponent):
    return x**exponent if exponent >= 1 else x * max(x, EPSILON) ** (exponent - 1)


def eiou(at, held):
    return 1 - at["iou"] + at["diou"] + at["eiou"]


def alpha_iou(at, held, alpha=3.0, base="iou"):
    terms = {
        "iou": [],
        "giou": [at["giou"]],
        "diou": [at["diou"]],
        "ciou": [at["diou"], held["alpha"] * at["v"]],
    }
    return 1 - power(at["iou"], alpha) + sum(power(term, alpha) for term in terms[base])


def riou(at, held, beta=0.95):
    u = (1 - at["iou"]) / (1 - mp.mpf(beta))
    return (u * u / 2 if u < 1 else mp.log(u) + 0.5) / (mp.mpf(0.5) - mp.log(1 - mp.mpf(beta)))


BOX_LOSSES = [  # function, settings, the loss from its parts here and from those that are held
    (losses.iou_loss, {}, lambda at, held: 1 - at["iou"]),
    (losses.iou_loss, {"mode": "log"}, lambda at, held, mode: -mp.log(max(at["iou"], EPSILON))),
    (losses.giou_loss, {}, lambda at, held: 1 - at["iou"] + at["giou"]),
    (losses.diou_loss, {}, lambda at, held: 1 - at["iou"] + at["diou"]),
    (losses.ciou_loss, {}, lambda at, held: 1 - at["iou"] + at["diou"] + held["alpha"] * at["v"]),
    (losses.eiou_loss, {}, eiou),
    (losses.focal_eiou_loss, {}, lambda at, held: mp.sqrt(held["iou"]) * eiou(at, held)),
    (losses.alpha_iou_loss, {}, alpha_iou),
    (losses.alpha_iou_loss, {"alpha": 3.0, "base": "ciou"}, alpha_iou),
    (losses.alpha_iou_loss, {"alpha": 3.0, "base": "giou"}, alpha_iou),
    (losses.alpha_iou_loss, {"alpha": 0.5, "base": "diou"}, alpha_iou),
    (losses.alpha_iou_loss, {"alpha": 0.3, "base": "iou"}, alpha_iou),
    (losses.riou_loss, {}, riou),
]


@functools.cache
def parts_of_pairs(dtype):
    """For every pair the step, the parts, and the parts with each coordinate moved forth and back."""
    result = []
    for box, label in zip(*box_pairs(dtype)):
        box, label = ([mp.mpf(float(x)) for x in row] for row in (box, label))
        step = mp.mpf(10) ** -25 * max(label[2] - label[0], label[3] - label[1])
        moved = [
            [box_parts([x + s * step * (i == k) for i, x in enumerate(box)], label) for s in (1, -1)]
            for k in range(4)
        ]
        result.append((step, box_parts(box, label), moved))
    return result


def exact_boxes(exact, settings, dtype):
    values, slopes = [], []
    for step, held, moved in parts_of_pairs(dtype):
        values.append(exact(held, held, *settings.values()))
        ends = [[exact(at, held, *settings.values()) for at in pair] for pair in moved]
        slopes.append([(forth - back) / (2 * step) for forth, back in ends])
    return values, slopes


each_box_loss = pytest.mark.parametrize(
    "function, settings, exact", BOX_LOSSES, ids=[f"{f.__name__}-{s}" for f, s, _ in BOX_LOSSES]
)


@each_box_loss
def test_box_losses_are_rounded_once(function, settings, exact):
    input, label = box_pairs("float32")
    value, slope = evaluate(function, input, label, settings)
    values, slopes = exact_boxes(exact, settings, "float32")
    assert_within(value, values, 0.51, input, label)
    for k in range(4):
        assert_within(slope[:, k], [row[k] for row in slopes], 0.51, input, label)


@each_box_loss
def test_box_losses_in_float64(function, settings, exact):
    # Here the cancellation in 1 - IoU shows: the error is one of 1, not of the loss. The slope of the
    # rectified loss is proportional to 1 - IoU, so its error has no bound of this form.
    input, label = box_pairs("float64")
    value, slope = evaluate(function, input, label, settings)
    values, slopes = exact_boxes(exact, settings, "float64")
    for row, (truth, slope_truth) in enumerate(zip(values, slopes)):
        assert abs(mp.mpf(float(value[row])) - truth) <= 16 * mp.mpf(2) ** -53 * max(1, truth)
        errors = [abs(mp.mpf(float(got)) - right) for got, right in zip(slope[row], slope_truth)]
        if function is not losses.riou_loss:
            assert max(errors) <= 32 * mp.mpf(2) ** -53 * max(abs(x) for x in slope_truth)
