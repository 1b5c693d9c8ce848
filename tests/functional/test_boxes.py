"""Boxes beyond the contract: what the papers say of the losses, boxes without size, and box_iou."""

from __future__ import annotations

import re

import modes
import numpy as np
import oracles
import paddle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paddle_losses as losses
from paddle_losses.functional import _math

LOSSES = [  # function, settings, and what it must equal
    (losses.iou_loss, {}, oracles.iou),
    (losses.iou_loss, {"mode": "log"}, oracles.iou),
    (losses.giou_loss, {}, oracles.giou),
    (losses.diou_loss, {}, oracles.diou),
    (losses.ciou_loss, {}, oracles.ciou),
    (losses.eiou_loss, {}, oracles.eiou),
    (losses.focal_eiou_loss, {}, oracles.focal_eiou),
    (losses.alpha_iou_loss, {}, oracles.alpha_iou),
    (losses.alpha_iou_loss, {"base": "giou"}, oracles.alpha_iou),
    (losses.alpha_iou_loss, {"base": "diou", "alpha": 0.5}, oracles.alpha_iou),
    (losses.alpha_iou_loss, {"base": "ciou", "alpha": 0.5}, oracles.alpha_iou),
    (losses.alpha_iou_loss, {"base": "ciou", "alpha": 2.5}, oracles.alpha_iou),
    (losses.riou_loss, {}, oracles.riou),
]
names = [f"{function.__name__}-{options}" for function, options, _ in LOSSES]
each_loss = pytest.mark.parametrize("function, options, oracle", LOSSES, ids=names)
FUNCTIONS = list(dict.fromkeys(function for function, _, _ in LOSSES))
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)

seeded = settings(derandomize=True, deadline=None, max_examples=15)

# Whole numbers meet each other: equal sides, common edges, boxes without size, boxes inside out.
whole = st.integers(-4, 4).map(float)
number = st.one_of(whole, st.floats(-1e3, 1e3, width=32))
rows = st.lists(st.tuples(*[number] * 8), min_size=1, max_size=12)
proper = st.lists(
    st.tuples(*[st.floats(-50, 50, width=32)] * 2, *[st.floats(0.125, 20, width=32)] * 2,
              *[st.floats(-50, 50, width=32)] * 2, *[st.floats(0.125, 20, width=32)] * 2),
    min_size=1, max_size=12,
)  # fmt: skip


def tensor(boxes, dtype="float64"):
    return paddle.to_tensor(np.array(boxes, dtype).reshape(-1, 4))


def two(rows):
    """Two tensors from rows of eight numbers."""
    array = np.array(rows)
    return tensor(array[:, :4]), tensor(array[:, 4:])


def corners(rows):
    """Two tensors of boxes of positive size, from rows of centres and sizes."""
    first, second = (np.array(rows)[:, part] for part in (slice(0, 4), slice(4, 8)))
    return tuple(
        tensor(np.concatenate([b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2], 1)) for b in (first, second)
    )


def elements(function, input, label, **options):
    return function(input, label, reduction="none", **options).numpy()


def value_and_gradient(function, input, label, **options):
    input = input.clone().detach()
    input.stop_gradient = False
    value = function(input, label, reduction="none", **options)
    value.sum().backward()
    return value.numpy(), input.grad.numpy()


# -------------------------------------------------------------------------------------- any two boxes


@each_loss
@seeded
@given(rows, st.sampled_from([1e-7, 0.5]))
def test_any_boxes_equal_the_oracle(function, options, oracle, rows, epsilon):
    input, label = two(rows)
    options = {**options, "epsilon": epsilon}
    value, slope = value_and_gradient(function, input, label, **options)
    expected = oracle(input.numpy(), label.numpy(), **options)
    assert np.isfinite(slope).all()
    np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


@each_loss
@seeded
@given(rows)
def test_two_boxes_may_change_places(function, options, oracle, rows):
    input, label = two(rows)
    there, back = elements(function, input, label, **options), elements(function, label, input, **options)
    np.testing.assert_allclose(there, back, rtol=1e-13, atol=1e-15)


@each_loss
@seeded
@given(proper, st.floats(-100, 100), st.sampled_from([0.25, 3.0, 1024.0]))
def test_neither_place_nor_scale_matters(function, options, oracle, rows, shift, scale):
    input, label = corners(rows)
    here = elements(function, input, label, **options)
    np.testing.assert_allclose(elements(function, input + shift, label + shift, **options), here, atol=1e-9)
    np.testing.assert_allclose(elements(function, input * scale, label * scale, **options), here, atol=1e-9)


@each_loss
@seeded
@given(proper)
def test_formats_agree(function, options, oracle, rows):
    array = np.array(rows)
    centres = tensor(array[:, :4]), tensor(array[:, 4:])
    value, slope = value_and_gradient(function, *centres, box_format="cxcywh", **options)
    as_corners, corner_slope = value_and_gradient(function, *corners(rows), **options)
    np.testing.assert_array_equal(value, as_corners)
    low, high = corner_slope[:, :2], corner_slope[:, 2:]
    np.testing.assert_allclose(slope, np.concatenate([low + high, (high - low) / 2], 1), atol=1e-12)


@each_loss
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("box_format", ["xyxy", "cxcywh"])
def test_equal_boxes_have_no_loss_and_no_gradient(function, options, oracle, dtype, box_format):
    rng = np.random.default_rng(0)
    box = np.concatenate([rng.uniform(-100, 100, (50, 2)), rng.uniform(101, 500, (50, 2))], 1)
    box = tensor(box, dtype)
    value, slope = value_and_gradient(function, box, box.clone(), box_format=box_format, **options)
    assert (value == 0).all() and (slope == 0).all()


@each_loss
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_degenerate_boxes_have_finite_losses_and_gradients(function, options, oracle, dtype):
    pairs = [
        [[3, 3, 3, 3], [3, 3, 3, 3]],  # the same point
        [[3, 3, 3, 8], [3, 3, 3, 8]],  # the same line
        [[3, 3, 3, 3], [5, 5, 5, 5]],
        [[3, 3, 3, 3], [0, 0, 9, 9]],  # a point inside
        [[0, 0, 9, 9], [3, 3, 3, 3]],
        [[3, 0, 3, 9], [0, 3, 9, 3]],  # two lines that cross
        [[5, 5, 2, 2], [1, 1, 4, 4]],  # inside out
        [[5, 5, 2, 2], [5, 5, 2, 2]],
        [[5, 1, 2, 4], [1, 1, 4, 4]],
        [[0, 0, 1e-20, 1e-20], [0, 0, 1e-20, 1e-20]],
        [[0, 0, 1, 1], [1, 0, 2, 1]],  # a common edge
        [[0, 0, 1, 1], [1, 1, 2, 2]],  # a common corner
        *[[[0, 0, 1, 1], [far, far, far + far / 4, far + 1]] for far in (1e6, 1e12, 1e30)],
        *[[[-far, -far, far, far], [-far, -far, far, far / 2]] for far in (1e6, 1e12, 1e30, 1.5e38)],
    ]
    input, label = (tensor([pair[side] for pair in pairs], dtype) for side in (0, 1))
    for box_format in ("xyxy", "cxcywh"):
        for boxes in ((input, label), (label, input)):
            value, slope = value_and_gradient(function, *boxes, box_format=box_format, **options)
            assert np.isfinite(value).all() and np.isfinite(slope).all()


def test_boxes_without_area_have_no_overlap():
    input, label = two([(0, 0, 4, 0, 0, 0, 4, 0), (4, 4, 0, 0, 0, 0, 4, 4), (2, 2, 2, 2, 0, 0, 4, 4)])
    assert elements(losses.iou_loss, input, label).tolist() == [1, 1, 1]
    assert losses.box_iou(input, label, aligned=True).tolist() == [0, 0, 0]


def test_areas_below_epsilon_count_as_epsilon():
    box = tensor([[0, 0, 1, 0.01]])
    assert elements(losses.iou_loss, box, box, epsilon=0.04).item() == pytest.approx(0.75, abs=1e-15)


@each_loss
def test_slopes_at_corners_lie_between_those_of_the_sides(function, options, oracle):
    # One box of every pair has no width, or no height, or neither.
    if "ciou" in (function.__name__[:4], options.get("base")):
        pytest.skip("its weight is held, and the aspect ratio of a box without size jumps")
    rng = np.random.default_rng(0)
    box, label = rng.uniform(0, 4, (300, 4)), np.sort(rng.uniform(0, 4, (300, 2, 2)), 1).reshape(-1, 4)
    box[::3, 2] = box[::3, 0]
    box[1::3, 3] = box[1::3, 1]
    box[2::3, 2:] = box[2::3, :2]
    options = {**options, "epsilon": 1e-2}
    if function is losses.focal_eiou_loss:
        options["gamma"] = 0
    here, slope = value_and_gradient(function, tensor(box), tensor(label), **options)
    for k in range(4):
        sides = []
        for step in (1e-7, -1e-7):
            moved = box.copy()
            moved[:, k] += step
            sides.append((elements(function, tensor(moved), tensor(label), **options) - here) / step)
        assert (slope[:, k] >= np.minimum(*sides) - 1e-4).all()
        assert (slope[:, k] <= np.maximum(*sides) + 1e-4).all()


# ------------------------------------------------------------------------------ what the papers say


@seeded
@given(rows)
def test_bounds(rows):
    input, label = two(rows)
    for function, highest in [
        (losses.iou_loss, 1), (losses.giou_loss, 2), (losses.diou_loss, 2), (losses.ciou_loss, 3),
        (losses.eiou_loss, 10), (losses.alpha_iou_loss, 1), (losses.riou_loss, 1),
    ]:  # fmt: skip
        value = elements(function, input, label)
        assert (value >= 0).all() and (value <= highest + 1e-15).all()


@seeded
@given(proper)
def test_each_loss_is_at_least_its_parent(rows):
    input, label = corners(rows)
    iou, giou, diou, ciou, eiou = (
        elements(function, input, label)
        for function in (
            losses.iou_loss,
            losses.giou_loss,
            losses.diou_loss,
            losses.ciou_loss,
            losses.eiou_loss,
        )
    )
    assert (giou >= iou).all() and (diou >= iou).all() and (ciou >= diou).all() and (eiou >= diou).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_giou_of_a_box_inside_is_iou_and_diou_still_sees_the_centre(dtype):
    rng = np.random.default_rng(0)
    label = tensor([[-3.7, -2.1, 5.3, 4.9]] * 200, dtype)
    inner = tensor(np.sort(rng.uniform(-2, 4, (200, 2, 2)), 1).reshape(-1, 4), dtype)
    for pair in ((inner, label), (label, inner)):
        plain, slope = value_and_gradient(losses.iou_loss, *pair)
        general, general_slope = value_and_gradient(losses.giou_loss, *pair)
        np.testing.assert_array_equal(general, plain)
        np.testing.assert_allclose(general_slope, slope, atol=1e-15)
    centred, aside = tensor([[1, 1, 3, 3]]), tensor([[2, 2, 4, 4]])
    label = tensor([[0, 0, 4, 4]])
    assert losses.giou_loss(centred, label).item() == losses.giou_loss(aside, label).item() == 0.75
    assert losses.diou_loss(centred, label).item() == 0.75 < losses.diou_loss(aside, label).item()


@seeded
@given(proper, st.integers(-3, 3))
def test_ciou_at_equal_aspect_ratio_is_diou(rows, power):
    array = np.array(rows)
    array[:, 6:] = array[:, 2:4] * 2.0**power
    input, label = tensor(array[:, :4]), tensor(array[:, 4:])
    distance, slope = value_and_gradient(losses.diou_loss, input, label, box_format="cxcywh")
    complete, complete_slope = value_and_gradient(losses.ciou_loss, input, label, box_format="cxcywh")
    np.testing.assert_allclose(complete, distance, rtol=1e-15)
    np.testing.assert_allclose(complete_slope, slope, rtol=1e-13, atol=1e-15)


def test_boxes_apart_are_drawn_together_by_all_but_iou():
    input, label = tensor([[0, 0, 1, 1]]), tensor([[3, 0, 4, 1]])
    for function in (losses.iou_loss, losses.riou_loss, losses.alpha_iou_loss, losses.focal_eiou_loss):
        assert (value_and_gradient(function, input, label)[1] == 0).all()
    for function in (losses.giou_loss, losses.diou_loss, losses.ciou_loss, losses.eiou_loss):
        slope = value_and_gradient(function, input, label)[1][0]
        assert slope[0] + slope[2] < 0  # a step down moves it to the right


def test_eiou_turns_a_box_back_that_is_inside_out():
    box, label = tensor([[6, 6, 2, 2]]), tensor([[1, 1, 7, 7]])
    for _ in range(200):
        box = box - 0.5 * paddle.to_tensor(value_and_gradient(losses.eiou_loss, box, label)[1])
    assert (box[:, 2:] > box[:, :2]).all()
    assert losses.box_iou(box, label).item() > 0.9


@seeded
@given(proper)
def test_focal_eiou_without_focus_is_eiou(rows):
    input, label = corners(rows)
    value, slope = value_and_gradient(losses.focal_eiou_loss, input, label, gamma=0)
    plain, plain_slope = value_and_gradient(losses.eiou_loss, input, label)
    np.testing.assert_array_equal(value, plain)
    np.testing.assert_array_equal(slope, plain_slope)


@seeded
@given(proper)
def test_the_focal_factor_is_a_constant(rows):
    input, label = corners(rows)
    plain, plain_slope = value_and_gradient(losses.eiou_loss, input, label)
    value, slope = value_and_gradient(losses.focal_eiou_loss, input, label, gamma=1.5)
    factor = losses.box_iou(input, label, aligned=True).numpy() ** 1.5
    np.testing.assert_allclose(value, factor * plain, rtol=1e-13)
    np.testing.assert_allclose(slope, factor[:, None] * plain_slope, rtol=1e-13, atol=1e-15)


def test_a_mean_of_focal_eiou_that_is_weighted_by_iou():
    input, label = tensor([[0, 0, 2, 2], [0, 0, 3, 4]]), tensor([[0, 0, 4, 4], [0, 0, 4, 4]])
    factor = losses.box_iou(input, label, aligned=True) ** 0.5
    mean = losses.focal_eiou_loss(input, label, normalizer=factor.sum())
    plain = losses.eiou_loss(input, label, reduction="none")
    assert mean.item() == pytest.approx(((factor * plain).sum() / factor.sum()).item(), rel=1e-14)


@seeded
@given(proper, st.sampled_from(["iou", "giou", "diou", "ciou"]))
def test_alpha_one_is_the_base(rows, base):
    input, label = corners(rows)
    raised, slope = value_and_gradient(losses.alpha_iou_loss, input, label, alpha=1, base=base)
    plain, plain_slope = value_and_gradient(getattr(losses, f"{base}_loss"), input, label)
    np.testing.assert_allclose(raised, plain, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope, plain_slope, rtol=1e-13, atol=1e-15)


def test_alpha_below_one_has_its_slope_capped_at_zero():
    # Centres as good as equal: the slope of the square root would be infinite.
    input, label = tensor([[0, 0, 2, 2.0 + 1e-12]]), tensor([[0, 0, 2, 2]])
    _, slope = value_and_gradient(losses.alpha_iou_loss, input, label, alpha=0.5, base="diou")
    assert np.isfinite(slope).all() and abs(slope).max() < 2
    touching, label = tensor([[0, 0, 1, 1]]), tensor([[1 - 1e-12, 0, 2, 1]])
    value, slope = value_and_gradient(losses.alpha_iou_loss, touching, label, alpha=0.5)
    assert value.item() == pytest.approx(1) and abs(slope).max() == pytest.approx(1e-7**-0.5 / 2, rel=1e-6)


def test_a_box_that_nearly_fits_has_an_accurate_loss():
    # 1 - IoU from an IoU of float32 would be a multiple of 6e-8.
    label = np.array([[100, 100, 150, 140]], "float32")
    input = np.nextafter(label, np.float32(0), dtype="float32")
    loss = losses.iou_loss(paddle.to_tensor(input), paddle.to_tensor(label)).item()
    exact = oracles.iou(input.astype("float64"), label.astype("float64")).item()
    assert loss == pytest.approx(exact, rel=1e-7) and 1e-8 < loss < 1e-5


def test_a_box_that_hardly_overlaps_has_an_accurate_iou():
    thin = tensor([[0, 0, 1, 1e-9], [0, 0, 1e-5, 1e-5]])
    iou = losses.box_iou(thin, tensor([[0, 0, 1, 1]]), epsilon=1e-20)
    np.testing.assert_allclose(iou.numpy()[:, 0], [1e-9, 1e-10], rtol=1e-14)


def test_boxes_that_fill_their_frame_together():
    # |C| - |A ∪ B| is 0 or, rounded, a little less.
    rng = np.random.default_rng(0)
    x, y = np.sort(rng.uniform(-9, 9, (500, 3)), 1), np.sort(rng.uniform(-9, 9, (500, 2)), 1)
    left = tensor(np.column_stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]]))
    right = tensor(np.column_stack([x[:, 1], y[:, 0], x[:, 2], y[:, 1]]))
    assert (elements(losses.giou_loss, left, right) >= 1).all()
    value, slope = value_and_gradient(losses.alpha_iou_loss, left, right, base="giou", alpha=1.5)
    np.testing.assert_allclose(value, 1, rtol=1e-15)
    assert np.isfinite(slope).all()


# -------------------------------------------------------------------------------------- rectified IoU


def rectified(iou, beta):
    """Value and derivative with respect to the IoU."""
    iou = np.array(iou, "float64")
    label = tensor([[0, 0, 1, 1]] * iou.size)
    input = np.zeros([iou.size, 4])
    input[:, 2], input[:, 3] = 1, iou
    value, slope = value_and_gradient(losses.riou_loss, tensor(input), label, beta=beta)
    return value, slope[:, 3]  # an inner box's IoU is its height


@pytest.mark.parametrize("beta", [0.1, 0.5, 0.95, 0.999])
def test_riou_is_what_its_docstring_says(beta):
    a = 1 / (0.5 - np.log(1 - beta))
    grid = np.concatenate([np.linspace(0.001, beta, 500)[:-1], [beta], np.linspace(beta, 0.9999, 500)[1:]])
    value, slope = rectified(grid, beta)
    assert (np.diff(value) < 0).all() and (slope < 0).all()
    below = grid < beta
    np.testing.assert_allclose(-slope[below], a / (1 - grid[below]), rtol=1e-9)  # a hyperbola
    np.testing.assert_allclose(-slope[~below], a * (1 - grid[~below]) / (1 - beta) ** 2, rtol=1e-8)
    assert (np.diff(slope[below]) < 0).all() and (np.diff(slope[~below]) > 0).all()  # concave, convex
    assert grid[np.argmax(-slope)] == pytest.approx(beta, abs=1e-3)
    ends, _ = rectified([0.0, 1.0], beta)
    assert ends.tolist() == pytest.approx([1, 0], abs=1e-15)


def test_riou_is_continuous_at_beta():
    (low, high), (slope_low, slope_high) = rectified([0.75 - 1e-12, 0.75 + 1e-12], 0.75)
    assert low == pytest.approx(high, abs=1e-11) and slope_low == pytest.approx(slope_high, rel=1e-9)
    _, slope = rectified([0.75], 0.75)
    assert slope.item() == pytest.approx(slope_low, rel=1e-9)


# --------------------------------------------------------------------------------------------- box_iou

SIGNED = [("iou", oracles.iou), ("giou", oracles.giou), ("diou", oracles.diou), ("ciou", oracles.ciou)]


@pytest.mark.parametrize("kind, oracle", SIGNED)
@seeded
@given(rows)
def test_box_iou_of_all_pairs_is_that_of_aligned_pairs(kind, oracle, rows):
    first, second = two(rows)
    table = losses.box_iou(first, second[:3], kind=kind)
    assert list(table.shape) == [first.shape[0], second[:3].shape[0]]
    for column in range(table.shape[1]):
        beside = second[column : column + 1].expand(first.shape)
        row = losses.box_iou(first, beside, kind=kind, aligned=True)
        np.testing.assert_array_equal(table[:, column].numpy(), row.numpy())
        expected = 1 - oracle(first.numpy(), beside.numpy())
        np.testing.assert_allclose(row.numpy(), expected, rtol=1e-9, atol=1e-9)


def test_box_iou_takes_half_precision_and_integers():
    half, whole = tensor([[0, 0, 2, 1]], "float16"), paddle.to_tensor([[0, 0, 1, 1]])
    assert losses.box_iou(half, whole).dtype == paddle.float32
    assert losses.box_iou(half, whole).item() == 0.5
    assert losses.box_iou(half.astype("float64"), whole).dtype == paddle.float64


def test_box_iou_has_a_gradient():
    first, second = tensor([[0, 0, 2, 1], [5, 5, 6, 6]]), tensor([[0, 0, 1, 1]])
    first.stop_gradient = False
    losses.box_iou(first, second).sum().backward()
    np.testing.assert_allclose(first.grad.numpy(), [[0.25, 0.25, -0.25, 0.25], [0] * 4], atol=0.6)
    assert first.grad.numpy()[0, 2] == pytest.approx(-0.25)


def test_nan_stays_where_it_is():
    boxes = tensor([[0, 0, 1, np.nan], [0, 0, 1, 1]])
    for kind, _ in SIGNED:
        table = losses.box_iou(boxes, tensor([[0, 0, 1, 1], [0, 0, 2, 2]]), kind=kind).numpy()
        assert np.isnan(table[0]).all() and np.isfinite(table[1]).all()


@each_function
@pytest.mark.parametrize("coordinate", range(4))
@pytest.mark.parametrize("box_format", ["xyxy", "cxcywh"])
def test_nan_in_any_coordinate_gives_nan(function, coordinate, box_format):
    good = np.array([[0.0, 0, 1, 1], [5, 5, 6, 6], [0, 0, 0, 0]])
    bad = good.copy()
    bad[:, coordinate] = np.nan
    for pair in ((bad, good), (good, bad)):
        assert np.isnan(elements(function, *map(tensor, pair), box_format=box_format)).all()


@pytest.mark.parametrize("shapes", [((0, 4), (3, 4)), ((3, 4), (0, 4)), ((0, 4), (0, 4))])
def test_box_iou_of_no_boxes(shapes):
    first, second = (paddle.zeros(shape) for shape in shapes)
    for kind, _ in SIGNED:
        table = losses.box_iou(first, second, kind=kind)
        assert list(table.shape) == [shapes[0][0], shapes[1][0]] and table.dtype == paddle.float32
    assert list(losses.box_iou(paddle.zeros([0, 4]), paddle.zeros([0, 4]), aligned=True).shape) == [0]


def table_of(first, second):
    return losses.box_iou(first, second, kind="ciou")


@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_box_iou_is_traced(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    first, second = two(np.random.default_rng(0).uniform(0, 4, (5, 8)))
    first, second = first.astype("float32"), second[:3].astype("float32")
    traced = paddle.jit.to_static(table_of, full_graph=full_graph)(first, second)
    np.testing.assert_allclose(traced.numpy(), table_of(first, second).numpy(), rtol=1e-6)
    assert modes.broken_off() == []


def test_box_iou_in_a_program():
    arrays = {"boxes1": np.random.default_rng(0).uniform(0, 4, (5, 4)), "boxes2": np.eye(4)[:3]}
    value, _ = modes.program(losses.box_iou, arrays, {"kind": "diou"}, "float64", ())
    expected = losses.box_iou(*map(paddle.to_tensor, arrays.values()), kind="diou")
    np.testing.assert_allclose(value, expected.numpy(), rtol=1e-12)


# -------------------------------------------------------------------------------------------- diou_nms


def naive_nms(boxes, scores, threshold):
    order, kept = sorted(range(len(scores)), key=lambda i: (-scores[i], i)), []
    for i in order:
        if all(1 - oracles.diou(boxes[[i]], boxes[[k]]).item() <= threshold for k in kept):
            kept.append(i)
    return kept


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("threshold", [0, 0.3, 0.5, 0.9, 1])
def test_diou_nms_is_the_greedy_one(seed, threshold):
    rng = np.random.default_rng(seed)
    centre, size = rng.uniform(0, 60, (40, 2)), rng.uniform(10, 40, (40, 2))
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1)
    boxes[5], boxes[6, 2:] = boxes[4], boxes[6, :2]  # one twice, one without size
    scores = rng.integers(0, 12, 40) / 12.0  # many equal ones
    kept = losses.diou_nms(tensor(boxes), paddle.to_tensor(scores), threshold=threshold)
    assert kept.dtype == paddle.int64
    assert kept.tolist() == naive_nms(boxes, scores, threshold)
    centres = tensor(np.concatenate([centre, size], 1)[7:])
    kept = losses.diou_nms(centres, paddle.to_tensor(scores[7:]), threshold=threshold, box_format="cxcywh")
    assert kept.tolist() == naive_nms(boxes[7:], scores[7:], threshold)


def test_diou_nms_keeps_two_objects_side_by_side():
    boxes = tensor([[0, 0, 10, 10], [0.5, 0, 10.5, 10], [3.5, 0, 13.5, 10]])
    scores = paddle.to_tensor([0.9, 0.8, 0.7])
    assert losses.box_iou(boxes[:1], boxes[2:]).item() > 0.48
    assert losses.diou_nms(boxes, scores, threshold=0.45).tolist() == [0, 2]


def test_diou_nms_does_not_round_before_it_compares():
    boxes = tensor([[0, 0, 3, 1], [1, 0, 2, 1]], "float32")  # about one centre, IoU 1/3
    for threshold, kept in ((0.33333333, [0]), (0.33333334, [0, 1])):
        assert losses.diou_nms(boxes, paddle.to_tensor([0.9, 0.8]), threshold=threshold).tolist() == kept


def test_diou_nms_of_no_boxes_and_of_one():
    kept = losses.diou_nms(paddle.zeros([0, 4]), paddle.zeros([0]))
    assert kept.dtype == paddle.int64 and list(kept.shape) == [0]
    assert losses.diou_nms(paddle.zeros([1, 4]), paddle.zeros([1])).tolist() == [0]


def test_diou_nms_leaves_the_graph_alone():
    boxes = tensor([[0, 0, 1, 1], [0, 0, 1, 1]], "float16")
    boxes.stop_gradient = False
    assert losses.diou_nms(boxes, paddle.to_tensor([1, 2])).tolist() == [1]


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"boxes": paddle.zeros([2, 5])}, ValueError, r"boxes must have the shape \[N, 4\].* got \[2, 5\]"),
        ({"boxes": paddle.zeros([2, 4], "int64")}, TypeError, "boxes must be a floating tensor"),
        ({"boxes": [[0, 0, 1, 1]]}, TypeError, "boxes must be a paddle.Tensor, got list"),
        (
            {"boxes": tensor([[0, 0, 1, 1], [0, np.nan, 1, 1]])},
            ValueError,
            r"boxes .* got nan at index \[1, 1\]",
        ),
        ({"boxes": tensor([[0, 0, np.inf, 1]] * 2)}, ValueError, r"boxes .* got inf at index \[0, 2\]"),
        ({"scores": paddle.to_tensor([1.0, -np.inf])}, ValueError, r"scores .* got -inf at index \[1\]"),
        ({"scores": paddle.zeros([3])}, ValueError, r"scores must have one score per box, \[2\], got \[3\]"),
        ({"scores": [1.0, 2.0]}, TypeError, "scores must be a paddle.Tensor, got list"),
        ({"threshold": 1.5}, ValueError, r"threshold must be a number in \[0, 1\], got 1.5"),
        ({"box_format": "xywh"}, ValueError, "box_format must be one of 'xyxy', 'cxcywh', got 'xywh'"),
    ],
)
def test_what_diou_nms_refuses(changed, error, message):
    arguments = {"boxes": paddle.zeros([2, 4]), "scores": paddle.zeros([2]), **changed}
    with pytest.raises(error, match=f"diou_nms: {message}"):
        losses.diou_nms(**arguments)


def test_diou_nms_needs_eager_mode():
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph), pytest.raises(RuntimeError, match="diou_nms"):
            losses.diou_nms(paddle.static.data("b", [2, 4]), paddle.static.data("s", [2]))
    finally:
        paddle.disable_static()


# --------------------------------------------------------------------------------------- what is refused


@each_function
def test_wrong_shapes(function):
    name = function.__name__
    for shape in ([5], [5, 5], [2, 5, 4], [4], []):
        with pytest.raises(ValueError, match=rf"{name}: input must have the shape \[N, 4\].*got"):
            function(paddle.zeros(shape), paddle.zeros(shape))
    with pytest.raises(
        ValueError, match=rf"{name}: label must have the shape of input, \[5, 4\], got \[1, 4\]"
    ):
        function(paddle.zeros([5, 4]), paddle.zeros([1, 4]))


@each_function
def test_wrong_settings(function):
    name, boxes = function.__name__, paddle.zeros([2, 4])
    for setting, value, message in [
        ("box_format", "xywh", "must be one of 'xyxy', 'cxcywh', got 'xywh'"),
        ("epsilon", 0, r"must be a number in \(0, inf\), got 0"),
        ("epsilon", float("nan"), r"must be a number in \(0, inf\), got nan"),
        ("normalizer", -1, r"must be a number in \[0, inf\), got -1"),
    ]:
        with pytest.raises(ValueError, match=f"{name}: {setting} {message}"):
            function(boxes, boxes, **{setting: value})
    with pytest.raises(ValueError, match=f"{name}: normalizer .*leave it None"):
        function(boxes, boxes, normalizer=2, reduction="sum")


@pytest.mark.parametrize(
    "function, options, message",
    [
        (losses.iou_loss, {"mode": "square"}, "mode must be one of 'linear', 'log', got 'square'"),
        (losses.focal_eiou_loss, {"gamma": -1}, r"gamma must be a number in \[0, inf\), got -1"),
        (losses.alpha_iou_loss, {"alpha": 0}, r"alpha must be a number in \(0, inf\), got 0"),
        (losses.alpha_iou_loss, {"base": "eiou"}, "base must be one of 'iou', 'giou', 'diou', 'ciou', got"),
        (losses.riou_loss, {"beta": 1}, r"beta must be a number in \(0, 1\), got 1"),
        (losses.riou_loss, {"beta": 0.0}, r"beta must be a number in \(0, 1\), got 0"),
        (losses.box_iou, {"kind": "eiou"}, "kind must be one of 'iou', 'giou', 'diou', 'ciou', got 'eiou'"),
        (losses.box_iou, {"epsilon": -1}, r"epsilon must be a number in \(0, inf\), got -1"),
        (losses.box_iou, {"box_format": None}, "box_format must be one of .* got None"),
    ],
)
def test_settings_out_of_range(function, options, message):
    with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
        function(paddle.zeros([2, 4]), paddle.zeros([2, 4]), **options)


def test_what_box_iou_refuses():
    boxes = paddle.zeros([2, 4])
    with pytest.raises(TypeError, match="box_iou: aligned must be True or False, got 1"):
        losses.box_iou(boxes, boxes, aligned=1)
    with pytest.raises(ValueError, match=r"box_iou: boxes2 must have the shape \[N, 4\].* got \[4\]"):
        losses.box_iou(boxes, paddle.zeros([4]))
    with pytest.raises(
        ValueError, match=r"box_iou: boxes2 must have the shape of boxes1, \[2, 4\], got \[3, 4\]"
    ):
        losses.box_iou(boxes, paddle.zeros([3, 4]), aligned=True)
    with pytest.raises(TypeError, match="box_iou: boxes1 must be a floating tensor"):
        losses.box_iou(boxes.astype("int64"), boxes)
    with pytest.raises(TypeError, match=r"box_iou: boxes2 must be a paddle.Tensor, got list"):
        losses.box_iou(boxes, [[0, 0, 1, 1]])


# ------------------------------------------------------------------------------------------ the rest


def test_normalizer():
    input, label = two(np.random.default_rng(0).uniform(0, 4, (6, 8)))
    for function in FUNCTIONS:
        total = function(input, label, reduction="sum").item()
        for positives in (3, 3.0, paddle.to_tensor(3), paddle.to_tensor([3.0])):
            assert function(input, label, normalizer=positives).item() == pytest.approx(total / 3, rel=1e-14)
        assert function(input, label, normalizer=0).item() == pytest.approx(total, rel=1e-14)


@each_loss
def test_second_order_gradients_are_right_or_an_error(function, options, oracle):
    if function is losses.focal_eiou_loss:
        options = {"gamma": 0}  # the factor is a constant also then, and differences would not see it as one
    rng = np.random.default_rng(0)
    box, label = rng.uniform(0, 1, (4, 4)), rng.uniform(0, 1, (4, 4))
    box[:, 2:], label[:, 2:] = box[:, 2:] + 1.5, label[:, 2:] + 1.5
    input = paddle.to_tensor(box, stop_gradient=False)

    def slopes(at, **graph):
        with losses.set_kernels(False):
            value = function(at, paddle.to_tensor(label), reduction="sum", **options)
        return paddle.grad(value, at, **graph)[0]

    try:
        (second,) = paddle.grad(slopes(input, create_graph=True).sum(), input)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        assert re.search("gradop|grad op|has gradient operator", str(error)), error
        return
    step = 1e-6
    for index in np.ndindex(box.shape):
        ends = []
        for sign in (1, -1):
            moved = box.copy()
            moved[index] += sign * step
            ends.append(slopes(paddle.to_tensor(moved, stop_gradient=False)).sum().item())
        assert second.numpy()[index] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4, abs=1e-5)


def test_a_detector_learns_a_box():
    label = tensor([[2, 3, 7, 5]] * 2, "float32")
    for loss in (losses.nn.GIoULoss(), losses.nn.DIoULoss(), losses.nn.CIoULoss(), losses.nn.EIoULoss()):
        box = paddle.create_parameter([2, 4], "float32")
        box.set_value(np.array([[0, 0, 1, 1], [6, 4, 9, 9]], "float32"))
        optimizer = paddle.optimizer.Adam(0.1, parameters=[box])
        for _ in range(200):
            loss(box, label).backward()
            optimizer.step()
            optimizer.clear_grad()
        assert losses.box_iou(box, label, aligned=True).min().item() > 0.9, loss


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_smaller_and_the_larger_of_two(dtype):
    a = paddle.to_tensor([1.0, 2.0, 2.0, float("nan"), 1.0, 0.0], dtype, stop_gradient=False)
    b = paddle.to_tensor([2.0, 1.0, 2.0, 1.0, float("nan"), 1e-10], dtype, stop_gradient=False)
    for function, expected, slope in [
        (_math.lesser, [1, 1, 2, np.nan, np.nan, 0], [1, 0, 0.5, 1]),
        (_math.greater, [2, 2, 2, np.nan, np.nan, 1e-10], [0, 1, 0.5, 0]),
    ]:
        value = function(a, b)
        np.testing.assert_array_equal(value.numpy(), np.array(expected, dtype))
        grads = paddle.grad(value.sum(), [a, b])
        picked = [0, 1, 2, 5]  # not the NaN
        assert grads[0].numpy()[picked].tolist() == slope
        assert grads[1].numpy()[picked].tolist() == [1 - share for share in slope]
