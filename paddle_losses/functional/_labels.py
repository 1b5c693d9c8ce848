"""Class labels: ignored ones split off, ids made safe to index with, one-hot and smoothing."""

from __future__ import annotations

from typing import Literal

import paddle
import paddle.nn.functional as F
from paddle import Tensor

from .._tracing import given
from . import _checks, _values
from ._math import constant

SmoothingMode = Literal["uniform", "off_target"]
SMOOTHING_MODES = ("uniform", "off_target")


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
        _checks.whole(function, ignore_index=ignore_index)
        kept = label != ignore_index
        label = paddle.where(kept, label, paddle.zeros_like(label))
    wanted = f"be a class id from 0 to {num_classes - 1}"
    if ignore_index is not None:
        wanted += f", or {ignore_index} to be ignored"
    ok = paddle.logical_and(label >= 0, label < num_classes)
    _values.verify(function, "label", label, ok, wanted)
    return paddle.clip(label, 0, num_classes - 1), kept, ok


def rows(
    function: str, label: Tensor, x: Tensor, axis: int, ignore_index: int | None = None
) -> tuple[Tensor, Tensor | None, Tensor]:
    """`class_ids` of the rows of ``x``: ``label`` must have its shape without the class axis."""
    classes = x.shape[axis]
    if classes < 1:
        raise ValueError(
            f"{function}: input must have a known number of classes, at least 1, on axis {axis}, "
            f"got shape {list(x.shape)}."
        )
    meaning = "the shape of input without its class axis"
    return _ids_beside(function, label, x, axis, meaning, classes, ignore_index)


def of_vectors(function: str, label: Tensor, embedding: Tensor, num_classes: int) -> tuple[Tensor, Tensor]:
    """``ids`` and ``ok`` of `class_ids`, one for every vector of ``embedding``, [N, D]."""
    meaning = "one class id per embedding"
    ids, _, ok = _ids_beside(function, label, embedding, 1, meaning, num_classes, None)
    return ids, ok


def _ids_beside(
    function: str,
    label: Tensor,
    x: Tensor,
    axis: int,
    meaning: str,
    num_classes: int,
    ignore_index: int | None,
) -> tuple[Tensor, Tensor | None, Tensor]:
    # `class_ids` of a label that has the shape of x without the axis.
    shape = list(x.shape)
    shape.pop(axis)
    _checks.require_tensor(function, "label", label)
    _checks.require_shape(function, "label", label, shape, meaning)
    if -1 not in shape:
        return class_ids(function, label, num_classes, ignore_index)
    row = paddle.slice(x, [axis], [0], [1]).squeeze(axis)
    same = (paddle.shape(label) == paddle.shape(row)).all()
    # An index of another extent than what it looks into can end the process, or never return. Unlike a
    # sum, which would lengthen a single row to the labels, expand refuses all but a single label.
    _checks.integer(function, "label", label)
    label = paddle.expand(label.astype("int64"), paddle.shape(row))
    ids, kept, ok = class_ids(function, label, num_classes, ignore_index)
    return ids, kept, paddle.logical_and(ok, same)


def target(
    function: str, label: Tensor, x: Tensor, axis: int, ignore_index: int | None = None
) -> tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None]:
    """What is right for every row of ``x``: ``(ids, shares, kept, ok)``.

    ``label`` holds class ids, and the rest is as `class_ids` has it, or it holds a distribution, of
    the shape of ``x``, and ``shares`` is all there is.
    """
    _checks.require_tensor(function, "label", label)
    # [N, 1] class ids, as Paddle takes them, are told what is wrong with their shape.
    column = len(label.shape) > axis and label.shape[axis] == 1 and x.shape[axis] != 1
    if len(label.shape) == len(x.shape) and not column:
        shares = _checks.companion(function, "label", label, x)
        return None, _values.shares(function, "label", shares), None, None
    ids, kept, ok = rows(function, label, x, axis, ignore_index)
    return ids, None, kept, ok


def weighted_target(
    function: str,
    label: Tensor,
    x: Tensor,
    axis: int,
    weight: Tensor | None,
    ignore_index: int,
    smoothing: float,
    mode: SmoothingMode,
) -> tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None, Tensor | None, Tensor | None]:
    """`target` after smoothing, which turns ids into shares, and the weights of classes.

    Gives ``(ids, shares, factor, counts, kept, ok)``: ``factor`` multiplies along the class axis,
    ``counts`` is its entry for every id, what a row counts in the mean.
    """
    _checks.number(function, "[0, 1]", label_smoothing=smoothing)
    _checks.option(function, SMOOTHING_MODES, smoothing_mode=mode)
    ids, shares, kept, ok = target(function, label, x, axis, ignore_index)
    factor = class_weight(function, weight, x, axis)
    counts = None
    if given(factor) and given(ids):
        counts = of_class(factor, ids)
    if smoothing > 0 and 0 not in x.shape:
        shares = one_hot(ids, x.shape[axis], x.dtype, axis) if given(ids) else shares
        ids, shares = None, smooth(function, shares, smoothing, mode, axis)
    return ids, shares, factor, counts, kept, ok


def cleared(x: Tensor, kept: Tensor | None, axis: int) -> Tensor:
    """``x`` with 0 in the rows that are ignored, whose NaN would come back with the gradient."""
    if not given(kept) or 0 in x.shape or _values.is_true_everywhere(kept):
        return x
    keep = paddle.logical_and(kept.unsqueeze(axis), paddle.ones_like(x).astype("bool"))
    return paddle.where(keep, x, paddle.zeros_like(x))


def known(loss: Tensor, ok: Tensor | None) -> Tensor:
    """``loss`` with NaN in the rows whose id does not exist, where it could not be read."""
    return _values.poison(loss, ok) if given(ok) else loss


def class_weight(
    function: str, weight: Tensor | None, x: Tensor, axis: int, argument: str = "weight"
) -> Tensor | None:
    """A non-negative factor per class, in a shape that multiplies ``x`` along ``axis``."""
    if not given(weight):
        return None
    weight = _checks.cast(function, argument, weight, x.dtype)
    _checks.require_shape(function, argument, weight, [x.shape[axis]], "one entry per class")
    shape = [1] * len(x.shape)
    shape[axis] = x.shape[axis]
    return _values.not_negative(function, argument, weight).reshape(shape)


def of_class(values: Tensor, ids: Tensor) -> Tensor:
    """The entry of ``values``, one per class in whatever shape, for every id."""
    return paddle.gather_nd(values.flatten(), ids.unsqueeze(-1))


def shares_of_ids(function: str, label: Tensor, num_classes: int | None) -> Tensor:
    """One-hot rows along a new last axis, in Paddle's default dtype."""
    if num_classes is None:
        raise ValueError(f"{function}: class ids need num_classes, got None.")
    _checks.count(function, 1, num_classes=num_classes)
    ids, _, ok = class_ids(function, label, num_classes)
    shares = one_hot(ids, num_classes, paddle.get_default_dtype())
    return _values.poison(shares, ok.unsqueeze(-1))


def require_classes(function: str, shares: Tensor, num_classes: int | None) -> None:
    """Refuse distributions whose last axis is not ``num_classes``, if that is given."""
    extent = shares.shape[-1]
    if num_classes is not None and num_classes != extent:
        raise ValueError(
            f"{function}: num_classes must be the last extent of label, {extent}, or None, "
            f"got {num_classes!r}."
        )


def places(x: Tensor) -> Tensor:
    """0, 1, 2, … along the first axis of ``x``, without its extent, which a static graph may not know."""
    return paddle.ones_like(x).astype("int64").cumsum(0) - 1


def one_hot(ids: Tensor, num_classes: int, dtype: object, axis: int = -1) -> Tensor:
    """1 at the position of each id along a new ``axis``, 0 elsewhere."""
    encoded = F.one_hot(ids, num_classes).astype(dtype)
    return encoded if axis in (-1, ids.ndim) else paddle.moveaxis(encoded, -1, axis)


def smooth(function: str, target: Tensor, smoothing: float, mode: str, axis: int = -1) -> Tensor:
    """Take ``smoothing`` = α off the target distribution q and spread it over the classes.

    "uniform":    (1 - α) q + α / K               over all K classes
    "off_target": (1 - α) q + α (1 - q) / (K - 1)  over the others; q one-hot
    """
    classes = target.shape[axis]
    if classes < 2:
        raise ValueError(
            f"{function}: smoothing needs a known number of classes, at least 2, got {classes} in shape "
            f"{list(target.shape)}."
        )
    spread = constant(smoothing / (classes if mode == "uniform" else classes - 1), target)
    kept = target * constant(1 - smoothing, target)
    return kept + (spread if mode == "uniform" else spread * (1 - target))
