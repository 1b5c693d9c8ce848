"""Layers that keep a running density of gradients."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import nn


def batch(seed=0, size=50):
    rng = np.random.default_rng(seed)
    return paddle.to_tensor(rng.normal(size=size) * 3), paddle.to_tensor(rng.integers(0, 2, size))


def counts(logit, label, bins=10):
    hardness = np.abs(1 / (1 + np.exp(-logit.numpy())) - label.numpy())
    return np.bincount(np.minimum((hardness * bins).astype(int), bins - 1), minlength=bins)


def test_the_first_batch_is_weighed_by_itself():
    logit, label = batch()
    value = nn.GHMClassificationLoss()(logit, label).item()
    assert value == losses.ghm_classification_loss(logit, label).item()


def test_the_density_follows_the_batches():
    layer, expected = nn.GHMClassificationLoss(momentum=0.6), np.zeros(10)
    for seed in range(4):
        logit, label = batch(seed)
        value = layer(logit, label).item()
        expected = 0.6 * expected + 0.4 * counts(logit, label)
        np.testing.assert_allclose(layer.density.numpy(), expected, rtol=1e-14)
        density = paddle.to_tensor(expected)
        assert value == pytest.approx(losses.ghm_classification_loss(logit, label, density).item(), rel=1e-14)


def test_without_momentum_it_is_the_function():
    layer = nn.GHMRegressionLoss(momentum=0, mu=0.5)
    for seed in range(3):
        input, label = batch(seed)
        assert layer(input, label).item() == losses.ghm_regression_loss(input, label, mu=0.5).item()


def test_evaluation_uses_the_density_and_leaves_it_alone():
    layer = nn.GHMClassificationLoss()
    layer.eval()
    assert layer(*batch(0)).item() == losses.ghm_classification_loss(*batch(0)).item()
    assert layer.density.sum().item() == 0
    layer.train()
    layer(*batch(0))
    layer.eval()
    seen = layer.density.clone()
    assert layer(*batch(1)).item() == losses.ghm_classification_loss(*batch(1), seen).item()
    np.testing.assert_array_equal(layer.density.numpy(), seen.numpy())


@pytest.mark.parametrize("revive", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, "state_dict"])
def test_the_density_survives(revive):
    layer = nn.GHMClassificationLoss(bins=5)
    layer(*batch(0))
    assert set(layer.state_dict()) == {"density"}
    if revive == "state_dict":
        twin = nn.GHMClassificationLoss(bins=5)
        twin.set_state_dict(layer.state_dict())
    else:
        twin = revive(layer)
    assert twin(*batch(1)).item() == layer(*batch(1)).item()
    np.testing.assert_array_equal(twin.density.numpy(), layer.density.numpy())
    twin(*batch(2))
    assert (twin.density.numpy() != layer.density.numpy()).any()


@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_the_density_follows_in_a_traced_layer(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    eager, traced = nn.GHMClassificationLoss(), nn.GHMClassificationLoss()
    graph = paddle.jit.to_static(traced, full_graph=full_graph)
    for seed in range(3):
        expected = eager(*batch(seed)).item()
        assert graph(*batch(seed)).item() == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(traced.density.numpy(), eager.density.numpy(), rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 60, 2500])
def test_a_bin_that_fades_does_not_blow_up(steps):
    layer, easy = nn.GHMClassificationLoss(), paddle.full([9], -4.0)
    layer(paddle.concat([easy, paddle.zeros([1])]), paddle.zeros([10]))
    for _ in range(steps):
        layer(easy, paddle.zeros([9]))
    easy_count = layer.density.numpy()[0]
    layer.eval()
    value = layer(paddle.zeros([1]), paddle.zeros([1])).item()  # as the only one of the faded bin
    assert value == pytest.approx(np.log(2) * easy_count, rel=1e-6) and value < 10 * np.log(2)


def test_an_empty_batch_adds_nothing():
    layer = nn.GHMRegressionLoss()
    layer(*batch(0))
    before = layer.density.numpy()
    assert layer(paddle.zeros([0]), paddle.zeros([0])).item() == 0
    np.testing.assert_allclose(layer.density.numpy(), 0.75 * before)


def test_nan_is_not_counted():
    logit, label = batch()
    spoiled = logit.clone()
    spoiled[0] = float("nan")
    layer, clean = nn.GHMClassificationLoss(), nn.GHMClassificationLoss()
    assert np.isnan(layer(spoiled, label).item())
    clean(logit[1:], label[1:])
    np.testing.assert_allclose(layer.density.numpy(), clean.density.numpy())


def test_a_bin_called_empty_counts_its_element_alone():
    logit, label = paddle.to_tensor([-4.0, 4.0]), paddle.zeros([2])
    density = paddle.to_tensor([6, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    loss = losses.ghm_classification_loss(logit, label, density, reduction="none")
    plain = losses.binary_cross_entropy_with_logits(logit, label, reduction="none")
    np.testing.assert_allclose((loss / plain).numpy(), [6 / 6, 6 / 1], rtol=1e-6)


def test_settings_of_the_layer_are_checked():
    with pytest.raises(ValueError, match=r"GHMClassificationLoss: momentum must be a number in \[0, 1\)"):
        nn.GHMClassificationLoss(momentum=1.0)
    with pytest.raises(ValueError, match="GHMRegressionLoss: bins must be an integer of at least 1, got 0"):
        nn.GHMRegressionLoss(bins=0)
    with pytest.raises(ValueError, match="density must have one count per bin"):
        losses.ghm_classification_loss(*batch(), paddle.ones([3]))
    with pytest.raises(ValueError, match="density must hold finite counts of at least 0"):
        losses.ghm_classification_loss(*batch(), -paddle.ones([10]))


def test_the_documentation_says_what_momentum_is():
    text = nn.GHMClassificationLoss.__doc__
    assert "momentum (float): m in [0, 1)" in text and "density (Tensor" not in text
    assert "GHMClassificationLoss(momentum=0.75, bins=10, reduction='mean')(logit, label)" in text
    assert "momentum=0.75" in repr(nn.GHMRegressionLoss())
