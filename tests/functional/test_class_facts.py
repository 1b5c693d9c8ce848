"""What the papers say must hold of the losses of classes and regions, and what happens at their edges."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import paddle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import paddle_losses as losses

seeded = settings(derandomize=True, deadline=None, max_examples=40)
rows_of_three = arrays("float64", (5, 3), elements=st.floats(-50, 50))
rows_of_two = arrays("float64", (5, 2), elements=st.floats(-50, 50))
ids_of_two = arrays("int64", 5, elements=st.integers(0, 1))
ids_of_three = arrays("int64", 5, elements=st.integers(0, 2))
gammas = st.sampled_from([0, 0.3, 1, 2, 5])


def elements(function, *arrays, **options):
    tensors = [paddle.to_tensor(np.asarray(array)) for array in arrays]
    return function(*tensors, reduction="none", **options).numpy()


def with_gradient(function, x, *others, dtype="float32", **options):
    x = paddle.to_tensor(np.asarray(x)).astype(dtype).detach()
    x.stop_gradient = False
    loss = function(x, *[paddle.to_tensor(np.asarray(other)) for other in others], **options)
    loss.sum().backward()
    return loss.numpy(), x.grad.numpy()


def close(actual, desired, atol=1e-12):
    np.testing.assert_allclose(actual, desired, rtol=1e-11, atol=atol)


def distributions(seed, shape=(5, 3)):
    return np.random.default_rng(seed).dirichlet(np.ones(shape[-1]), shape[:-1])


# ------------------------------------------------------------------------------------------ identities


def test_the_smoothing_of_the_document():
    label = paddle.to_tensor([[0.0, 1.0, 0.0]])
    smooth = losses.label_smooth(label, smoothing=0.1, mode="off_target")
    np.testing.assert_allclose(smooth.numpy(), [[0.05, 0.9, 0.05]], rtol=1e-7)


@seeded
@given(rows_of_three, ids_of_three)
def test_focal_without_focus_and_poly_without_epsilon_are_cross_entropy(x, ids):
    entropy = elements(losses.cross_entropy, x, ids)
    close(elements(losses.softmax_focal_loss, x, ids, gamma=0), entropy)
    close(elements(losses.poly1_cross_entropy, x, ids, poly_epsilon=0), entropy)
    close(elements(losses.poly_cross_entropy, x, ids, coefficients=[0, 0]), entropy)


@seeded
@given(rows_of_two, ids_of_two, gammas)
def test_softmax_focal_of_two_classes_is_sigmoid_focal_of_the_difference(x, ids, gamma):
    two = elements(losses.softmax_focal_loss, x, ids, gamma=gamma)
    one = elements(losses.sigmoid_focal_loss, x[:, 1] - x[:, 0], ids, gamma=gamma, alpha=None)
    close(two, one)


@seeded
@given(rows_of_two, ids_of_two)
def test_multiclass_hinge_of_two_classes_is_hinge_of_the_difference(x, ids):
    hinge = elements(losses.hinge_loss, x[:, 1] - x[:, 0], 2 * ids - 1)
    close(elements(losses.multiclass_hinge_loss, x, ids), hinge)
    close(elements(losses.multiclass_hinge_loss, x, ids, variant="weston_watkins"), hinge)


@seeded
@given(rows_of_three, st.integers(0, 99))
def test_divergence_is_cross_entropy_less_the_entropy_of_the_label(x, seed):
    q = distributions(seed)
    entropy = elements(losses.entropy_loss, q, from_logits=False)
    close(elements(losses.kl_divergence, x, q), elements(losses.cross_entropy, x, q) - entropy)


@seeded
@given(rows_of_three)
def test_entropy_lies_between_0_and_log_k(x):
    entropy = elements(losses.entropy_loss, x)
    assert (entropy >= 0).all() and (entropy <= np.log(3) * (1 + 1e-15)).all()


@seeded
@given(st.integers(0, 999), st.integers(0, 999))
def test_js_is_symmetric_and_bounded(seed, other):
    p, q = distributions(seed) ** 8, distributions(other) ** 8
    p, q = p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)
    one = elements(losses.js_divergence, p, q, from_logits=False)
    close(one, elements(losses.js_divergence, q, p, from_logits=False), 1e-16)
    assert (one >= -1e-16).all() and (one <= np.log(2) * (1 + 1e-15)).all()


def test_js_of_equal_and_of_disjoint_distributions():
    p, q = np.array([[0.25, 0.75, 0, 0]]), np.array([[0, 0, 0.5, 0.5]])
    assert elements(losses.js_divergence, p, p, from_logits=False) == 0
    close(elements(losses.js_divergence, p, q, from_logits=False), [np.log(2)])


def test_ghm_of_a_uniform_density_is_cross_entropy():
    x, y = np.random.default_rng(0).standard_normal((2, 40))
    y = (y > 0).astype("float64")
    entropy = elements(losses.binary_cross_entropy_with_logits, x, y)
    close(elements(losses.ghm_classification_loss, x, y, np.full(10, 7.0)), entropy)
    close(elements(losses.ghm_classification_loss, x, y, bins=1), entropy)


def test_ghm_weights_average_to_1():
    x = np.random.default_rng(1).standard_normal(200) * 3
    weighted = elements(losses.ghm_classification_loss, x, np.zeros(200))
    close(np.mean(weighted / elements(losses.binary_cross_entropy_with_logits, x, np.zeros(200))), 1)
    regression = elements(losses.ghm_regression_loss, x, np.zeros(200), mu=1.0)
    close(np.mean(regression / (x * (x / (np.hypot(x, 1) + 1)))), 1)


# ------------------------------------------------------------------------------- means, weights, ignored


def softmax(x):
    e = np.exp(x - np.max(x, -1, keepdims=True))
    return e / np.sum(e, -1, keepdims=True)


def smoothed(ids, classes, smoothing, mode):
    one_hot = np.eye(classes)[ids]
    spread = smoothing / classes if mode == "uniform" else smoothing * (1 - one_hot) / (classes - 1)
    return (1 - smoothing) * one_hot + spread


@pytest.mark.parametrize("ignored", [-100, 255, 1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("mode", ["uniform", "off_target"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_mean_of_smoothed_weighted_rows_is_torchs(smoothing, mode, weighted, ignored):
    rng = np.random.default_rng(2)
    x, ids = rng.standard_normal((8, 3)) * 3, rng.integers(0, 3, 8)
    weight = np.array([0.5, 2.0, 1.25]) if weighted else np.ones(3)
    kept = rng.random(8) < 0.7
    kept = ids != ignored if ignored == 1 else kept
    q = smoothed(ids, 3, smoothing, mode)
    loss = -np.sum(weight * q * np.log(softmax(x)), -1)[kept]
    label = np.where(kept, ids, ignored)
    options = {"label_smoothing": smoothing, "smoothing_mode": mode, "ignore_index": ignored}
    options["weight"] = paddle.to_tensor(weight) if weighted else None
    tensors = paddle.to_tensor(x), paddle.to_tensor(label)
    mean = losses.cross_entropy(*tensors, **options).item()
    close(mean, np.sum(loss) / np.sum(weight[ids][kept]))
    close(losses.cross_entropy(*tensors, reduction="sum", **options).item(), np.sum(loss))


OF_IDS = [  # function, settings
    (losses.cross_entropy, {}),
    (losses.cross_entropy, {"label_smoothing": 0.1}),
    (losses.softmax_focal_loss, {"gamma": 0.5}),
    (losses.poly1_cross_entropy, {}),
    (losses.poly_cross_entropy, {"coefficients": [1.0, -0.5]}),
    (losses.ohem_cross_entropy, {"axis": -1}),
    (losses.ohem_cross_entropy, {"axis": -1, "min_kept": 1}),
]
each_of_ids = pytest.mark.parametrize(
    "function, options", OF_IDS, ids=[f"{function.__name__}-{options}" for function, options in OF_IDS]
)


@each_of_ids
@pytest.mark.parametrize("ignored, dtype", [(-100, "int64"), (255, "uint8"), (-100, "int8"), (255, "int32")])
def test_ignored_rows_are_as_if_they_were_not_there(function, options, ignored, dtype):
    x = np.random.default_rng(3).standard_normal((4, 3)) * 3
    label = np.array([0, ignored, 2, ignored]).astype(dtype)
    loss, slope = with_gradient(function, x, label, ignore_index=ignored, **options)
    alone, its_slope = with_gradient(function, x[::2], np.array([0, 2]), **options)
    np.testing.assert_allclose(loss, alone, rtol=1e-6)
    np.testing.assert_allclose(slope[::2], its_slope, rtol=1e-6)
    assert not slope[1::2].any()


@each_of_ids
@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_ignored_rows_may_hold_anything(function, options, lost):
    x = np.array([[1.0, 2.0, 3.0], [lost, 0, 0]])
    loss, slope = with_gradient(function, x, np.array([0, -100]), **options)
    assert np.isfinite(loss) and np.isfinite(slope).all() and not slope[1].any()


@each_of_ids
def test_of_ignored_rows_alone_nothing_is_learned(function, options):
    loss, slope = with_gradient(function, np.ones((3, 2)), np.full(3, -100), **options)
    assert loss == 0 and not slope.any()


@each_of_ids
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_logits_and_one_row(function, options, dtype):
    for x in ([[1e4, -1e4, 0]], [[-1e4, 1e4, 1e4]], [[0.0, 0, 0]], [[1e30, -1e30, 1e30]]):
        loss, slope = with_gradient(function, x, np.array([0]), dtype=dtype, **options)
        assert np.isfinite(loss) and np.isfinite(slope).all() and loss >= 0


@pytest.mark.parametrize(
    "function", [losses.cross_entropy, losses.softmax_focal_loss, losses.poly1_cross_entropy]
)
def test_one_class_is_always_right(function):
    loss, slope = with_gradient(function, [[5.0], [-1e4], [1e4]], np.zeros(3, "int64"), reduction="none")
    assert np.max(np.abs(loss)) < 1e-37 and np.max(np.abs(slope)) < 1e-37


def test_dice_gives_nan_for_a_wrong_id_also_where_empty_is_ignored():
    x, label = np.ones((1, 2, 3)), np.array([[0, 0, 9]])
    with losses.set_value_checks(False):
        assert np.isnan(elements(losses.dice_loss, x, label, ignore_empty=True)).all()


def test_smoothing_of_one_class_is_refused_by_name():
    with pytest.raises(ValueError, match="cross_entropy: "):
        losses.cross_entropy(paddle.ones([1, 1]), paddle.zeros([1], "int64"), label_smoothing=0.1)


def test_ignore_index_is_an_integer():
    with pytest.raises((TypeError, ValueError), match="cross_entropy: ignore_index"):
        losses.cross_entropy(paddle.ones([1, 2]), paddle.zeros([1], "int64"), ignore_index="0")


@pytest.mark.parametrize("p", [1.0, 0.5])
def test_gradient_of_a_probability_up_to_1(p):
    _, slope = with_gradient(losses.cross_entropy, [[p, 1 - p]], np.array([0]), from_logits=False)
    np.testing.assert_allclose(slope, [[-1 / p, 0]], rtol=1e-6)


SECOND = """
import paddle, paddle_losses as losses
x = paddle.to_tensor([[1.0, 2.0, 3.0]], stop_gradient=False)
with losses.set_kernels(False):
    loss = losses.multiclass_hinge_loss(x, paddle.to_tensor([0]))
try:
    slope = paddle.grad(loss, x, create_graph=True)[0]
    paddle.grad(slope.sum(), x, allow_unused=True)
except Exception as error:
    pass
(x * x).sum().backward()
assert x.grad is not None, "gradients are off"
"""


def test_a_second_derivative_that_is_missing_does_not_end_training():
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", SECOND], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-500:]


# -------------------------------------------------------------------------------------------- regions


def mask(*shape, seed=0):
    return (np.random.default_rng(seed).random(shape) < 0.5).astype("float32")


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("smooth", [0, 1e-5, 1.0])
def test_dice_of_identical_and_of_empty_masks_is_exactly_0(smooth, squared):
    q = mask(3, 2, 20)
    options = {"mode": "multilabel", "from_logits": False, "smooth": smooth, "squared": squared}
    assert not elements(losses.dice_loss, q, q, **options).any()
    assert not elements(losses.dice_loss, 0 * q, 0 * q, **options).any()
    loss, slope = with_gradient(losses.dice_loss, 0 * q, 0 * q, **options)
    assert loss == 0 and np.isfinite(slope).all()


@pytest.mark.parametrize("smooth", [0, 1e-5, 1.0])
def test_dice_of_disjoint_masks(smooth):
    p, q = np.array([[1.0, 1, 0, 0, 0]]), np.array([[0.0, 0, 1, 1, 1]])
    loss = elements(losses.dice_loss, p, q, mode="binary", from_logits=False, smooth=smooth)
    close(loss, [[1 - smooth / (5 + smooth)]])


@seeded
@given(st.integers(0, 999), st.booleans(), st.booleans(), st.sampled_from([0.1, 1.0]))
def test_dice_is_its_formula(seed, squared, batch, smooth):
    rng = np.random.default_rng(seed)
    p, q = rng.random((3, 2, 4, 5)), (rng.random((3, 2, 4, 5)) < 0.4).astype("float64")
    axes = (0, 2, 3) if batch else (2, 3)
    power = 2 if squared else 1
    whole = np.sum(p**power, axes) + np.sum(q**power, axes) + smooth
    expected = np.reshape(1 - (2 * np.sum(p * q, axes) + smooth) / whole, (-1, 2))
    options = {"mode": "multilabel", "from_logits": False, "squared": squared, "batch": batch}
    close(elements(losses.dice_loss, p, q, smooth=smooth, **options), expected)
    close(
        elements(losses.dice_loss, p, q, smooth=smooth, include_background=False, **options),
        expected[:, 1:],
    )


def test_dice_of_ids_is_that_of_one_hot_labels():
    x, ids = (
        np.random.default_rng(4).standard_normal((2, 3, 7)),
        np.random.default_rng(5).integers(0, 3, (2, 7)),
    )
    one_hot = np.moveaxis(np.eye(3)[ids], -1, 1)
    close(elements(losses.dice_loss, x, ids), elements(losses.dice_loss, x, one_hot))


DICE = [  # mode, input, label with an ignored pixel, the two without it
    ("multiclass", np.ones((1, 2, 3)), np.array([[0, 255, 1]])),
    ("multilabel", np.ones((1, 2, 3)), np.array([[[0, 255, 1], [1, 255, 1]]])),
    ("binary", np.ones((1, 3)), np.array([[0, 255, 1]])),
]


@pytest.mark.parametrize("mode, x, label", DICE, ids=[row[0] for row in DICE])
@pytest.mark.parametrize("lost", [0, 1e4, np.nan, np.inf])
def test_dice_leaves_ignored_pixels_out_whatever_they_hold(mode, x, label, lost):
    x = x.copy()
    x[..., 1] = lost
    loss, slope = with_gradient(losses.dice_loss, x, label, mode=mode, ignore_index=255)
    alone, its_slope = with_gradient(losses.dice_loss, x[..., ::2], label[..., ::2], mode=mode)
    np.testing.assert_allclose(loss, alone, rtol=1e-6)
    np.testing.assert_allclose(slope[..., ::2], its_slope, rtol=1e-6)
    assert not slope[..., 1].any()


def test_dice_ignores_what_a_sample_lacks():
    x = np.random.default_rng(6).standard_normal((2, 2, 4))
    label = np.array([[0, 0, 0, 0], [0, 1, 0, 1]])
    each = elements(losses.dice_loss, x, label)
    kept = elements(losses.dice_loss, x, label, ignore_empty=True)
    close(kept, each * [[1, 0], [1, 1]])
    tensors = paddle.to_tensor(x), paddle.to_tensor(label)
    close(losses.dice_loss(*tensors, ignore_empty=True).item(), np.sum(kept) / 3)


# ------------------------------------------------------------------------------------------- detectors


def grid_with_one_object():
    label = np.zeros((1, 2, 2, 7), "float32")
    label[0, 0, 0] = [0.5, 0.5, 0.25, 0.25, 1, 1, 0]
    return np.full((1, 2, 2, 12), 0.3, "float32"), label


def test_yolo_wants_a_square_grid():
    with pytest.raises(ValueError, match=r"yolov1_loss: input must have .* square grid, got \[1, 3, 2, 12\]"):
        losses.yolov1_loss(paddle.ones([1, 3, 2, 12]), paddle.ones([1, 3, 2, 7]))


@pytest.mark.parametrize("garbage", [np.nan, 1e30])
def test_yolo_does_not_look_at_labels_without_an_object(garbage):
    x, label = grid_with_one_object()
    expected = losses.yolov1_loss(paddle.to_tensor(x), paddle.to_tensor(label)).item()
    label[0, 1, 1, [0, 1, 2, 3, 5, 6]] = garbage
    assert losses.yolov1_loss(paddle.to_tensor(x), paddle.to_tensor(label)).item() == expected


def test_yolo_without_objects_asks_for_no_confidence():
    x, label = grid_with_one_object()
    loss, slope = with_gradient(losses.yolov1_loss, x, 0 * label)
    np.testing.assert_allclose(loss, 0.5 * 8 * 0.09, rtol=1e-6)
    assert set(np.flatnonzero(slope.any((0, 1, 2)))) == {4, 9}


def test_a_detector_that_finds_nothing_has_no_box_loss():
    parts = [paddle.to_tensor(x, stop_gradient=False) for x in ([1.0, 3.0], [5.0, 7.0], [0.1, 0.5])]
    loss = losses.detection_loss(*parts)
    loss.backward()
    assert loss.item() == 2 and not parts[1].grad.numpy().any()
