"""When kernels serve, and that the composed loss takes over where they do not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import paddle
import pytest
from both_ways import counted, needs_library

import paddle_losses as losses
from paddle_losses import kernels
from paddle_losses.kernels import _call

ROOT = Path(__file__).parents[2]


def tensor(*numbers, dtype="float32"):
    return paddle.to_tensor(np.array(numbers)).astype(dtype)


def calls(function=losses.huber_loss, input=None, label=None, **settings):
    """How often the library computes one loss; its value must be finite."""
    input = tensor(0.5, -2.0) if input is None else input
    label = tensor(1.0, 0.0) if label is None else label
    with counted() as called:
        value = function(input, label, **settings)
    assert np.isfinite(value.astype("float64").numpy()).all()
    return len(called)


# ------------------------------------------------------------------------------------- the switch


@pytest.fixture
def restored():
    before = losses.set_kernels.on
    yield
    losses.set_kernels(before)


@needs_library
def test_for_good_and_for_a_block(restored):
    losses.set_kernels(True)
    assert calls() == 1
    with losses.set_kernels(False):
        assert calls() == 0
        with losses.set_kernels(True):
            assert calls() == 1
        assert calls() == 0
    assert calls() == 1
    losses.set_kernels(False)
    assert calls() == 0
    with pytest.raises(KeyError), losses.set_kernels(True):
        assert calls() == 1
        raise KeyError
    assert calls() == 0


@pytest.mark.parametrize("wrong", [None, 1, "off"])
def test_what_is_no_bool_is_refused(wrong):
    before = losses.set_kernels.on
    with pytest.raises(TypeError, match=f"set_kernels: enabled must be True or False, got {wrong!r}"):
        losses.set_kernels(wrong)
    assert losses.set_kernels.on is before


def test_the_two_switches_are_apart(restored):
    losses.set_kernels(False)
    with losses.set_value_checks(False):
        assert not losses.set_kernels.on
    assert losses.set_value_checks.on


@pytest.mark.parametrize("setting, on", [("0", False), ("1", True)])
def test_the_environment_variable(setting, on):
    code = "import paddle_losses as losses; print(losses.set_kernels.on)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PADDLE_LOSSES_KERNELS": setting}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert result.stdout.split() == [str(on)], result.stderr


def test_without_a_library_losses_are_composed(monkeypatch):
    expected = losses.huber_loss(tensor(0.5, -2.0), tensor(1.0, 0.0)).item()
    monkeypatch.setattr(_call, "library", None)
    monkeypatch.setattr(kernels, "library", None)
    assert not _call.serves()
    x = tensor(0.5, -2.0)
    x.stop_gradient = False
    value = losses.huber_loss(x, tensor(1.0, 0.0))
    value.backward()
    assert value.item() == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(x.grad.numpy(), [-0.25, -0.5])
    share = losses.balanced_cross_entropy(tensor(0.5, -2.0), tensor(1.0, 0.0), beta=None)
    assert np.isfinite(share.item())


# ----------------------------------------------------------------------- what the library leaves alone


@needs_library
def test_a_label_or_weight_that_needs_a_gradient_is_composed():
    label, weight = tensor(0.5, 0.0), tensor(1.0, 2.0)
    for operand in (label, weight):
        operand.stop_gradient = False
        options = {"label": label, "sample_weight": weight}
        assert calls(losses.binary_cross_entropy_with_logits, **options) == 0
        losses.binary_cross_entropy_with_logits(tensor(0.5, -2.0), **options).backward()
        assert operand.grad is not None
        with paddle.no_grad():
            assert calls(losses.binary_cross_entropy_with_logits, **options) == 1
        operand.stop_gradient = True
        operand.clear_grad()


@needs_library
def test_a_label_of_its_own_graph_gets_the_right_gradient():
    x = tensor(0.5, -2.0)
    x.stop_gradient = False
    losses.mse_loss(x, x * 3, reduction="sum").backward()
    np.testing.assert_allclose(x.grad.numpy(), 8 * x.numpy(), rtol=1e-6)


WRONG = [  # function, tensors, settings, the sentence
    (losses.mse_loss, ([1], [1]), "int64", {}, TypeError, "input must be a floating tensor"),
    (losses.mse_loss, ([1.0, 2.0], [1.0]), "float32", {}, ValueError, "label must have the shape of"),
    (losses.hinge_loss, ([0.5], [0.0]), "float32", {}, ValueError, "label must be -1 or 1"),
    (losses.focal_loss, ([0.5], [-1.0]), "float32", {}, ValueError, r"label must lie in \[0, 1\]"),
    (losses.focal_loss, ([0.5], [np.nan]), "float32", {}, ValueError, r"label must lie in \[0, 1\]"),
    (losses.binary_cross_entropy, ([1.5], [1.0]), "float32", {}, ValueError, r"input must lie in \[0, 1\]"),
    (losses.mse_loss, ([0.5], [1.0]), "float32", {"reduction": "avg"}, ValueError, "reduction must be"),
    (losses.huber_loss, ([0.5], [1.0]), "float32", {"delta": -1}, ValueError, "delta must be"),
    (
        losses.focal_loss, ([0.5], [1.0]), "float32", {"normalizer": 2.0, "reduction": "sum"},
        ValueError, "normalizer divides the sum",
    ),
    (losses.focal_loss, ([0.5], [1.0]), "float32", {"normalizer": -1.0}, ValueError, "normalizer must"),
]  # fmt: skip


@pytest.mark.parametrize("on", [True, False], ids=["fused", "composed"])
@pytest.mark.parametrize("function, arrays, dtype, settings, error, sentence", WRONG)
def test_what_is_wrong_is_said_either_way(function, arrays, dtype, settings, error, sentence, on):
    input, label = (tensor(*numbers, dtype=dtype) for numbers in arrays)
    with losses.set_kernels(on), pytest.raises(error, match=f"{function.__name__}: {sentence}"):
        function(input, label, **settings)


def test_the_first_wrong_value_is_named_either_way():
    label = np.ones(3000, "float32")
    label[2500] = 0.25
    for on in (True, False):
        with losses.set_kernels(on), pytest.raises(ValueError, match=r"got 0\.25 at index \[2500\]"):
            losses.logistic_loss(paddle.zeros([3000]), paddle.to_tensor(label))


@pytest.mark.parametrize("on", [True, False], ids=["fused", "composed"])
@pytest.mark.parametrize(
    "function, wrong, right",
    [
        (losses.hinge_loss, 0.0, 1.0),
        (losses.focal_loss, 2.0, 1.0),
        (losses.weighted_cross_entropy, -1.0, 0.0),
    ],
)
def test_without_value_checks_a_wrong_label_is_nan_where_it_stands(function, wrong, right, on):
    settings = {"pos_weight": 2.0} if function is losses.weighted_cross_entropy else {}
    x, label = tensor(0.5, 0.5, 0.25), tensor(right, wrong, right)
    x.stop_gradient = False
    with losses.set_kernels(on), losses.set_value_checks(False):
        value = function(x, label, reduction="none", **settings)
        value.sum().backward()
        assert np.isnan(function(x, label, **settings).item())
    assert np.isnan(value.numpy()).tolist() == np.isnan(x.grad.numpy()).tolist() == [False, True, False]


@pytest.mark.parametrize("on", [True, False], ids=["fused", "composed"])
def test_without_value_checks_a_negative_weight_or_normalizer_is_nan(on):
    x, label = tensor(0.5, 0.5), tensor(1.0, 0.0)
    with losses.set_kernels(on), losses.set_value_checks(False):
        each = losses.focal_loss(x, label, sample_weight=tensor(1.0, -1.0), reduction="none")
        assert np.isnan(each.numpy()).tolist() == [False, True]
        for options in ({"sample_weight": tensor(1.0, -1.0)}, {"normalizer": tensor(-1.0)}):
            x.stop_gradient = False
            value = losses.focal_loss(x, label, **options)
            assert np.isnan(value.item())


@needs_library
def test_sparse_tensors_are_left_to_paddle():
    sparse = paddle.sparse.sparse_coo_tensor([[0, 1], [1, 2]], [1.0, 2.0], [3, 3])
    dense = paddle.zeros([3, 3])
    assert kernels.elementwise("L1", sparse, dense, reduction="mean") is None
    assert kernels.elementwise("L1", dense, sparse, reduction="mean") is None
