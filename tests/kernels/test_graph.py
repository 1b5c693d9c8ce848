"""A fused loss in Paddle's graph behaves as a composed one."""

from __future__ import annotations

import gc
import threading
import weakref

import modes
import numpy as np
import paddle
import pytest
from both_ways import KERNELS, SERVED, counted, each, fused, needs_library, tensors_of
from paddle.distributed.fleet.utils import recompute

import paddle_losses as losses

pytestmark = needs_library

# Gradients are computed with the value ("mean" and "sum" of float32 and float64), or when they are asked for.
WAYS = [
    ("float32", "mean"),
    ("float64", "sum"),
    ("float32", "none"),
    ("float16", "mean"),
    ("bfloat16", "none"),
]


@pytest.fixture(params=WAYS, ids="-".join)
def way(request):
    return request.param


def agree(way, compute):
    """``compute(x, loss)``, a list of tensors, is the same with a fused and a composed loss."""
    dtype, reduction = way
    start = paddle.to_tensor(np.linspace(-3, 3, 12).reshape(3, 4)).astype(dtype)
    label = paddle.to_tensor(np.linspace(0, 1, 12).reshape(3, 4)).astype("float32")

    def loss(x, label=label):
        return losses.sigmoid_focal_loss(x, label, reduction=reduction)

    results = []
    for on in (True, False):
        x = start.clone().detach()
        x.stop_gradient = False
        with losses.set_kernels(on), counted() as called:
            results.append(compute(x, loss))
        assert bool(called) is on
    rough = {"float16": 2e-3, "bfloat16": 1.6e-2}.get(dtype, 1e-6)
    for got, expected in zip(*results):
        assert got.dtype == expected.dtype and got.shape == expected.shape
        got, expected = (tensor.astype("float64").numpy() for tensor in (got, expected))
        np.testing.assert_allclose(got, expected, rtol=rough, atol=rough / 100)


# ------------------------------------------------------------------------------------ first order


def test_a_loss_used_twice(way):
    def compute(x, loss):
        value = loss(x)
        (value + value * value).sum().backward()
        return [value, x.grad]

    agree(way, compute)


def test_a_loss_beside_another(way):
    def compute(x, loss):
        (loss(x) * 0.5 + (x.astype("float32") ** 2).mean()).sum().backward()
        return [x.grad]

    agree(way, compute)


def test_an_upstream_gradient_of_its_own(way):
    def compute(x, loss):
        value = loss(x)
        upstream = paddle.arange(12, dtype=value.dtype).reshape([3, 4])[: value.ndim and 3]
        value.backward(upstream if value.ndim else paddle.to_tensor(-2.5, value.dtype))
        return [x.grad]

    agree(way, compute)


def test_backward_twice_with_retain_graph(way):
    def compute(x, loss):
        value = loss(x).sum()
        value.backward(retain_graph=True)
        once = x.grad.clone()
        value.backward(retain_graph=True)
        value.backward()
        return [once, x.grad]

    agree(way, compute)


def test_grad_and_then_backward(way):
    def compute(x, loss):
        value = loss(x).sum()
        (slope,) = paddle.grad(value, x, retain_graph=True)
        kept = slope.clone()
        assert x.grad is None
        value.backward()
        return [slope, kept, x.grad]

    agree(way, compute)


def test_several_losses_of_one_leaf(way):
    def compute(x, loss):
        for _ in range(3):
            loss(x).sum().backward()
        (loss(x) + loss(x * 2)).sum().backward()
        return [x.grad]

    agree(way, compute)


def test_several_losses_in_one_backward_pass(way):
    def compute(x, loss):
        paddle.autograd.backward([loss(x).sum(), loss(x * 3).sum()])
        return [x.grad]

    agree(way, compute)


def test_a_prediction_that_is_no_leaf_and_has_hooks(way):
    def compute(x, loss):
        seen = []
        prediction = x * 2 + 1
        prediction.register_hook(seen.append)
        prediction.register_hook(lambda slope: slope * 3)
        x.register_hook(lambda slope: slope * 5)
        loss(prediction).sum().backward()
        return [*seen, x.grad]

    agree(way, compute)


def test_a_hook_on_the_loss_scales_the_gradient(way):
    def compute(x, loss):
        value = loss(x)
        value.register_hook(lambda upstream: upstream * 4)
        value.sum().backward()
        return [x.grad]

    agree(way, compute)


def test_a_hook_on_the_loss_sees_its_gradient(way):
    def compute(x, loss):
        value, seen = loss(x), []
        value.register_hook(lambda upstream: seen.append(upstream.clone()))
        (value.sum() * 3).backward()
        return seen

    agree(way, compute)


def test_the_gradient_of_a_loss_may_be_kept(way):
    def compute(x, loss):
        value = loss(x)
        value.retain_grads()
        (value.sum() * 3).backward()
        return [value.grad, x.grad]

    agree(way, compute)


def test_gradients_of_some_of_several_leaves(way):
    def compute(x, loss):
        other = paddle.full([3, 4], 2.0)
        other.stop_gradient = False
        value = loss((x.astype("float32") * other).astype(x.dtype)).sum()
        (slope,) = paddle.grad(value, other)
        assert x.grad is None
        return [slope]

    agree(way, compute)


@pytest.mark.parametrize("reentrant", [True, False])
def test_recompute(way, reentrant):
    def compute(x, loss):
        options = {"use_reentrant": reentrant, "preserve_rng_state": False}
        recompute(lambda x: loss(x * 2 + 1), x, **options).sum().backward()
        return [x.grad]

    agree(way, compute)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_with_a_scaled_loss_loses_nothing(dtype):
    # Unscaled, these gradients are 1e-6 and less: 0, or nearly, in float16.
    n = 200_000
    x, y = paddle.linspace(-8, 8, n).astype(dtype), (paddle.arange(n) % 2).astype("float32")
    slopes = []
    for on in (True, False):
        x.stop_gradient = False
        with losses.set_kernels(on):
            (losses.binary_cross_entropy_with_logits(x, y) * 65536).backward()
        slopes.append(x.grad.astype("float64").numpy())
        x.clear_grad()
    assert (slopes[1] != 0).all()
    np.testing.assert_allclose(*slopes, rtol={"float16": 1e-3, "bfloat16": 8e-3}[dtype])


# ----------------------------------------------------------------------------------- no gradients


@each(SERVED)
def test_no_graph_where_none_is_wanted(case, settings):
    arrays = case.tensors(np.random.default_rng(0), case.shapes.usual)
    tensors = tensors_of(arrays, "float32")
    first = next(iter(tensors))
    assert case.function(**tensors, **settings).stop_gradient
    tensors[first].stop_gradient = False
    with paddle.no_grad():
        assert case.function(**tensors, **settings).stop_gradient
    assert not case.function(**tensors, **settings).stop_gradient


# ------------------------------------------------------------------------------------ what is refused


def leaf(dtype="float32"):
    x = paddle.to_tensor(np.linspace(-3, 3, 12)).astype(dtype)
    x.stop_gradient = False
    return x


def test_backward_twice_is_an_error(way):
    dtype, reduction = way
    x = leaf(dtype)
    value = losses.huber_loss(x, paddle.zeros([12]), reduction=reduction)
    value.backward()
    with pytest.raises(Exception, match=r"without (setting )?retain_graph=True"):
        value.backward()
    loss = losses.huber_loss(x, paddle.zeros([12]))  # and Paddle goes on
    x.clear_grad()
    loss.backward()
    assert x.grad.astype("float32").abs().sum() > 0


@pytest.mark.parametrize("dtype, reduction", [("float32", "none"), ("bfloat16", "mean")])
def test_a_prediction_changed_in_place_before_a_late_gradient_is_an_error(dtype, reduction):
    x = leaf(dtype)
    prediction = x * 1
    value = losses.huber_loss(prediction, paddle.zeros([12]), reduction=reduction)
    with paddle.no_grad():
        prediction.zero_()
    with pytest.raises(Exception, match=r"changed in place|inplace"):
        value.sum().backward()


def test_a_prediction_changed_in_place_after_its_gradient_was_computed():
    x = leaf()
    prediction = x * 1
    value = losses.huber_loss(prediction, paddle.zeros([12]), reduction="sum")
    with paddle.no_grad():
        prediction.add_(paddle.ones([12]))
    value.backward()
    np.testing.assert_allclose(x.grad.numpy(), np.clip(np.linspace(-3, 3, 12), -1, 1), rtol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_second_order_is_right_or_an_error(reduction):
    x, y = leaf(), paddle.zeros([12])
    value = losses.log_cosh_loss(x, y, reduction=reduction).sum()
    (slope,) = paddle.grad(value, x, create_graph=True)
    size = 12 if reduction == "mean" else 1
    np.testing.assert_allclose(slope.numpy() * size, np.tanh(x.numpy()), rtol=1e-6)
    try:
        (bend,) = paddle.grad((slope * slope).sum(), x)
    except Exception as error:
        assert "a fused loss has no gradient of second order" in str(error)
    else:
        tanh = np.tanh(x.numpy())
        np.testing.assert_allclose(bend.numpy() * size**2, 2 * tanh * (1 - tanh**2), rtol=1e-5, atol=1e-7)


@each(SERVED)
def test_second_order_never_vanishes_silently(case, settings):
    arrays = case.tensors(np.random.default_rng(0), case.shapes.usual)
    tensors = tensors_of(arrays, "float64")
    x = next(iter(tensors.values()))
    x.stop_gradient = False

    def twice():
        (slope,) = paddle.grad(case.function(**tensors, **settings, reduction="sum"), x, create_graph=True)
        direction = paddle.linspace(-1, 2, slope.size, "float64").reshape(slope.shape)
        (bend,) = paddle.grad((slope * direction).sum(), x, allow_unused=True)
        return 0 if bend is None else bend.numpy()

    try:
        got = twice()
    except Exception as error:
        assert "second order" in str(error) or "grad op" in str(error) or "higher order" in str(error), error
        return
    with losses.set_kernels(False):
        try:
            expected = twice()
        except RuntimeError:  # Paddle has no second derivative of some operation
            return
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------------------------------ memory


def test_inputs_are_let_go_after_backward_and_the_loss_is_kept(way):
    dtype, reduction = way
    x, label = leaf(dtype), paddle.zeros([12])
    prediction = x * 2
    references = [weakref.ref(tensor) for tensor in (prediction, label)]
    history = [losses.huber_loss(prediction, label, reduction=reduction)]
    history[0].sum().backward()
    del prediction, label
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    assert np.isfinite(history[0].numpy()).all()


def test_a_loss_that_is_never_differentiated_goes_with_its_inputs(way):
    dtype, reduction = way
    prediction = leaf(dtype) * 2
    reference = weakref.ref(prediction)
    value = losses.huber_loss(prediction, paddle.zeros([12]), reduction=reduction)
    del value, prediction
    gc.collect()
    assert reference() is None


# ------------------------------------------------------------------------------- other ways to run


ONE_OF_EACH = list(
    {tuple(kernels): (case, settings) for case, settings, kernels in KERNELS if kernels}.values()
)


@each(ONE_OF_EACH)
@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_a_traced_loss_never_calls_the_library(case, settings, full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    arrays = case.tensors(np.random.default_rng(0), case.shapes.usual)
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    layer = case.make(case.layer, settings, arrays)
    with counted() as called:
        modes.traced(layer, case.given(arrays), "float32", case.differentiable[:1], full_graph)
    assert called == [] or (not case.one_graph and not full_graph)


@each(ONE_OF_EACH)
def test_a_static_program_never_calls_the_library(case, settings):
    arrays = case.tensors(np.random.default_rng(0), case.shapes.usual)
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    with counted() as called:
        modes.program(case.function, arrays, settings, "float32", case.differentiable[:1])
    assert called == []


def test_losses_on_several_python_threads_at_once(threads):
    threads(2)
    arrays = {"logit": np.random.default_rng(0).normal(size=300_001), "label": np.zeros(300_001)}
    tensors = tensors_of(arrays, "float32")
    expected, wrong = fused(losses.sigmoid_focal_loss, tensors), []

    def work():
        x = tensors["logit"].clone().detach()
        x.stop_gradient = False
        for _ in range(5):
            value = losses.sigmoid_focal_loss(x, tensors["label"])
            value.backward()
            same = (
                value.item() == expected.value and (x.grad.numpy() == expected.slope.astype("float32")).all()
            )
            wrong.extend([] if same else [value.item()])
            x.clear_grad()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
