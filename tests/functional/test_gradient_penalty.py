"""The gradient penalty: what it measures, what it teaches the critic, and which critics it refuses."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn
from paddle.distributed.fleet.utils import recompute

import paddle_losses as losses
from paddle_losses.functional import _precision

VERSION_3 = not paddle.__version__.startswith("2.")


@pytest.fixture(autouse=True)
def in_float64():
    before = paddle.get_default_dtype()
    paddle.set_default_dtype("float64")
    paddle.seed(7)
    yield
    paddle.set_default_dtype(before)


class Apply(nn.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def perceptron(*middle, hidden=8):
    return nn.Sequential(nn.Linear(4, 8), *middle, nn.Linear(hidden, 1))


def network(*middle, size=144):
    rows = Apply(lambda x: x.reshape([x.shape[0], -1]))
    return nn.Sequential(nn.Conv2D(2, 4, 3, padding=1), *middle, rows, nn.Linear(size, 1))


def two_batches(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(paddle.to_tensor(rng.normal(size=shape)) for _ in range(2))


def batch_for(critic):
    return two_batches(3, 4) if isinstance(critic[0], nn.Linear) else two_batches(3, 2, 6, 6)


def penalty(critic, *batches, seed=3, **settings):
    paddle.seed(seed)
    return losses.gradient_penalty(critic, *batches, **settings)


# ------------------------------------------------------------------------------------ what it measures


@pytest.mark.parametrize("dtype, rtol", [("float32", 1e-6), ("float64", 1e-14)])
@pytest.mark.parametrize("weight, target", [(10.0, 1.0), (0.3, 0.0), (1.0, 2.5)])
def test_of_a_linear_critic_it_is_the_norm_of_the_weights(dtype, rtol, weight, target):
    critic = nn.Linear(4, 1).to(dtype=dtype)
    real, fake = (x.astype(dtype) for x in two_batches(5, 4))
    value = penalty(critic, real, fake, weight=weight, target=target)
    assert value.dtype == real.dtype and value.shape == []
    norm = np.linalg.norm(critic.weight.numpy().astype("float64"))
    assert value.item() == pytest.approx(weight * (norm - target) ** 2, rel=rtol)
    # d/dw of λ (|w| - k)² is 2 λ (|w| - k) w / |w|.
    value.backward()
    expected = 2 * weight * (norm - target) / norm * critic.weight.numpy()
    np.testing.assert_allclose(critic.weight.grad.numpy(), expected, rtol=10 * rtol, atol=rtol)


def test_every_sample_has_a_norm_over_all_of_its_axes():
    # Between a batch and itself lies but the batch, and the slope of Σ x³/3 is x².
    batch, _ = two_batches(4, 2, 3)
    value = losses.gradient_penalty(lambda x: (x**3 / 3).sum([1, 2]), batch, batch)
    norms = np.sqrt((batch.numpy() ** 4).sum((1, 2)))
    assert norms.std() > 0.1
    assert value.item() == pytest.approx(10 * np.mean((norms - 1) ** 2), rel=1e-12)


@pytest.mark.parametrize("shape", [(6,), (6, 2), (6, 2, 3, 3)])
def test_every_sample_lies_at_a_random_place_between_its_two(shape):
    seen = []

    def critic(x):
        seen.append(x.numpy().copy())
        return x.reshape([6, -1]).sum(1)

    real, fake = two_batches(*shape)
    penalty(critic, real, fake)
    a, b = real.numpy().reshape(6, -1), fake.numpy().reshape(6, -1)
    share = (seen[0].reshape(6, -1) - b) / (a - b)
    np.testing.assert_allclose(share, np.broadcast_to(share[:, :1], share.shape), atol=1e-9)  # one each
    assert len(np.unique(share[:, 0].round(9))) == 6
    assert (share > 0).all() and (share < 1).all()


def test_places_are_uniform():
    seen = []
    real, fake = paddle.ones([4000]), paddle.zeros([4000])
    penalty(lambda x: seen.append(x.numpy().copy()) or x * 1, real, fake)
    np.testing.assert_allclose(np.quantile(seen[0], [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)


def test_paddle_seed_repeats_it():
    critic, (real, fake) = perceptron(nn.Tanh()), two_batches(5, 4)
    first, again, other = (penalty(critic, real, fake, seed=seed).item() for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    "form", [lambda s: s[:, 0], lambda s: s, lambda s: s.reshape([-1, 1, 1, 1])], ids=["N", "N1", "N111"]
)
def test_scores_may_have_any_shape(form):
    critic, (real, fake) = perceptron(nn.Tanh()), two_batches(5, 4)
    assert penalty(lambda x: form(critic(x)), real, fake).item() == penalty(critic, real, fake).item()


def test_a_map_of_scores_counts_by_its_sum():
    critic = nn.Sequential(nn.Conv2D(2, 4, 3), nn.LeakyReLU(), nn.Conv2D(4, 1, 3))
    batches = two_batches(3, 2, 6, 6)
    assert critic(batches[0]).shape == [3, 1, 2, 2]
    summed = penalty(lambda x: critic(x).sum([1, 2, 3]), *batches).item()
    assert penalty(critic, *batches).item() == pytest.approx(summed, rel=1e-14)


def test_a_flat_critic_has_no_slope_and_a_finite_gradient():
    for critic in (perceptron(nn.Tanh()), network(nn.LeakyReLU())):
        critic[-1].weight.set_value(critic[-1].weight * 0)
        batches = batch_for(critic)
        value = losses.gradient_penalty(critic, *batches, weight=3, target=2)
        value.backward()
        assert value.item() == 12
        grads = [p.grad.numpy() for p in critic.parameters() if p.grad is not None]
        assert grads and all(np.isfinite(grad).all() for grad in grads)


@pytest.mark.parametrize("size", [1e-30, 1e-12, 1e12, 1e30])
def test_a_slope_of_any_size_keeps_its_digits(size):
    critic = nn.Linear(2, 1).to(dtype="float32")
    critic.weight.set_value(np.array([[3.0], [4.0]], "float32") * np.float32(size))
    real, fake = (x.astype("float32") for x in two_batches(4, 2))
    value = losses.gradient_penalty(critic, real, fake, weight=float(np.float64(size) ** -1), target=0)
    value.backward()
    assert value.item() == pytest.approx(25 * size, rel=1e-6)
    np.testing.assert_allclose(critic.weight.grad.numpy(), [[6], [8]], rtol=1e-6)


@pytest.mark.parametrize("place", [0, 1])
def test_nan_gives_nan(place):
    batches = two_batches(3, 4)
    batches[place][1, 2] = float("nan")
    assert np.isnan(losses.gradient_penalty(perceptron(nn.Tanh()), *batches).item())


# ---------------------------------------------------------------------------------- what it teaches

RIGHT = {
    "tanh": lambda: perceptron(nn.Tanh()),
    "sigmoid": lambda: perceptron(nn.Sigmoid()),
    "relu": lambda: perceptron(nn.ReLU()),
    "elu": lambda: perceptron(nn.ELU()),
    "silu": lambda: perceptron(nn.Silu()),
    "softplus": lambda: perceptron(nn.Softplus()),
    "weight norm": lambda: nn.Sequential(nn.utils.weight_norm(nn.Linear(4, 8)), nn.Tanh(), nn.Linear(8, 1)),
    "batch norm of rows": lambda: perceptron(nn.BatchNorm1D(8), nn.Tanh()),
    "convolution": lambda: network(nn.LeakyReLU(0.2)),
    "strided convolution": lambda: network(nn.Conv2D(4, 4, 4, 2, 1), nn.Tanh(), size=36),
    "batch norm": lambda: network(nn.BatchNorm2D(4), nn.LeakyReLU(0.2)),
    "instance norm": lambda: network(nn.InstanceNorm2D(4), nn.Tanh()),
    "average pooling": lambda: network(nn.Tanh(), nn.AvgPool2D(2), size=36),
    "mean": lambda: network(nn.Tanh(), nn.AdaptiveAvgPool2D(1), size=4),
}


@pytest.mark.filterwarnings("ignore:When training, we now always track")
@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT)
def test_its_gradient_is_that_of_finite_differences(make):
    critic = make()
    batches = batch_for(critic)
    penalty(critic, *batches).backward()
    rng, step, largest = np.random.default_rng(0), 1e-5, 0
    for parameter in critic.parameters():
        before = parameter.numpy().copy()
        grad = np.zeros_like(before) if parameter.grad is None else parameter.grad.numpy()
        for index in rng.permutation(list(np.ndindex(before.shape)))[:12]:
            ends = []
            for sign in (1, -1):
                moved = before.copy()
                moved[tuple(index)] += sign * step
                parameter.set_value(moved)
                with paddle.no_grad():
                    ends.append(penalty(critic, *batches).item())
            parameter.set_value(before)
            slope = (ends[0] - ends[1]) / (2 * step)
            largest = max(largest, abs(slope))
            assert grad[tuple(index)] == pytest.approx(slope, rel=1e-5, abs=1e-6)
    assert largest > 1e-3


def test_a_critic_learns_the_slope():
    critic, (real, fake) = perceptron(nn.Tanh()), two_batches(64, 4)
    optimizer = paddle.optimizer.Adam(0.02, parameters=critic.parameters())
    history = []
    for _ in range(100):
        value = losses.gradient_penalty(critic, real, fake)
        value.backward()
        optimizer.step()
        optimizer.clear_grad()
        history.append(value.item())
    assert np.mean(history[-10:]) < 0.1 * history[0]


def test_only_the_critic_learns():
    critic, (real, fake) = perceptron(nn.Tanh()), two_batches(3, 4)
    fake.stop_gradient = False
    value = losses.gradient_penalty(critic, real, fake)
    assert all(parameter.grad is None for parameter in critic.parameters())
    value.backward()
    assert fake.grad is None and critic[0].weight.grad is not None
    assert real.stop_gradient and not fake.stop_gradient


def test_in_no_grad_it_is_just_the_value():
    critic, batches = network(nn.LeakyReLU()), two_batches(3, 2, 6, 6)
    expected = penalty(critic, *batches).item()
    with paddle.no_grad():
        value = penalty(critic, *batches)
        assert not paddle.is_grad_enabled()
    assert value.item() == expected and value.stop_gradient


def test_half_precision_is_raised():
    critic = nn.Linear(4, 1).to(dtype="float32")
    real, fake = (x.astype("float16") for x in two_batches(3, 4))
    value = penalty(critic, real, fake)
    assert value.dtype == paddle.float32
    assert value.item() == penalty(critic, real.astype("float32"), fake.astype("float32")).item()


@pytest.mark.parametrize("shape", [(0,), (0, 4), (0, 2, 6, 6), (3, 0)])
def test_an_empty_batch_gives_zero_and_does_not_ask_the_critic(shape):
    value = losses.gradient_penalty(nn.Linear(4, 1), paddle.zeros(shape), paddle.zeros(shape))
    assert value.item() == 0 and value.shape == []
    value.backward()


# --------------------------------------------------------------------------------------------- graphs


class Step(nn.Layer):
    def __init__(self, critic):
        super().__init__()
        self.critic = critic

    def forward(self, real, fake):
        return losses.gradient_penalty(self.critic, real * 1, fake)


BYTECODE = pytest.param(False, marks=pytest.mark.skipif(not VERSION_3, reason="2.6 cannot trace it"))


@pytest.mark.filterwarnings("ignore:paddle.grad has unsupported parameter")
@pytest.mark.parametrize("full_graph", [True, BYTECODE], ids=["source", "bytecode"])
def test_a_step_that_calls_it_can_be_traced(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    critic, batches = network(nn.LeakyReLU(0.2)), two_batches(3, 2, 6, 6)
    results = []
    for step in (Step(critic), paddle.jit.to_static(Step(critic), full_graph=full_graph)):
        paddle.seed(5)
        value = step(*batches)
        value.backward()
        results.append([value.numpy(), *[critic[i].weight.grad.numpy() for i in (0, -1)]])
        critic.clear_gradients()
    for eager, traced in zip(*results):
        np.testing.assert_allclose(traced, eager, rtol=1e-12)


def test_in_a_program_of_unknown_batch_size():
    critic = perceptron(nn.Tanh())
    weights = [parameter.numpy() for parameter in critic.parameters()]
    batch = two_batches(5, 4)[0]  # twice: the random places are then all the same
    value = losses.gradient_penalty(critic, batch, batch)
    value.backward()
    paddle.enable_static()
    try:
        graph, start = paddle.static.Program(), paddle.static.Program()
        with paddle.static.program_guard(graph, start):
            real, fake = (paddle.static.data(name, [None, 4], "float64") for name in ("real", "fake"))
            attributes = [paddle.ParamAttr(initializer=nn.initializer.Assign(array)) for array in weights]
            twin = nn.Sequential(
                nn.Linear(4, 8, *attributes[:2]), nn.Tanh(), nn.Linear(8, 1, *attributes[2:])
            )
            loss = losses.gradient_penalty(twin, real, fake)
            slope = paddle.static.gradients([loss], [twin[0].weight])
        executor = paddle.static.Executor(paddle.CPUPlace())
        executor.run(start)
        feed = {"real": batch.numpy(), "fake": batch.numpy()}
        got = executor.run(graph, feed=feed, fetch_list=[loss, *slope])
    finally:
        paddle.disable_static()
    np.testing.assert_allclose(got[0], value.numpy(), rtol=1e-12)
    np.testing.assert_allclose(got[1], critic[0].weight.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_autocast_is_off_in_the_critic(monkeypatch):
    # On CPU, auto_cast never casts, so watch the switch itself.
    seen, enter, critic = [], paddle.amp.auto_cast, nn.Linear(4, 1)
    monkeypatch.setattr(_precision, "_casting", lambda: not seen)
    monkeypatch.setattr(paddle.amp, "auto_cast", lambda **k: seen.append(k) or enter(**k))
    losses.gradient_penalty(lambda x: seen.append("critic") or critic(x), *two_batches(3, 4))
    assert seen == [{"enable": False}, "critic"]


# ------------------------------------------------------------------------------------ what it refuses

NOT_TWICE = {
    "layer norm": (lambda: perceptron(nn.LayerNorm(8)), "layer_norm_grad"),
    "group norm": (lambda: network(nn.GroupNorm(2, 4)), "group_norm_grad"),
    "gelu": (lambda: perceptron(nn.GELU()), "gelu_grad"),
    "prelu": (lambda: perceptron(nn.PReLU()), "prelu_grad"),
    "softmax": (lambda: perceptron(nn.Softmax()), "softmax_grad"),
    "flatten": (lambda: network(nn.Flatten()), "flatten_grad"),
    "upsample": (lambda: network(nn.Upsample(scale_factor=2), size=576), "nearest_interp_grad"),
}


@pytest.mark.parametrize("make, operation", NOT_TWICE.values(), ids=NOT_TWICE)
def test_an_operation_without_a_second_derivative_is_named(make, operation):
    critic = make()
    wanted = (
        rf"gradient_penalty: Paddle cannot differentiate critic twice, for an operation [\s\S]*{operation}"
    )
    with pytest.raises(RuntimeError, match=wanted):
        losses.gradient_penalty(critic, *batch_for(critic))
    assert paddle.is_grad_enabled()
    with paddle.no_grad():  # once is enough for the value
        assert losses.gradient_penalty(critic, *batch_for(critic)).item() > 0


LATE = {
    "batch norm in evaluation": lambda: network(nn.BatchNorm2D(4), nn.Tanh()),
    "max pooling": lambda: network(nn.Tanh(), nn.MaxPool2D(2), size=36),
    "transposed convolution": lambda: network(nn.Conv2DTranspose(4, 4, 3, padding=1), nn.Tanh()),
    "depthwise convolution": lambda: network(nn.Conv2D(4, 4, 3, padding=1, groups=4), nn.Tanh()),
}


@pytest.mark.parametrize("make", LATE.values(), ids=LATE)
def test_what_paddle_notices_late_raises_in_backward(make):
    critic = make()
    critic.eval()
    value = losses.gradient_penalty(critic, *batch_for(critic))
    with pytest.raises((RuntimeError, ValueError, SystemError)):
        value.backward()


@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
@pytest.mark.parametrize("where", ["whole", "head"])
def test_a_traced_critic_is_refused(full_graph, where, monkeypatch):
    # Paddle does not differentiate such a graph twice, and does not say so: without the error the
    # parameters would silently get no gradient.
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    critic = perceptron(nn.Tanh())
    if where == "whole":
        traced = paddle.jit.to_static(critic, full_graph=full_graph)
    else:
        head = paddle.jit.to_static(nn.Sequential(nn.Tanh(), nn.Linear(8, 1)), full_graph=full_graph)
        traced = nn.Sequential(critic[0], head)
    with pytest.raises(
        RuntimeError, match=r"gradient_penalty: .* went through paddle\.jit\.to_static\. Pass"
    ):
        losses.gradient_penalty(traced, *two_batches(3, 4))
    with paddle.no_grad():
        assert losses.gradient_penalty(traced, *two_batches(3, 4)).item() > 0


def test_a_critic_that_is_recomputed_is_refused():
    # Its parameters would get the gradient of the scores as well, straight from the inner pass.
    critic = perceptron(nn.Tanh())
    with pytest.raises(RuntimeError, match=r"gradient_penalty: .* uses recompute"):
        losses.gradient_penalty(lambda x: recompute(critic, x), *two_batches(3, 4))
    assert all(parameter.grad is None for parameter in critic.parameters())


def detached(x):
    return x.detach().sum(1)


def other_tensor(x):
    return nn.Linear(4, 1)(paddle.ones([3, 4]))


@paddle.no_grad()
def without_gradient(x):
    return x.sum(1)


@pytest.mark.parametrize("critic", [detached, other_tensor, without_gradient])
def test_a_critic_that_ignores_its_input_is_refused(critic):
    with pytest.raises(ValueError, match="gradient_penalty: the scores of critic must depend on"):
        losses.gradient_penalty(critic, *two_batches(3, 4))


@pytest.mark.parametrize(
    "critic, shape",
    [(lambda x: x.mean(), r"\[\]"), (lambda x: x.sum(0), r"\[4\]"), (lambda x: x[:1], r"\[1, 4\]")],
)
def test_a_critic_must_score_every_sample(critic, shape):
    wanted = (
        rf"gradient_penalty: critic must return a score for each of the 3 samples, \[3, ...\], got {shape}"
    )
    with pytest.raises(ValueError, match=wanted):
        losses.gradient_penalty(critic, *two_batches(3, 4))


def test_bad_arguments_are_refused():
    critic, (real, fake) = nn.Linear(4, 1), two_batches(3, 4)
    call = losses.gradient_penalty
    with pytest.raises(TypeError, match=r"gradient_penalty: critic must be callable, .* got Tensor"):
        call(real, real, fake)
    with pytest.raises(TypeError, match=r"critic must return a paddle\.Tensor, got tuple"):
        call(lambda x: (critic(x), x), real, fake)
    with pytest.raises(TypeError, match=r"real must be a floating tensor .*, got int64"):
        call(critic, real.astype("int64"), fake)
    with pytest.raises(TypeError, match=r"fake must be a floating tensor .*, got int64"):
        call(critic, real, fake.astype("int64"))
    with pytest.raises(ValueError, match=r"fake must have the shape of real, \[3, 4\], got \[2, 4\]"):
        call(critic, real, fake[:2])
    with pytest.raises(ValueError, match=r"real and fake must have a batch axis"):
        call(critic, paddle.ones([]), paddle.ones([]))
    for name in ("weight", "target"):
        with pytest.raises(ValueError, match=rf"gradient_penalty: {name} must be a number in .*, got -1"):
            call(critic, real, fake, **{name: -1})
        with pytest.raises(TypeError, match=rf"gradient_penalty: {name} must be a number in .*, got str"):
            call(critic, real, fake, **{name: "1"})
