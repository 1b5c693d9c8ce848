"""Class labels: ignored ones, ids that are safe to index with, one-hot, smoothing."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses.functional._labels import class_ids, one_hot, smooth


@pytest.mark.parametrize("ignored", [-100, 255])
def test_ignored_labels_are_split_off(ignored):
    ids, kept, ok = class_ids("some_loss", paddle.to_tensor([2, ignored, 0]), 3, ignored)
    assert ids.tolist() == [2, 0, 0]
    assert kept.tolist() == [True, False, True]
    assert ok.tolist() == [True, True, True]


def test_nothing_to_ignore():
    ids, kept, _ = class_ids("some_loss", paddle.to_tensor([1, 0], dtype="int32"), 2)
    assert ids.dtype == paddle.int64 and ids.tolist() == [1, 0]
    assert kept is None


def test_ids_that_do_not_exist_are_named():
    with pytest.raises(ValueError, match=r"from 0 to 2, or -100 to be ignored, got 3 at index \[0, 1\]"):
        class_ids("some_loss", paddle.to_tensor([[0, 3], [-100, 2]]), 3, -100)


def test_ids_are_safe_where_nobody_looks():
    with losses.set_value_checks(False):
        ids, _, ok = class_ids("some_loss", paddle.to_tensor([10**6, -5, 1]), 3)
    assert ids.tolist() == [2, 0, 1]
    assert ok.tolist() == [False, False, True]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_hot(dtype):
    ids = paddle.to_tensor([[0, 2], [1, 1]])
    expected = np.eye(3)[ids.numpy()]
    for axis in (-1, 2):
        encoded = one_hot(ids, 3, dtype, axis)
        assert encoded.dtype == getattr(paddle, dtype)
        np.testing.assert_array_equal(encoded.numpy(), expected)
    np.testing.assert_array_equal(one_hot(ids, 3, dtype, 1).numpy(), np.moveaxis(expected, -1, 1))


def test_smoothing_over_all_classes():
    target = paddle.to_tensor([[0.0, 1.0, 0.0]], dtype="float64")
    expected = [[0.1 / 3, 0.9 + 0.1 / 3, 0.1 / 3]]
    np.testing.assert_allclose(smooth("some_loss", target, 0.1, "uniform").numpy(), expected, rtol=1e-15)


def test_smoothing_over_the_other_classes():
    target = paddle.to_tensor([[0.0, 1.0, 0.0]], dtype="float64")
    smoothed = smooth("some_loss", target, 0.1, "off_target").numpy()
    np.testing.assert_allclose(smoothed, [[0.05, 0.9, 0.05]], rtol=1e-15)


@pytest.mark.parametrize("mode", ["uniform", "off_target"])
def test_smoothing_keeps_a_distribution_along_any_axis(mode):
    target = one_hot(paddle.to_tensor([[0, 3], [1, 2]]), 4, "float64", axis=1)
    smoothed = smooth("some_loss", target, 0.2, mode, axis=1).numpy()
    np.testing.assert_allclose(smoothed.sum(1), np.ones([2, 2]), rtol=1e-15)


def test_smoothing_needs_classes_to_smooth_over():
    with pytest.raises(ValueError, match="at least 2, got 1"):
        smooth("some_loss", paddle.ones([3, 1]), 0.1, "off_target")


def test_smoothing_nothing():
    assert list(smooth("some_loss", paddle.zeros([0, 3]), 0.1, "uniform").shape) == [0, 3]
