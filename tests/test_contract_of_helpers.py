"""What the public functions promise that are no losses, tested on a row of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import modes
import numpy as np
import oracles
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import functional


@dataclass(frozen=True)
class Helper:
    function: Callable[..., Any]
    tensors: Callable[[np.random.Generator], dict[str, np.ndarray]]
    oracle: Callable[..., Any]
    settings: dict[str, Any]
    static: bool = True

    @property
    def id(self) -> str:
        return "-".join([self.function.__name__, *[f"{k}={v}" for k, v in self.settings.items()]])


def ids(rng):
    return {"label": rng.integers(0, 4, (3, 5))}


def shares(rng):
    return {"label": rng.uniform(0.1, 0.9, (3, 5))}


def anchors(rng):
    return {"loss": rng.uniform(0, 2, (4, 20)), "positive": rng.uniform(size=(4, 20)) < 0.1}


def embeddings(rng):
    return {"embedding": rng.normal(size=(9, 3)), "label": rng.integers(0, 3, 9)}


def boxes(rng, count):
    corner = rng.uniform(0, 5, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(1, 5, (count, 2))], 1)


def two_sets_of_boxes(rng):
    return {"boxes1": boxes(rng, 4), "boxes2": boxes(rng, 6)}


def scored_boxes(rng):
    return {"boxes": boxes(rng, 12), "scores": rng.uniform(size=12)}


def hardest_negatives(loss, positive, neg_pos_ratio=3.0, min_negatives=0):
    mask = np.zeros(loss.shape, bool)
    for n, row in enumerate(loss):
        count = max(int(neg_pos_ratio * positive[n].sum()), min_negatives)
        mask[n, [a for a in np.argsort(-row) if not positive[n, a]][:count]] = True
    return mask


def iou(a, b):
    size = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    common = np.prod(np.maximum(size, 0))
    return common / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common)


def diou(a, b):
    frame = np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2])
    apart = (a[:2] + a[2:] - b[:2] - b[2:]) / 2
    return iou(a, b) - np.sum(apart**2) / np.sum(frame**2)


def pairwise(boxes1, boxes2, kind="iou"):
    return np.array([[{"iou": iou, "diou": diou}[kind](a, b) for b in boxes2] for a in boxes1])


def greedy(boxes, scores, threshold=0.5):
    kept = []
    for i in np.argsort(-scores):
        if all(diou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return np.array(kept)


def two_batches(rng):
    return {"real": rng.normal(size=(5, 3)), "fake": rng.normal(size=(5, 3))}


def gradient_penalty(real, fake, **settings):
    """Of a critic whose slope is (1, -2, 2) everywhere, wherever between the samples it is taken."""
    return losses.gradient_penalty(lambda x: x[:, 0] - 2 * x[:, 1] + 2 * x[:, 2], real, fake, **settings)


def penalty_of_slope_3(real, fake, weight=10.0, target=1.0):
    return np.array(weight * (3 - target) ** 2)


HELPERS = [
    Helper(losses.label_smooth, ids, oracles.label_smooth, {"num_classes": 4}),
    Helper(losses.label_smooth, ids, oracles.label_smooth, {"num_classes": 4, "mode": "off_target"}),
    Helper(losses.label_smooth, shares, oracles.label_smooth, {"smoothing": 0.3}),
    Helper(losses.hard_negative_mask, anchors, hardest_negatives, {}),
    Helper(losses.hard_negative_mask, anchors, hardest_negatives, {"neg_pos_ratio": 1.5, "min_negatives": 2}),
    *[
        Helper(losses.mine_triplets, embeddings, oracles.triplets, {"strategy": strategy})
        for strategy in ("hard", "semihard", "easy", "all")
    ],
    Helper(losses.box_iou, two_sets_of_boxes, pairwise, {}),
    Helper(losses.box_iou, two_sets_of_boxes, pairwise, {"kind": "diou"}),
    Helper(losses.diou_nms, scored_boxes, greedy, {"threshold": 0.2}, static=False),
    Helper(gradient_penalty, two_batches, penalty_of_slope_3, {}),
    Helper(gradient_penalty, two_batches, penalty_of_slope_3, {"weight": 0.3, "target": 0}),
]
each_helper = pytest.mark.parametrize("helper", HELPERS, ids=lambda helper: helper.id)
each_static = pytest.mark.parametrize(
    "helper", [h for h in HELPERS if h.static], ids=lambda helper: helper.id
)


def arrays_of(helper):
    return helper.tensors(np.random.default_rng(3))


def results(value):
    return [np.asarray(part) for part in (value if isinstance(value, tuple) else (value,))]


def call(helper, dtype):
    return results(helper.function(*modes.tensors_of(arrays_of(helper), dtype).values(), **helper.settings))


def test_every_helper_has_a_row():
    assert {helper.function.__name__ for helper in HELPERS} == set(functional.NOT_LOSSES)


@each_helper
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_result_equals_the_oracle(helper, dtype):
    expected = results(helper.oracle(**arrays_of(helper), **helper.settings))
    for actual, wanted in zip(call(helper, dtype), expected):
        assert actual.shape == wanted.shape and actual.size
        np.testing.assert_allclose(actual, wanted, rtol=1e-6 if dtype == "float32" else 1e-12, atol=1e-7)


@each_helper
def test_half_precision_is_taken(helper):
    tensors = modes.tensors_of(arrays_of(helper), "float16")
    raised = [t.astype("float32") if t.dtype == paddle.float16 else t for t in tensors.values()]
    expected = results(helper.function(*raised, **helper.settings))
    for actual, wanted in zip(results(helper.function(*tensors.values(), **helper.settings)), expected):
        np.testing.assert_array_equal(actual, wanted)


@each_helper
def test_the_callers_tensors_are_not_written_to(helper):
    tensors = modes.tensors_of(arrays_of(helper), "float64")
    helper.function(*tensors.values(), **helper.settings)
    for name, array in arrays_of(helper).items():
        np.testing.assert_array_equal(tensors[name].numpy(), array)


@each_helper
def test_what_is_no_tensor_is_refused(helper):
    tensors = modes.tensors_of(arrays_of(helper))
    name = helper.function.__name__
    for argument, tensor in tensors.items():
        with pytest.raises(TypeError, match=f"{name}: {argument} must be a paddle.Tensor, got ndarray"):
            helper.function(**{**tensors, argument: tensor.numpy()}, **helper.settings)


@each_static
def test_no_host_synchronisation_without_value_checks(helper, monkeypatch):
    tensors = modes.tensors_of(arrays_of(helper), "float32")

    def refuse(*_, **__):
        raise AssertionError(f"{helper.id} read a tensor on the host")

    with losses.set_value_checks(False), monkeypatch.context() as patch:
        for method in ("numpy", "item", "tolist", "__float__", "__int__", "__bool__", "__index__"):
            patch.setattr(paddle.Tensor, method, refuse)
        helper.function(*tensors.values(), **helper.settings)


@each_static
def test_static_program(helper):
    arrays = {k: a.astype("float32") if a.dtype == "float64" else a for k, a in arrays_of(helper).items()}
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            data = [
                paddle.static.data(name, [None, *array.shape[1:]], str(array.dtype))
                for name, array in arrays.items()
            ]
            value = helper.function(*data, **helper.settings)
        fetch = list(value) if isinstance(value, tuple) else [value]
        actual = paddle.static.Executor(paddle.CPUPlace()).run(graph, feed=arrays, fetch_list=fetch)
    finally:
        paddle.disable_static()
    for got, wanted in zip(actual, call(helper, "float32")):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-7)
