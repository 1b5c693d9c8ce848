"""What is timed: a line for every loss, and the sizes of its family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import paddle
import paddle.nn.functional as P

import paddle_losses as losses

from . import torch_losses as ours_in_torch
from .torch_losses import F as T

Data = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Loss:
    """A mean loss of a prediction and a label in every framework that has it; one without says None."""

    name: str
    data: Callable[[np.random.Generator, list[int]], Data]
    ours: Callable
    paddle: Callable | None
    torch: Callable
    transcendental: bool = False
    chain: bool = False  # eight operations or more, where it is composed


@dataclass(frozen=True)
class Family:
    name: str
    shapes: list[list[int]]
    compiled: list[list[int]]  # for these torch.compile takes its time
    quick: list[list[int]]
    losses: list[Loss]


# ---------------------------------------------------------------------------------------------- data


def numbers(rng, shape) -> Data:
    return _normal(rng, shape), _normal(rng, shape)


def logits(rng, shape) -> Data:
    return 3 * _normal(rng, shape), _coins(rng, shape)


def probabilities(rng, shape) -> Data:
    return rng.random(shape, dtype="float32") * np.float32(0.98) + np.float32(0.01), _coins(rng, shape)


def scores(rng, shape) -> Data:
    return _normal(rng, shape), 2 * _coins(rng, shape) - 1


def classes(rng, shape) -> Data:
    return 3 * _normal(rng, shape), rng.integers(0, shape[1], shape[0])


def boxes(rng, shape) -> Data:
    """Corners; a label is its prediction, moved and stretched by up to a half."""
    corner, extent = rng.random([2, shape[0], 2]) * 100, rng.random([2, shape[0], 2]) * 30 + 20
    moved = corner[0] + (rng.random([shape[0], 2]) - 0.5) * extent[0]
    pair = (np.hstack([at, at + size]).astype("float32") for at, size in zip((corner[0], moved), extent))
    return next(pair), next(pair)


def _normal(rng, shape) -> np.ndarray:
    return rng.standard_normal(shape, dtype="float32")


def _coins(rng, shape) -> np.ndarray:
    return rng.integers(0, 2, shape, dtype="int8").astype("float32")


# -------------------------------------------------------------------------------------------- losses


def of_boxes(name: str, **more) -> Loss:
    kind = name.removesuffix("_loss")
    return Loss(
        name,
        boxes,
        getattr(losses, name),
        None,
        lambda x, y: ours_in_torch.boxes(kind, x, y),
        chain=True,
        **more,
    )


# fmt: off
ELEMENTWISE = [
    Loss("l1_loss", numbers, losses.l1_loss, P.l1_loss, lambda x, y: T.l1_loss(x, y)),
    Loss("mse_loss", numbers, losses.mse_loss, P.mse_loss, lambda x, y: T.mse_loss(x, y)),
    Loss("huber_loss", numbers, lambda x, y: losses.huber_loss(x, y, delta=2.0),
         lambda x, y: P.smooth_l1_loss(x, y, delta=2.0), lambda x, y: T.huber_loss(x, y, delta=2.0)),
    Loss("smooth_l1_loss", numbers, losses.smooth_l1_loss, P.smooth_l1_loss,
         lambda x, y: T.smooth_l1_loss(x, y)),
    Loss("quantile_loss", numbers, lambda x, y: losses.quantile_loss(x, y, quantile=0.9), None,
         lambda x, y: ours_in_torch.quantile(x, y, 0.9)),
    Loss("hinge_loss", scores, losses.hinge_loss, None, ours_in_torch.hinge),
    Loss("log_cosh_loss", numbers, losses.log_cosh_loss, None, ours_in_torch.log_cosh,
         transcendental=True, chain=True),
    Loss("binary_cross_entropy", probabilities, losses.binary_cross_entropy, P.binary_cross_entropy,
         lambda x, y: T.binary_cross_entropy(x, y), transcendental=True, chain=True),
    Loss("binary_cross_entropy_with_logits", logits, losses.binary_cross_entropy_with_logits,
         P.binary_cross_entropy_with_logits, lambda x, y: T.binary_cross_entropy_with_logits(x, y),
         transcendental=True, chain=True),
    Loss("weighted_cross_entropy", logits, lambda x, y: losses.weighted_cross_entropy(x, y, pos_weight=3.0),
         lambda x, y: P.binary_cross_entropy_with_logits(x, y, pos_weight=paddle.to_tensor([3.0])),
         lambda x, y: T.binary_cross_entropy_with_logits(x, y, pos_weight=x.new_tensor(3.0)),
         transcendental=True, chain=True),
    Loss("sigmoid_focal_loss", logits, losses.sigmoid_focal_loss,
         lambda x, y: P.sigmoid_focal_loss(x, y, reduction="mean"), lambda x, y: ours_in_torch.focal(x, y),
         transcendental=True, chain=True),
]
ROW_WISE = [
    Loss("cross_entropy", classes, losses.cross_entropy, P.cross_entropy, lambda x, y: T.cross_entropy(x, y),
         transcendental=True),
    Loss("cross_entropy, smoothed", classes, lambda x, y: losses.cross_entropy(x, y, label_smoothing=0.1),
         lambda x, y: P.cross_entropy(x, y, label_smoothing=0.1),
         lambda x, y: T.cross_entropy(x, y, label_smoothing=0.1), transcendental=True),
    Loss("softmax_focal_loss", classes, losses.softmax_focal_loss, None, ours_in_torch.softmax_focal,
         transcendental=True),
    Loss("poly1_cross_entropy", classes, losses.poly1_cross_entropy, None, ours_in_torch.poly1,
         transcendental=True),
]
BOXES = [
    of_boxes("iou_loss"),
    of_boxes("giou_loss"),
    of_boxes("diou_loss"),
    of_boxes("ciou_loss", transcendental=True),
    of_boxes("eiou_loss"),
]
# fmt: on


def elements(exponents) -> list[list[int]]:
    """Two axes: Paddle 3.3's focal loss does not take one."""
    return [[2**exponent // 64, 64] for exponent in exponents]


FAMILIES = [
    Family(
        "elementwise",
        elements([6, 9, 12, 14, 16, 18, 20, 22, 24]),
        elements([20, 24]),
        elements([6, 8]),
        ELEMENTWISE,
    ),
    Family("rows", [[8192, 1000], [256, 50_000]], [[8192, 1000], [256, 50_000]], [[4, 10]], ROW_WISE),
    Family("boxes", [[10**k, 4] for k in range(2, 7)], [[10**6, 4]], [[10, 4]], BOXES),
]
