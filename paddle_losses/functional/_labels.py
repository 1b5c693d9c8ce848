"""Class labels: ignored ones split off, ids made safe to index with, one-hot and smoothing."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import Tensor

from . import _checks, _values
from ._math import constant


def class_ids(
    function: str, label: Tensor, num_classes: int, ignore_index: int | None = None
) -> tuple[Tensor, Tensor | None, Tensor]:
    """Split integer labels into ``(ids, kept, ok)``.

    ``ids`` are int64 and always in [0, num_classes), so that a gather is safe: an id that does not
    exist can end the process on Paddle 2.6. ``kept`` is False where the label is ``ignore_index``
    (None if there is none to ignore): the ``mask`` of the reduction. ``ok`` goes to
    `_values.poison`: it turns the loss of an id that does not exist into NaN.
    """
    _checks.integer(function, "label", label)
    label = label.astype("int64")
    kept = None
    if ignore_index is not None:
        kept = label != ignore_index
        label = paddle.where(kept, label, paddle.zeros_like(label))
    wanted = f"be a class id from 0 to {num_classes - 1}"
    if ignore_index is not None:
        wanted += f", or {ignore_index} to be ignored"
    ok = paddle.logical_and(label >= 0, label < num_classes)
    _values.verify(function, "label", label, ok, wanted)
    return paddle.clip(label, 0, num_classes - 1), kept, ok


def one_hot(ids: Tensor, num_classes: int, dtype: object, axis: int = -1) -> Tensor:
    """1 at the position of each id along a new ``axis``, 0 elsewhere."""
    encoded = F.one_hot(ids, num_classes).astype(dtype)
    return encoded if axis in (-1, ids.ndim) else paddle.moveaxis(encoded, -1, axis)


def smooth(target: Tensor, smoothing: float, mode: str, axis: int = -1) -> Tensor:
    """Take ``smoothing`` = α off the target distribution q and spread it over the classes.

    "uniform":    (1 - α) q + α / K               over all K classes
    "off_target": (1 - α) q + α (1 - q) / (K - 1)  over the others; q one-hot
    """
    classes = target.shape[axis]
    if classes < 2:
        raise ValueError(f"Smoothing needs a known number of classes, at least 2, got {classes}.")
    spread = constant(smoothing / (classes if mode == "uniform" else classes - 1), target)
    kept = target * constant(1 - smoothing, target)
    return kept + (spread if mode == "uniform" else spread * (1 - target))
