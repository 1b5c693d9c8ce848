"""What the papers say of the adversarial losses, and what must not break them."""

from __future__ import annotations

import modes
import numpy as np
import paddle
import pytest

import paddle_losses as losses

GENERATORS = [
    losses.minimax_generator_loss,
    losses.non_saturating_generator_loss,
    losses.wgan_generator_loss,
    losses.lsgan_generator_loss,
    losses.loss_sensitive_gan_generator_loss,
]
DISCRIMINATORS = [
    losses.minimax_discriminator_loss,
    losses.wgan_discriminator_loss,
    losses.lsgan_discriminator_loss,
]
HAZARDS = [0.0, -0.0, 1e-30, 20.0, -20.0, 100.0, -100.0, 1e4, -1e4]


def tensor(values, dtype="float64"):
    return paddle.to_tensor(values, dtype, stop_gradient=False)


def slope(function, values, **settings):
    """The gradient of the mean, times the number of elements."""
    x = tensor(values)
    function(x, **settings).backward()
    return x.grad.numpy() * x.size


# -------------------------------------------------------------------------------------------- papers


def test_where_the_discriminator_cannot_tell_the_loss_is_2_log_2():
    # Goodfellow et al., theorem 1, for D = 1/2.
    value = losses.minimax_discriminator_loss(tensor([0.0] * 3), tensor([0.0])).item()
    assert value == pytest.approx(2 * np.log(2), rel=1e-15)


def test_both_generators_pull_in_one_direction_and_one_vanishes_on_known_fakes():
    logits = np.linspace(-40, 40, 81)
    saturating = slope(losses.minimax_generator_loss, logits)
    non_saturating = slope(losses.non_saturating_generator_loss, logits)
    assert (saturating < 0).all() and (non_saturating < 0).all()
    np.testing.assert_allclose(saturating[40], non_saturating[40])  # both -1/2 where D = 1/2
    np.testing.assert_allclose(saturating + non_saturating, -1)
    np.testing.assert_allclose(saturating / non_saturating, np.exp(logits), rtol=1e-12)
    assert abs(saturating[0]) < 1e-16 and non_saturating[0] == pytest.approx(-1)


def test_the_optimal_discriminator_of_a_mixture_minimises_the_minimax_loss():
    # D* = p / (p + q) for densities p and q: here two places, drawn with 3/4, 1/4 and with 1/4, 3/4.
    best = tensor([np.log(3), -np.log(3)])
    loss = losses.minimax_discriminator_loss(best[[0, 0, 0, 1]], best[[0, 1, 1, 1]])
    (grad,) = paddle.grad(loss, best)
    np.testing.assert_allclose(grad.numpy(), 0, atol=1e-15)
    # There it is 2 log 2 - 2 JSD(p, q).
    p, q = np.array([0.75, 0.25]), np.array([0.25, 0.75])
    middle = (p + q) / 2
    jsd = (np.sum(p * np.log(p / middle)) + np.sum(q * np.log(q / middle))) / 2
    assert loss.item() == pytest.approx(2 * np.log(2) - 2 * jsd, rel=1e-14)


def test_cross_entropies_say_the_same():
    rng = np.random.default_rng(0)
    real, fake = tensor(rng.normal(size=(4, 1))), tensor(rng.normal(size=(3, 1, 5, 5)))
    cross_entropy = losses.binary_cross_entropy_with_logits
    of_real, of_fake = cross_entropy(real, real * 0 + 1), cross_entropy(fake, fake * 0)
    discriminator = losses.minimax_discriminator_loss(real, fake).item()
    assert discriminator == pytest.approx((of_real + of_fake).item(), rel=1e-14)
    assert losses.minimax_generator_loss(fake).item() == pytest.approx(-of_fake.item(), rel=1e-14)
    of_fake_as_real = cross_entropy(fake, fake * 0 + 1).item()
    assert losses.non_saturating_generator_loss(fake).item() == pytest.approx(of_fake_as_real, rel=1e-14)


def test_wgan_is_linear_and_antisymmetric():
    rng = np.random.default_rng(1)
    a, b, c = (tensor(rng.normal(size=6)) for _ in "abc")
    loss = losses.wgan_discriminator_loss
    assert loss(a, b).item() == -loss(b, a).item()
    assert loss(a, a).item() == 0
    assert loss(a + 3, b + 3).item() == pytest.approx(loss(a, b).item())  # only the lead counts
    assert loss(2 * a + c, b).item() == pytest.approx(2 * loss(a, b * 0).item() + loss(c, b).item())
    np.testing.assert_array_equal(slope(losses.wgan_generator_loss, [-1e4, 0.0, 5.0]), -1)


def test_lsgan_is_zero_at_its_targets_and_nowhere_else():
    loss = losses.lsgan_discriminator_loss
    assert loss(tensor([1.0, 1.0]), tensor([0.0])).item() == 0
    assert loss(tensor([0.3]), tensor([-2.0]), real_target=0.3, fake_target=-2).item() == 0
    assert loss(tensor([1.0]), tensor([1e-3])).item() > 0
    assert losses.lsgan_generator_loss(tensor([1.0])).item() == 0
    assert losses.lsgan_generator_loss(tensor([0.0]), target=0).item() == 0


def test_lsgan_pulls_at_samples_on_the_right_side_too():
    # Mao et al., figure 1: where the sigmoid loss is content, the squares are not.
    assert slope(losses.lsgan_generator_loss, [10.0])[0] == pytest.approx(9)
    assert abs(slope(losses.non_saturating_generator_loss, [10.0])[0]) < 5e-5


def test_a_fake_beyond_its_margin_costs_nothing_more():
    real, fake, distance = tensor([0.2, 0.2, 0.2]), tensor([1.2, 5.0, 0.7]), tensor([1.0, 1.0, 1.0])
    loss = losses.loss_sensitive_gan_discriminator_loss(real, fake, distance, weight=2.0)
    assert loss.item() == pytest.approx(0.2 + 2 * 0.5 / 3)
    loss.backward()
    # At the margin and beyond it the gradient is 0, within it that of 2 (Δ + real - fake).
    np.testing.assert_allclose(3 * fake.grad.numpy(), [0, 0, -2])
    np.testing.assert_allclose(3 * real.grad.numpy(), [1, 1, 3])
    np.testing.assert_allclose(3 * distance.grad.numpy(), [0, 0, 2])


def test_a_near_fake_is_left_in_peace():
    # Qi: the margin grows with the distance of the two samples, so that equal samples may cost the same.
    outputs = tensor([0.5]), tensor([0.5])
    near = losses.loss_sensitive_gan_discriminator_loss(*outputs, tensor([0.0]))
    far = losses.loss_sensitive_gan_discriminator_loss(*outputs, tensor([4.0]))
    assert near.item() == 0.5 and far.item() == 4.5


def test_a_critic_without_a_lower_bound_can_lower_its_loss_for_ever():
    real, fake, distance = tensor([1.0, 0.0]), tensor([0.5, 3.0]), tensor([1.0, 1.0])
    loss = losses.loss_sensitive_gan_discriminator_loss
    shifted = loss(real - 1e3, fake - 1e3, distance).item()
    assert shifted == pytest.approx(loss(real, fake, distance).item() - 1e3)


def test_without_weight_only_the_real_samples_count():
    tensors = tensor([1.0, 2.0]), tensor([0.0, 0.0]), tensor([9.0, 9.0])
    assert losses.loss_sensitive_gan_discriminator_loss(*tensors, weight=0).item() == 1.5


# ------------------------------------------------------------------------------------------- hazards


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", GENERATORS, ids=lambda f: f.__name__)
def test_generators_are_finite_for_every_output(function, dtype):
    for value in HAZARDS:
        x = tensor([value], dtype)
        loss = function(x)
        loss.backward()
        assert np.isfinite([loss.item(), x.grad.item()]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", DISCRIMINATORS, ids=lambda f: f.__name__)
def test_discriminators_are_finite_for_every_pair_of_outputs(function, dtype):
    for a in HAZARDS:
        for b in HAZARDS:
            real, fake = tensor([a], dtype), tensor([b], dtype)
            loss = function(real, fake)
            loss.backward()
            assert np.isfinite([loss.item(), real.grad.item(), fake.grad.item()]).all()


@pytest.mark.parametrize("function", DISCRIMINATORS, ids=lambda f: f.__name__)
def test_nan_among_the_fakes_is_not_lost(function):
    assert np.isnan(function(tensor([1.0, 2.0]), tensor([np.nan, 1.0, 3.0])).item())


@pytest.mark.parametrize("checks", [True, False])
def test_nan_in_a_pair_is_not_lost(checks):
    for place in range(3):
        arrays = [[1.0, 2.0], [0.5, 0.5], [1.0, 0.0]]
        arrays[place][1] = np.nan
        with losses.set_value_checks(checks):
            loss = losses.loss_sensitive_gan_discriminator_loss(*map(tensor, arrays))
        assert np.isnan(loss.item())


@pytest.mark.parametrize("function", DISCRIMINATORS, ids=lambda f: f.__name__)
def test_one_side_may_be_empty(function):
    some, none = tensor([0.3, -2.0]), tensor(np.zeros([0]))
    of_real, of_fake = function(some, none), function(none, some)
    assert (of_real + of_fake).item() == pytest.approx(function(some, some).item())
    of_real.backward()
    assert np.isfinite(some.grad.numpy()).all() and some.grad.numpy().any()


@pytest.mark.parametrize("function", DISCRIMINATORS, ids=lambda f: f.__name__)
def test_both_batches_of_a_program_may_be_learnt_late(function):
    arrays = {"real": np.array([[1.0], [2.0]]), "fake": np.array([[0.5], [3.0]])}
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            data = [paddle.static.data(name, [None, 1], "float64") for name in arrays]
            value = function(*data)
        feed = {"real": arrays["real"], "fake": np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])}
        (got,) = paddle.static.Executor(paddle.CPUPlace()).run(graph, feed=feed, fetch_list=[value])
    finally:
        paddle.disable_static()
    wanted = function(*modes.tensors_of(feed).values()).item()
    assert got.item() == pytest.approx(wanted, rel=1e-14)


def test_a_negative_distance_is_refused_or_poisons():
    tensors = tensor([1.0, 2.0]), tensor([0.0, 0.0]), tensor([1.0, -0.5])
    wanted = r"distance must not be negative anywhere, got -0.5 at index \[1\]"
    with pytest.raises(ValueError, match=wanted):
        losses.loss_sensitive_gan_discriminator_loss(*tensors)
    with losses.set_value_checks(False):
        assert np.isnan(losses.loss_sensitive_gan_discriminator_loss(*tensors).item())


def test_settings_out_of_range_are_refused():
    x = tensor([1.0])
    with pytest.raises(ValueError, match=r"weight must be a number in \[0, inf\), got -1"):
        losses.loss_sensitive_gan_discriminator_loss(x, x, x, weight=-1)
    with pytest.raises(ValueError, match="lsgan_discriminator_loss: fake_target must be a number"):
        losses.lsgan_discriminator_loss(x, x, fake_target=float("nan"))
    with pytest.raises(TypeError, match=r"lsgan_generator_loss: target must be a number.* got str"):
        losses.lsgan_generator_loss(x, target="1")


def test_a_result_has_the_dtype_of_the_real_outputs():
    real, fake = tensor([1.0], "float32"), tensor([1.0], "float64")
    for function in DISCRIMINATORS:
        assert function(real, fake).dtype == paddle.float32
        assert function(fake, real).dtype == paddle.float64


def test_second_order_gradients_are_right_or_an_error():
    for function, values, second in (
        (losses.lsgan_generator_loss, [0.3], 1),
        (losses.wgan_generator_loss, [0.3], 0),
        (losses.non_saturating_generator_loss, [0.3], 0.2444583),
        (losses.minimax_generator_loss, [0.3], -0.2444583),
    ):
        x = tensor(values)
        with losses.set_kernels(False):
            value = function(x)
        try:
            (first,) = paddle.grad(value, x, create_graph=True)
            (twice,) = paddle.grad(first, x, allow_unused=True)
        except RuntimeError as error:
            assert "higher order" in str(error)
        else:
            assert (0 if twice is None else twice.item()) == pytest.approx(second, abs=1e-7)
