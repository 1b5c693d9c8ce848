"""The one reduction that all losses share."""

from __future__ import annotations

import modes
import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses.functional._reduce import reduce

LOSS = [1.0, 2.0, 3.0, 4.0]


def tensor(values, **options):
    return paddle.to_tensor(values, dtype="float32", **options)


def run(reduction, values=LOSS, **options):
    return reduce("some_loss", tensor(values), reduction, **options)


@pytest.mark.parametrize("reduction, expected", [("mean", 2.5), ("sum", 10.0), ("none", LOSS)])
def test_plain(reduction, expected):
    assert run(reduction).tolist() == expected


@pytest.mark.parametrize(
    "reduction, expected", [("mean", 25 / 8), ("sum", 25.0), ("none", [0.0, 2.0, 3.0, 20.0])]
)
def test_weighted(reduction, expected):
    weight = tensor([0, 1, 1, 5])
    if reduction == "mean":
        expected = 25 / 7
    assert run(reduction, weight=weight).numpy() == pytest.approx(np.array(expected), rel=1e-6)


@pytest.mark.parametrize("reduction, expected", [("mean", 2.0), ("sum", 4.0), ("none", [1, 0, 3, 0])])
def test_masked(reduction, expected):
    mask = paddle.to_tensor([True, False, True, False])
    assert run(reduction, mask=mask).tolist() == expected


def test_a_masked_loss_is_left_out_whatever_it_is():
    loss = tensor([1.0, np.nan, np.inf, 3.0], stop_gradient=False)
    mask = paddle.to_tensor([True, False, False, True])
    value = reduce("some_loss", loss, "mean", mask=mask, weight=tensor([1, np.nan, 1, 1]))
    value.backward()
    assert value.item() == 2.0
    assert loss.grad.tolist() == [0.5, 0, 0, 0.5]


def test_mask_and_weight():
    mask = paddle.to_tensor([True, True, False, False])
    assert run("mean", mask=mask, weight=tensor([1, 3, 9, 9])).item() == 7 / 4


@pytest.mark.parametrize("nothing", [{"weight": [0.0] * 4}, {"mask": [False] * 4}], ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_nothing_weighed_gives_zero_with_zero_gradient(nothing, reduction):
    loss = tensor(LOSS, stop_gradient=False)
    options = {name: paddle.to_tensor(value) for name, value in nothing.items()}
    value = reduce("some_loss", loss, reduction, **options)
    value.backward()
    assert value.item() == 0
    assert loss.grad.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("shape", [[0], [0, 3], [2, 0]], ids=str)
def test_empty(shape):
    loss = paddle.zeros(shape)
    loss.stop_gradient = False
    assert reduce("some_loss", loss, "none").shape == loss.shape
    for reduction in ("mean", "sum"):
        value = reduce("some_loss", loss, reduction)
        value.backward()
        assert value.item() == 0


# --------------------------------------------------------------------------------------- normalizer


@pytest.mark.parametrize("normalizer", [4, 4.0, np.float32(4)], ids=repr)
def test_normalizer_as_a_number(normalizer):
    assert run("mean", normalizer=normalizer, weight=tensor([1, 1, 1, 0])).item() == 1.5


@pytest.mark.parametrize("value", [4, [4]], ids=str)
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
def test_normalizer_as_a_tensor(value, dtype):
    assert run("mean", normalizer=paddle.to_tensor(value, dtype=dtype)).item() == 2.5


@pytest.mark.parametrize("nobody", [0, paddle.to_tensor(0)], ids=["number", "tensor"])
def test_a_normalizer_of_zero_counts_as_one(nobody):
    assert run("mean", normalizer=nobody).item() == 10.0


@pytest.mark.parametrize(
    "normalizer, reduction, error, message",
    [
        (2, "sum", ValueError, r'some_loss: normalizer .* with reduction "sum" leave it None'),
        (2, "none", ValueError, "some_loss: normalizer"),
        (-1, "mean", ValueError, r"some_loss: normalizer must be a number in \[0, inf\), got -1"),
        (float("nan"), "mean", ValueError, "normalizer .* got nan"),
        ("2", "mean", TypeError, "some_loss: normalizer must be a number or a tensor of one, got str"),
        (paddle.ones([2]), "mean", ValueError, r"normalizer must be one number, got .* \[2\]"),
        (paddle.to_tensor(-3.0), "mean", ValueError, "normalizer must be a finite number .* got -3"),
        (paddle.to_tensor(float("inf")), "mean", ValueError, "normalizer .* got inf"),
        (paddle.to_tensor(1j), "mean", TypeError, "normalizer must be .*, got complex"),
    ],
)
def test_bad_normalizers_are_refused(normalizer, reduction, error, message):
    with pytest.raises(error, match=message):
        run(reduction, normalizer=normalizer)


# ----------------------------------------------------------------------------------------- accuracy


@pytest.mark.parametrize("value", [0.1, 1e32], ids=str)
def test_mean_of_2_to_the_24_equal_values(value):
    # paddle.mean is 1.7 % off here, and a float32 sum of the second overflows.
    loss = paddle.full([2**24], value)
    loss.stop_gradient = False
    mean = reduce("some_loss", loss, "mean")
    mean.backward()
    assert mean.item() == pytest.approx(float(np.float32(value)), rel=1e-7)
    assert (loss.grad.numpy() == np.float32(2.0**-24)).all()


def test_sums_do_not_lose_small_terms():
    values = np.full(100_001, 1e-3, "float32")
    values[0] = 1e6
    assert run("sum", values).item() == np.float32(values.astype("float64").sum())


@pytest.mark.parametrize("weight", [3e38, 1e-9, 1e-37])
def test_a_weighted_mean_does_not_leave_the_range_on_its_way(weight):
    assert run("mean", weight=paddle.full([4], weight)).item() == 2.5


def test_a_normalizer_keeps_its_double_precision():
    loss = paddle.ones([4], "float64")
    assert reduce("some_loss", loss, "mean", normalizer=0.3).item() == 4 / 0.3


@pytest.mark.skipif(paddle.__version__ < "3", reason="Paddle 2.6 cannot run a program on empty tensors")
def test_an_empty_batch_in_a_program():
    empty = {"input": np.zeros([0, 3]), "label": np.zeros([0, 3])}
    value, _ = modes.program(losses.l1_loss, empty, {}, "float32", ())
    assert value == 0
