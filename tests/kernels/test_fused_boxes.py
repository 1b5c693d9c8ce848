"""Box losses: fused they are what they are composed, wherever two boxes can lie."""

from __future__ import annotations

import itertools

import numpy as np
import paddle
import pytest
from both_ways import DTYPES, composed, fused, needs_library, outcome

import paddle_losses as losses

pytestmark = needs_library

LOSSES = [
    (losses.iou_loss, {}),
    (losses.iou_loss, {"mode": "log"}),
    (losses.giou_loss, {}),
    (losses.diou_loss, {}),
    (losses.ciou_loss, {}),
    (losses.eiou_loss, {}),
    (losses.focal_eiou_loss, {}),
    (losses.focal_eiou_loss, {"gamma": 0}),
    *[(losses.focal_eiou_loss, {"gamma": gamma}) for gamma in (2.3, 9.0)],
    *[(losses.alpha_iou_loss, {"base": b, "alpha": a}) for b in ("iou", "giou") for a in (0.5, 1, 3)],
    *[(losses.alpha_iou_loss, {"base": b, "alpha": a}) for b in ("diou", "ciou") for a in (0.3, 2.5, 9.0)],
    (losses.riou_loss, {}),
    (losses.riou_loss, {"beta": 0.3}),
]
each_loss = pytest.mark.parametrize("function, options", LOSSES, ids=[f"{f.__name__}-{o}" for f, o in LOSSES])
each_format = pytest.mark.parametrize("box_format", ["xyxy", "cxcywh"])

# Both compute in float64, and each is off by up to 32 ulps of the largest slope of a box: it is a sum of
# terms that partly cancel (test_box_losses_in_float64).
IN_FLOAT64 = 2 * 32


def every_way():
    """Boxes with corners on a grid of three: apart, touching, nested, equal, without size, inside out."""
    boxes = np.array(list(itertools.product(range(3), repeat=4)), "float64")
    return np.repeat(boxes, len(boxes), 0), np.tile(boxes, (len(boxes), 1))


def at_random(n, seed=0):
    """Boxes of all sizes that overlap, lie apart, one in the other, or nearly agree."""
    rng = np.random.default_rng(seed)
    size = 10 ** rng.uniform(-2, 2, (n, 1)) * rng.uniform(0.3, 1, (n, 2))
    centre = rng.uniform(-10, 10, (n, 2))
    moved = centre + rng.uniform(-1, 1, (n, 2)) * size * rng.choice([1e-6, 0.1, 0.5, 3], (n, 1))
    resized = size * rng.choice([1, 0.999, 0.4, 2.5], (n, 2))
    return tuple(np.concatenate([at - s / 2, at + s / 2], 1) for at, s in ((moved, resized), (centre, size)))


def tensors(pair, dtype):
    return {name: paddle.to_tensor(boxes).astype(dtype) for name, boxes in zip(("input", "label"), pair)}


def steepness(options, epsilon):
    """By what x^α multiplies the slope of a term, and its error."""
    return epsilon ** min(0, options.get("alpha", 1) - 1)


def assert_same(got, truth, dtype, steepness):
    """``truth`` is composed in float64; what is rounded to ``dtype`` once is within half an ulp of it."""
    value_dtype = "float64" if dtype == "float64" else "float32"
    row = np.abs(truth.slope).max(1, keepdims=True)
    for part, right, size, name in [
        (got.value, truth.value, np.maximum(1, truth.value), value_dtype),
        (got.slope, truth.slope, steepness * np.maximum(1, row), dtype),
    ]:
        digits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[name]
        least = {"float64": 0, "float32": 1e-45, "float16": 6e-8, "bfloat16": 1e-40}[name]
        rounding = 0 if name == "float64" else np.abs(right) * 2.0**-digits + least / 2
        bound = IN_FLOAT64 * 2.0**-53 * size + rounding
        assert (np.abs(part - right) <= bound).all(), np.argmax((np.abs(part - right) - bound).reshape(-1))


@each_loss
@each_format
@pytest.mark.parametrize("dtype", DTYPES)
def test_wherever_two_boxes_lie(function, options, box_format, dtype):
    settings = {**options, "box_format": box_format, "reduction": "none"}
    # A least area that is not small keeps slopes of boxes without size within half precision.
    for pair, epsilon in ((every_way(), 0.25), (at_random(1000), 1e-7)):
        if dtype == "float16" and epsilon < 0.1:
            continue  # steeper than its largest number
        boxes = tensors(pair, dtype)
        got, truth = (run(function, boxes, **settings, epsilon=epsilon) for run in (fused, composed))
        assert_same(got, truth, dtype, steepness(options, epsilon))


@each_loss
def test_on_every_machine(function, options, level):
    boxes = tensors(every_way(), "float64")
    got, truth = (
        run(function, boxes, **options, epsilon=0.25, reduction="none") for run in (fused, composed)
    )
    assert_same(got, truth, "float64", steepness(options, 0.25))


@pytest.mark.parametrize("function", [losses.iou_loss, losses.giou_loss, losses.diou_loss, losses.eiou_loss])
def test_values_of_plain_arithmetic_have_the_same_bits(function):
    for pair in (every_way(), at_random(1000)):
        boxes = tensors(pair, "float64")
        got, truth = (run(function, boxes, reduction="none") for run in (fused, composed))
        np.testing.assert_array_equal(got.value, truth.value)


@each_loss
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_reductions(function, options, dtype):
    boxes = tensors(at_random(300), dtype)
    for more in [
        {"reduction": "mean"},
        {"reduction": "sum"},
        *[{"normalizer": by} for by in (0, 3, 0.5, paddle.to_tensor(7), paddle.to_tensor([2.0], "float64"))],
    ]:
        got, truth = (run(function, boxes, **options, **more) for run in (fused, composed))
        # Rounded twice: with the value the gradient is scaled by 1 / N already.
        single, each = {"float32": (1e-7, 1e-7), "float64": (1e-13, 1e-13), "bfloat16": (1e-7, 0.004)}[dtype]
        np.testing.assert_allclose(got.value, truth.value, rtol=single)
        np.testing.assert_allclose(got.slope, truth.slope, rtol=each, atol=each * np.abs(truth.slope).max())


@each_loss
def test_any_number_of_boxes(function, options):
    pair = at_random(300)
    whole = fused(function, tensors(pair, "float32"), **options, reduction="none")
    for n in (1, 7, 8, 9, 15, 16, 17, 127, 128, 129):
        part = fused(function, tensors([b[:n] for b in pair], "float32"), **options, reduction="none")
        np.testing.assert_array_equal(part.value, whole.value[:n])
        np.testing.assert_array_equal(part.slope, whole.slope[:n])


def test_a_million_boxes_and_three(threads):
    boxes = tensors(at_random(1_000_003), "float32")
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(fused(losses.giou_loss, boxes))
    for other in results[1:]:
        assert results[0].value == other.value and (results[0].slope == other.slope).all()
    truth = composed(losses.giou_loss, boxes)
    np.testing.assert_allclose(results[0].value, truth.value, rtol=1e-7)
    row = np.abs(truth.slope).max(1, keepdims=True)
    assert (np.abs(results[0].slope - truth.slope) <= 2.0**-24 * np.abs(truth.slope) + 1e-13 * row).all()


@each_format
def test_boxes_that_do_not_lie_in_one_piece(box_format):
    pair = at_random(64)
    for which in ("input", "label"):
        plain = tensors(pair, "float32")
        transposed = plain[which].transpose([1, 0]).contiguous().transpose([1, 0])
        every_second = paddle.repeat_interleave(plain[which], 2, 1)[:, ::2]
        expected = fused(losses.ciou_loss, plain, box_format=box_format)
        for other in (transposed, every_second):
            assert not other.is_contiguous()
            got = fused(losses.ciou_loss, {**plain, which: other}, box_format=box_format)
            assert got.value == expected.value and (got.slope == expected.slope).all()


@pytest.mark.parametrize("dtype", ["int64", "float64", "float16"])
def test_labels_take_the_dtype_of_the_prediction(dtype):
    boxes = tensors(at_random(100), "float32")
    boxes["label"] = (boxes["label"] * 3).astype(dtype)
    got = fused(losses.eiou_loss, boxes)
    with losses.set_kernels(False):
        expected = outcome(losses.eiou_loss, boxes)
    np.testing.assert_allclose(got.value, expected.value, rtol=1.2e-7)
    np.testing.assert_allclose(got.slope, expected.slope, rtol=1.2e-7, atol=1e-12)


@each_loss
def test_nan_and_infinity(function, options):
    good = np.array([[0.0, 0, 1, 1], [5, 5, 6, 6], [0, 0, 0, 0]])
    for bad, coordinate in itertools.product((np.nan, np.inf, -np.inf), range(4)):
        spoiled = good.copy()
        spoiled[:, coordinate] = bad
        for pair in ((spoiled, good), (good, spoiled)):
            boxes = tensors(pair, "float64")
            got, truth = (run(function, boxes, **options, reduction="none") for run in (fused, composed))
            np.testing.assert_allclose(got.value, truth.value, rtol=1e-14)


def test_a_label_that_learns_is_left_to_the_composed_loss():
    boxes = tensors(at_random(5), "float32")
    boxes["label"].stop_gradient = False
    losses.giou_loss(**boxes).backward()
    assert boxes["label"].grad.abs().max() > 0


@pytest.mark.parametrize("gamma", [0.3, 1, 2.3, 5, 9])
def test_powers_of_small_ious_keep_their_digits(gamma, level):
    height = 10.0 ** np.linspace(-12, 0, 2000)
    inner = np.stack([np.zeros(2000), np.zeros(2000), np.ones(2000), height], 1)
    boxes = tensors((inner, np.tile([[0.0, 0, 1, 1]], (2000, 1))), "float64")
    got, plain = (
        fused(losses.focal_eiou_loss, boxes, gamma=g, epsilon=1e-30, reduction="none") for g in (gamma, 0)
    )
    # A power is within 1.5 ulp, or a fifth of the exponent; then there are pow of numpy and two products.
    np.testing.assert_allclose(got.value, height**gamma * plain.value, rtol=2.0**-53 * (5 + gamma / 2.5))
