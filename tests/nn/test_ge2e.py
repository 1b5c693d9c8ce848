"""The Layer that learns the scale and the bias of GE2E."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from paddle_losses.nn import GE2ELoss

VARIANTS = ("softmax", "contrast")


def speech(seed=0, shape=(3, 4, 5)):
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape).astype("float32"))


def told_apart():
    return paddle.to_tensor(np.repeat(np.eye(3, dtype="float32")[:, np.newaxis], 2, 1))


def test_it_begins_as_in_the_paper():
    loss = GE2ELoss()
    np.testing.assert_allclose([loss.scale().item(), loss.bias.item()], [10, -5], rtol=1e-6)
    assert sorted(loss.state_dict()) == ["bias", "log_scale"]
    assert len(loss.parameters()) == 2


@pytest.mark.parametrize("variant", VARIANTS)
def test_scale_and_bias_learn(variant):
    loss = GE2ELoss(variant=variant)
    step = paddle.optimizer.SGD(0.1, parameters=loss.parameters())
    before = loss(told_apart()).item()
    for _ in range(20):
        loss(told_apart()).backward()
        step.step()
        step.clear_grad()
    assert loss(told_apart()).item() < before
    assert loss.scale().item() > 10
    assert loss.bias.item() == -5 or variant == "contrast"


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("rate", [10.0, 1e4, 1e8])
def test_the_scale_stays_positive_whatever_the_steps(variant, rate):
    loss = GE2ELoss(variant=variant)
    step = paddle.optimizer.SGD(rate, parameters=loss.parameters())
    for seed in range(30):
        value = loss(speech(seed))
        value.backward()
        step.step()
        step.clear_grad()
        assert loss.scale().item() > 0 and np.isfinite(loss.scale().item())
        assert np.isfinite(value.item())


@pytest.mark.parametrize("start", [-1000.0, 60.0])
def test_it_finds_back_from_beyond_the_limits(start):
    loss = GE2ELoss()
    loss.log_scale.set_value(np.float32([start]))
    embedding = told_apart() if start < 0 else told_apart().flip(0)[:, [0, 0]] + speech(shape=(3, 2, 3))
    value = loss(embedding)
    value.backward()
    assert np.isfinite(value.item())
    assert loss.log_scale.grad.item() * start > 0  # a step goes back


@pytest.mark.parametrize("scale", [0, -1.0, float("nan"), float("inf")])
def test_the_beginning_is_checked(scale):
    with pytest.raises(ValueError, match="GE2ELoss: init_scale must be a number in"):
        GE2ELoss(init_scale=scale)
    with pytest.raises(TypeError, match="GE2ELoss: init_bias must be a number in"):
        GE2ELoss(init_bias="0")


def test_what_is_refused():
    for scale in (0, -1.0):
        with pytest.raises(ValueError, match=r"GE2ELoss: init_scale must be a number in \(0, inf\), got"):
            GE2ELoss(init_scale=scale)
    with pytest.raises(
        ValueError, match=r"GE2ELoss: init_scale must be from e\^-20 to e\^20, got 1000000000000"
    ):
        GE2ELoss(init_scale=1e12)
    with pytest.raises(AttributeError, match=r"GE2ELoss: scale is exp\(log_scale\); set it with log_scale"):
        GE2ELoss().scale = 3.0
    with pytest.raises(TypeError, match=r"forward\(\) takes 2 positional arguments but 3 were given"):
        GE2ELoss()(speech(), paddle.arange(3))
