"""What the papers say must hold: identities between losses, and their shapes."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import paddle_losses as losses

numbers = arrays("float64", (2, 8), elements=st.floats(-1e3, 1e3))
shares = arrays("float64", 8, elements=st.floats(0, 1))
seeded = settings(derandomize=True, deadline=None, max_examples=60)


def both(pair):
    return paddle.to_tensor(pair[0]), paddle.to_tensor(pair[1])


FEW = 4 * np.nextafter(0.0, 1.0)  # products below 1e-308 keep few bits: there, units of the last one


def close(actual, desired):
    np.testing.assert_allclose(actual, desired, rtol=1e-12, atol=FEW)


def elements(function, *tensors, **options):
    return function(*tensors, reduction="none", **options).numpy()


# --------------------------------------------------------------------------------------- regression


@seeded
@given(numbers, st.floats(1e-2, 1e2))
def test_smooth_l1_is_huber_divided_by_beta(pair, beta):
    smooth = elements(losses.smooth_l1_loss, *both(pair), beta=beta)
    huber = elements(losses.huber_loss, *both(pair), delta=beta)
    close(smooth * beta, huber)


@seeded
@given(numbers)
def test_huber_between_its_two_parents(pair):
    huber = elements(losses.huber_loss, *both(pair))
    assert (huber <= elements(losses.mse_loss, *both(pair)) / 2 * (1 + 1e-12) + FEW).all()
    assert (huber <= elements(losses.l1_loss, *both(pair))).all()
    wide = elements(losses.huber_loss, *both(pair), delta=1e4)
    close(wide, elements(losses.mse_loss, *both(pair)) / 2)


@seeded
@given(numbers)
def test_smooth_l1_without_a_rounded_part_is_l1(pair):
    smooth = elements(losses.smooth_l1_loss, *both(pair), beta=0)
    np.testing.assert_array_equal(smooth, elements(losses.l1_loss, *both(pair)))


@seeded
@given(numbers)
def test_log_cosh_between_its_bounds(pair):
    a = elements(losses.l1_loss, *both(pair))
    value = elements(losses.log_cosh_loss, *both(pair))
    assert (value <= a * a / 2 * (1 + 1e-12) + FEW).all()
    assert (value >= np.maximum(a - np.log(2), 0) * (1 - 1e-12)).all()


@seeded
@given(numbers, st.floats(0.01, 0.99))
def test_quantiles_mirror_each_other(pair, quantile):
    input, label = both(pair)
    over = elements(losses.quantile_loss, input, label, quantile=quantile)
    under = elements(losses.quantile_loss, label, input, quantile=1 - quantile)
    np.testing.assert_allclose(over, under, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(over + elements(losses.quantile_loss, label, input, quantile=quantile),
                               elements(losses.l1_loss, input, label), rtol=1e-12)  # fmt: skip


@pytest.mark.parametrize("error", [3.0, 12.5, 15.0, 21.0])
def test_log_cosh_around_its_seam(error):
    e = paddle.to_tensor([error], "float64", stop_gradient=False)
    value = losses.log_cosh_loss(e, paddle.zeros([1], "float64"))
    value.backward()
    assert value.item() == pytest.approx(error - np.log(2) + np.log1p(np.exp(-2 * error)), rel=1e-15)
    assert e.grad.item() == pytest.approx(np.tanh(error), rel=1e-15)


def test_log_cosh_of_float32_is_rounded_once_where_it_is_composed():
    e = np.random.default_rng(0).uniform(-3, 3, 400_000).astype("float32")
    x = paddle.to_tensor(e)
    with losses.set_kernels(False):
        value = losses.log_cosh_loss(x, paddle.zeros_like(x), reduction="none").numpy()
    wide = np.abs(e.astype("float64"))
    exact = np.log1p(-np.expm1(wide) * np.expm1(-wide) / 2)
    assert (abs(value - exact) <= 0.51 * np.spacing(exact.astype("float32"))).all()


def test_quantiles_come_as_list_or_tuple():
    input, label = paddle.randn([5, 2]), paddle.randn([5])
    pair = losses.quantile_loss(input, label, quantile=(0.1, 0.9)).item()
    assert pair == losses.quantile_loss(input, label, quantile=[0.1, 0.9]).item()


def test_the_median_quantile_is_half_the_absolute_error():
    input, label = paddle.randn([50]), paddle.randn([50])
    half = elements(losses.quantile_loss, input, label, quantile=0.5)
    np.testing.assert_array_equal(half, elements(losses.l1_loss, input, label) / 2)


def test_several_quantiles_are_the_single_ones_side_by_side():
    input, label = paddle.randn([5, 2]), paddle.randn([5])
    together = elements(losses.quantile_loss, input, label, quantile=[0.1, 0.9])
    for column, level in enumerate([0.1, 0.9]):
        alone = elements(losses.quantile_loss, input[:, column], label, quantile=level)
        np.testing.assert_array_equal(together[:, column], alone)


def best_constant(function, data, **options):
    """The constant prediction with the smallest mean loss, on a fine grid."""
    grid = np.linspace(data.min(), data.max(), 2001)
    label = paddle.to_tensor(data)
    means = [function(paddle.full_like(label, c), label, **options).item() for c in grid]
    return grid[int(np.argmin(means))]


def test_what_the_best_constant_prediction_is():
    data = np.random.default_rng(0).exponential(size=301)
    assert best_constant(losses.l1_loss, data) == pytest.approx(np.median(data), abs=0.01)
    assert best_constant(losses.mse_loss, data) == pytest.approx(np.mean(data), abs=0.01)
    for level in (0.1, 0.9):
        found = best_constant(losses.quantile_loss, data, quantile=level)
        assert found == pytest.approx(np.quantile(data, level), abs=0.05)


def test_the_outlier_table_of_the_documents():
    # Printed as a ratio of 60.6, computed there from rounded means.
    input = paddle.to_tensor([1.1, 1.2, 1.3], dtype="float64")
    clean = paddle.to_tensor([1.0, 1.2, 1.5], dtype="float64")
    spoilt = paddle.to_tensor([1.0, 1.2, 3.0], dtype="float64")
    assert losses.l1_loss(input, spoilt).item() / losses.l1_loss(input, clean).item() == pytest.approx(6)
    assert losses.mse_loss(input, spoilt).item() / losses.mse_loss(input, clean).item() == pytest.approx(58)


# ----------------------------------------------------------------------------------- classification


@seeded
@given(numbers, shares)
def test_focal_without_focus_is_the_cross_entropy(pair, label):
    logit, label = paddle.to_tensor(pair[0]), paddle.to_tensor(label)
    plain = elements(losses.binary_cross_entropy_with_logits, logit, label)
    focal = elements(losses.sigmoid_focal_loss, logit, label, gamma=0, alpha=None)
    np.testing.assert_array_equal(focal, plain)


@seeded
@given(numbers, shares)
def test_relations_between_the_cross_entropies(pair, label):
    logit, label = paddle.to_tensor(pair[0]), paddle.to_tensor(label)
    plain = elements(losses.binary_cross_entropy_with_logits, logit, label)
    weighted = elements(losses.weighted_cross_entropy, logit, label, pos_weight=3.0)
    same = elements(losses.binary_cross_entropy_with_logits, logit, label, pos_weight=3.0)
    np.testing.assert_array_equal(weighted, same)
    balanced = elements(losses.balanced_cross_entropy, logit, label, beta=0.75)
    close(weighted, 4 * balanced)
    half = elements(losses.balanced_cross_entropy, logit, label)
    close(plain, 2 * half)


@seeded
@given(numbers)
def test_logistic_loss_is_the_cross_entropy_of_signs(pair):
    f, y = paddle.to_tensor(pair[0]), paddle.to_tensor(np.where(pair[1] < 0, -1.0, 1.0))
    logistic = elements(losses.logistic_loss, f, y)
    entropy = elements(losses.binary_cross_entropy_with_logits, f, (y + 1) / 2)
    np.testing.assert_allclose(logistic, entropy, rtol=1e-12, atol=1e-300)


@seeded
@given(numbers)
def test_margin_losses_bound_the_errors(pair):
    f, y = paddle.to_tensor(pair[0] / 10), paddle.to_tensor(np.where(pair[1] < 0, -1.0, 1.0))
    errors = elements(losses.zero_one_loss, f, y) * (pair[0] != 0)  # a score of 0 decides for -1
    hinge = elements(losses.hinge_loss, f, y)
    for bound in (
        hinge,
        elements(losses.squared_hinge_loss, f, y),
        elements(losses.exponential_loss, f, y),
        elements(losses.logistic_loss, f, y) / np.log(2),
    ):
        assert (bound >= errors * (1 - 1e-12)).all()
    close(elements(losses.squared_hinge_loss, f, y), hinge**2)


def test_entropy_of_probabilities_equals_that_of_logits():
    logit = paddle.linspace(-5, 5, 41).astype("float64")
    label = paddle.linspace(0, 1, 41).astype("float64")
    np.testing.assert_allclose(
        elements(losses.binary_cross_entropy, paddle.nn.functional.sigmoid(logit), label),
        elements(losses.binary_cross_entropy_with_logits, logit, label),
        rtol=1e-12,
    )


def test_pos_weight_per_class():
    logit, label = paddle.randn([6, 3]), paddle.rand([6, 3])
    together = elements(
        losses.binary_cross_entropy_with_logits,
        logit,
        label,
        pos_weight=paddle.to_tensor([1.0, 2.0, 0.5]),
    )
    for column, weight in enumerate([1.0, 2.0, 0.5]):
        alone = elements(losses.weighted_cross_entropy, logit[:, column], label[:, column], pos_weight=weight)
        np.testing.assert_allclose(together[:, column], alone, rtol=3e-7)


def test_batch_balance_gives_both_classes_the_same_weight():
    label = paddle.to_tensor([1.0] + [0.0] * 9)
    loss = elements(losses.balanced_cross_entropy, paddle.zeros([10]), label, beta=None)
    assert loss[0] == pytest.approx(loss[1:].sum(), rel=1e-6)


def test_the_balance_of_a_batch_is_a_constant():
    logit = paddle.to_tensor([1.0, -1.0])
    label = paddle.to_tensor([0.25, 0.5], stop_gradient=False)
    losses.balanced_cross_entropy(logit, label, beta=None, reduction="sum").backward()
    batch = label.grad.tolist()
    label.clear_grad()
    losses.balanced_cross_entropy(logit, label, beta=0.625, reduction="sum").backward()
    assert batch == pytest.approx(label.grad.tolist(), rel=1e-6)


@pytest.mark.parametrize("reduction, value", [("mean", 1 / 3), ("sum", 1.0)])
def test_the_fixed_hinge_on_the_documents_inputs(reduction, value):
    input = paddle.to_tensor([[0.9], [-0.1], [1.0]], stop_gradient=False)
    label = paddle.to_tensor([[1.0], [-1.0], [1.0]])
    loss = losses.hinge_loss(input, label, reduction=reduction)
    loss.backward()
    assert loss.item() == np.float32(value)
    # The third score stands on the margin: nothing is left to gain there.
    slope = np.float32(1 / 3 if reduction == "mean" else 1)
    assert input.grad.flatten().tolist() == [-slope, slope, 0]


def test_zero_one_loss_counts_errors():
    scores = paddle.to_tensor([[[0.1, 0.9], [0.7, 0.3]], [[0.5, 0.5], [0.2, 0.8]]])
    label = paddle.to_tensor([[1, 1], [0, 1]])
    assert losses.zero_one_loss(scores, label).item() == 0.25
    assert losses.zero_one_loss(scores.transpose([2, 0, 1]), label, axis=0).item() == 0.25
    assert losses.zero_one_loss(paddle.to_tensor([-np.inf, np.inf]), paddle.to_tensor([0, 1])).item() == 0


@pytest.mark.parametrize("no", [0.0, -1.0])
def test_a_score_of_zero_says_no(no):
    wrong = elements(losses.zero_one_loss, paddle.zeros([2]), paddle.to_tensor([no, 1.0]))
    assert wrong.tolist() == [0, 1]


# ---------------------------------------------------------------------------------------- imbalance


def test_focal_loss_fades_easy_elements():
    logit, label = paddle.to_tensor([4.0]), paddle.to_tensor([1.0])
    plain = losses.binary_cross_entropy_with_logits(logit, label).item()
    faded = [losses.focal_loss(logit, label, alpha=None, gamma=g).item() / plain for g in (0.5, 1, 2, 5)]
    easy = 1 - 1 / (1 + np.exp(-4))
    assert faded == pytest.approx([easy**0.5, easy, easy**2, easy**5], rel=1e-5)


def test_focal_loss_divided_by_the_positives():
    logit, label = paddle.randn([100]), (paddle.rand([100]) < 0.1).astype("float32")
    total = losses.focal_loss(logit, label, reduction="sum").item()
    positives = label.sum()
    mean = losses.focal_loss(logit, label, normalizer=positives).item()
    assert mean == pytest.approx(total / positives.item(), rel=1e-6)
    nobody = losses.focal_loss(logit, paddle.zeros([100]), normalizer=paddle.zeros([]))
    assert nobody.item() == pytest.approx(
        losses.focal_loss(logit, paddle.zeros([100]), reduction="sum").item(), rel=1e-6
    )
