"""The adversarial losses against 60-digit arithmetic: batches of one for the value, large ones for slopes."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import paddle
import pytest
from test_accuracy import TINY, both_signs, logits, sigmoid, softplus, ulps

import paddle_losses as losses

B, C = mp.mpf(0.9), mp.mpf(-1.3)  # targets that float32 does not hold

GENERATORS = [
    (losses.minimax_generator_loss, {}, lambda x: (-softplus(x), -sigmoid(x))),
    (losses.non_saturating_generator_loss, {}, lambda x: (softplus(-x), -sigmoid(-x))),
    (losses.wgan_generator_loss, {}, lambda x: (-x, mp.mpf(-1))),
    (losses.lsgan_generator_loss, {}, lambda x: ((x - 1) ** 2 / 2, x - 1)),
    (losses.lsgan_generator_loss, {"target": 0.9}, lambda x: ((x - B) ** 2 / 2, x - B)),
    (losses.loss_sensitive_gan_generator_loss, {}, lambda x: (x, mp.mpf(1))),
]

# What a real and what a fake output adds to the loss, each with its slope.
DISCRIMINATORS = [
    (
        losses.minimax_discriminator_loss,
        {},
        lambda x: (softplus(-x), -sigmoid(-x)),
        lambda x: (softplus(x), sigmoid(x)),
    ),
    (losses.wgan_discriminator_loss, {}, lambda x: (-x, mp.mpf(-1)), lambda x: (x, mp.mpf(1))),
    (
        losses.lsgan_discriminator_loss,
        {"real_target": 0.9, "fake_target": -1.3},
        lambda x: ((x - B) ** 2 / 2, x - B),
        lambda x: ((x - C) ** 2 / 2, x - C),
    ),
]


def batch(dtype, seed=0):
    """1024 outputs, so that a mean divides without rounding."""
    x = np.concatenate([logits(np.random.default_rng(seed)), np.linspace(-9, 9, 1024)])[:1024]
    return np.random.default_rng(seed).permutation(x).astype(dtype)


def tensor(array):
    return paddle.to_tensor(array, stop_gradient=False)


def spacings(got, exact, dtype):
    """Errors in units of the last place of ``dtype``."""
    if dtype == "float32":
        return ulps(got, exact)
    result = []
    for value, truth in zip(got, exact):
        error = abs(mp.mpf(float(value)) - truth)
        result.append(float(error / np.spacing(abs(float(truth)))) if error > mp.mpf(TINY) ** 8 else 0.0)
    return np.array(result)


def names(row):
    return f"{row[0].__name__}-{row[1]}"


each_dtype = pytest.mark.parametrize("dtype, bound", [("float32", 0.51), ("float64", 4)])


@each_dtype
@pytest.mark.parametrize("row", GENERATORS, ids=names)
def test_generators(row, dtype, bound):
    function, settings, exact = row
    x = batch(dtype)
    pairs = [exact(mp.mpf(float(v))) for v in x]
    values = np.array([function(paddle.to_tensor(x[i : i + 1]), **settings).item() for i in range(256)])
    assert spacings(values, [value for value, _ in pairs[:256]], dtype).max() <= bound
    fake = tensor(x)
    function(fake, **settings).backward()
    assert spacings(fake.grad.numpy() * 1024, [slope for _, slope in pairs], dtype).max() <= bound


@each_dtype
@pytest.mark.parametrize("row", DISCRIMINATORS, ids=names)
def test_discriminators(row, dtype, bound):
    function, settings, of_real, of_fake = row
    a, b = batch(dtype), batch(dtype, seed=1)
    real_parts = [of_real(mp.mpf(float(v))) for v in a]
    fake_parts = [of_fake(mp.mpf(float(v))) for v in b]
    for i in range(256):
        value = function(paddle.to_tensor(a[i : i + 1]), paddle.to_tensor(b[i : i + 1]), **settings).item()
        truth, scale = real_parts[i][0] + fake_parts[i][0], abs(real_parts[i][0]) + abs(fake_parts[i][0])
        # Terms of opposite signs cancel; the rounding of float64 before that counts by them.
        spacing = np.spacing(np.dtype(dtype).type(abs(float(truth))))
        assert abs(mp.mpf(value) - truth) <= bound * float(spacing) + 4 * mp.mpf(2) ** -53 * scale
    real, fake = tensor(a), tensor(b)
    function(real, fake, **settings).backward()
    assert spacings(real.grad.numpy() * 1024, [s for _, s in real_parts], dtype).max() <= bound
    assert spacings(fake.grad.numpy() * 1024, [s for _, s in fake_parts], dtype).max() <= bound


@each_dtype
@pytest.mark.parametrize("weight", [1.0, 0.3])
def test_loss_sensitive_discriminator(weight, dtype, bound):
    rng = np.random.default_rng(2)
    a, b = batch(dtype), batch(dtype, seed=1)
    near = rng.uniform(size=1024) < 0.5
    b[near] = a[near] + both_signs(rng, 10 ** rng.uniform(-6, 1, near.sum()))
    gap = (10 ** rng.uniform(-8, 2, 1024)).astype(dtype)
    function, settings = losses.loss_sensitive_gan_discriminator_loss, {"weight": weight}
    factor, inside = mp.mpf(weight), []
    for i in range(1024):
        x, y, d = (mp.mpf(float(array[i])) for array in (a, b, gap))
        inside.append(d + x - y > 0)
        if i >= 256:
            continue
        value = function(*(paddle.to_tensor(array[i : i + 1]) for array in (a, b, gap)), **settings).item()
        truth, scale = x + factor * max(0, d + x - y), abs(x) * 2 + abs(y) + d
        spacing = np.spacing(np.dtype(dtype).type(abs(float(truth))))
        assert abs(mp.mpf(value) - truth) <= bound * float(spacing) + 4 * mp.mpf(2) ** -53 * scale
    real, fake, distance = tensor(a), tensor(b), tensor(gap)
    function(real, fake, distance, **settings).backward()
    hinge = [factor if is_inside else mp.mpf(0) for is_inside in inside]
    for got, exact in ((real, [1 + h for h in hinge]), (fake, [-h for h in hinge]), (distance, hinge)):
        assert spacings(got.grad.numpy() * 1024, exact, dtype).max() <= bound


def test_a_long_batch_keeps_its_digits():
    # paddle.mean of 2^22 equal float32 is off in the fifth digit.
    fake = paddle.full([2**22], 0.1)
    assert losses.wgan_generator_loss(fake).item() == -np.float32(0.1)
    real = paddle.full([2**22], 0.1 + 1e-6)
    lead = np.float32(0.1) - np.float32(0.1 + 1e-6).astype("float64")
    assert losses.wgan_discriminator_loss(real, fake).item() == pytest.approx(lead, rel=1e-7)
