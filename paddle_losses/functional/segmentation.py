"""Losses of overlapping regions. The class axis is axis 1, the pixels are all axes after it."""

from __future__ import annotations

from typing import Literal

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks, _labels, _values
from ._math import constant, expm1, sigmoid, wide_sum
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import surprisal

Mode = Literal["multiclass", "binary", "multilabel"]


@full_precision
def dice_loss(
    input: Tensor,
    label: Tensor,
    *,
    mode: Mode = "multiclass",
    from_logits: bool = True,
    smooth: float = 1e-5,
    squared: bool = False,
    batch: bool = False,
    include_background: bool = True,
    ignore_index: int | None = None,
    ignore_empty: bool = False,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Dice loss: the share of two regions that they do not share. For small objects in large images.

    .. math:: \ell = 1 - \frac{2 \sum p q + s}{\sum p + \sum q + s}

    Sums run over the pixels of one sample and class, so a class of ten pixels weighs as much as one of
    ten thousand. Identical hard masks give exactly 0, two empty ones too, disjoint ones
    1 - s / (Σp + Σq + s). Where nearly all is right the loss keeps its digits: it is computed as
    Σ (p + q - 2pq) / (Σp + Σq + s).

    Args:
        input (Tensor): logits, [N, C, *], floating; for "binary" of any shape [N, *]. Half precision
            is computed in float32.
        label (Tensor): "multiclass": integer class ids [N, *], or a distribution q in [0, 1] of the
            shape of ``input``; "binary" and "multilabel": q in [0, 1], the shape of ``input``.
        mode (str): "multiclass": classes exclude each other (softmax); "binary": one class (sigmoid);
            "multilabel": classes do not exclude each other (sigmoid of each).
        from_logits (bool): False takes ``input`` as probabilities.
        smooth (float): s >= 0, in pixels: keeps empty regions from dividing by 0.
        squared (bool): p² and q² in the denominator, as V-Net has it; the loss is then
            Σ (p - q)² / (Σp² + Σq² + s).
        batch (bool): sums run over the batch too, so that a class missing from one sample does not
            count as a region of its own.
        include_background (bool): False leaves class 0 out, after the softmax.
        ignore_index (int, optional): pixels with this label are left out, whatever their logits.
        ignore_empty (bool): samples whose label lacks a class get weight 0 for that class.
        reduction (str): "mean" (default) over samples and classes, "sum", or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum"; for "none" [N, classes], with ``batch`` [1, classes].

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, class ids are not integers,
            or a switch is no bool.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, a share or
            probability leaves [0, 1], no class is left, or a setting is out of range or unknown.

    Relations:
        1 - Dice = 1 - F1. Paddle's function of the same name takes probabilities and labels of shape
        [N, *, 1], and sums over a sample's classes as well. MONAI's ``smooth_nr`` and ``smooth_dr``
        are both s here.

    Source:
        F. Milletari, N. Navab and S.-A. Ahmadi, V-Net: fully convolutional neural networks for
        volumetric medical image segmentation, 2016; L. R. Dice, 1945. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> probabilities = paddle.to_tensor([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
        >>> label = paddle.to_tensor([[1, 1, 0, 0], [0, 1, 1, 0]])
        >>> loss = losses.dice_loss(
        ...     probabilities, label, mode="binary", from_logits=False, smooth=0, reduction="none"
        ... )
        >>> loss.tolist()
        [[0.0], [0.5]]
    """
    function = "dice_loss"
    _checks.option(function, ("multiclass", "binary", "multilabel"), mode=mode)
    _checks.number(function, "[0, inf)", smooth=smooth)
    _checks.switch(function, from_logits=from_logits, squared=squared, batch=batch)
    _checks.switch(function, include_background=include_background, ignore_empty=ignore_empty)
    x, q, kept = _regions(function, input, label, mode, ignore_index)
    _check_background(function, input, mode, include_background)
    if not from_logits:
        x = _values.probabilities(function, "input", x)
    if 0 in x.shape:
        return reduce(function, _empty(x, mode, batch, include_background), reduction)
    parts = _differences(*_shares(x, mode, from_logits), q, squared)
    loss, foreground = _dice(*parts, q, kept, smooth, [0, 2] if batch else [2])
    if not include_background:
        loss, foreground = loss[:, 1:], foreground[:, 1:]
    # Not foreground > 0: the NaN of a class id that does not exist is to be kept.
    mask = paddle.logical_not(foreground <= 0) if ignore_empty else None
    return reduce(function, loss.astype(x.dtype), reduction, mask=mask)


def _dice(apart: Tensor, both: Tensor, q: Tensor, kept: Tensor | None, smooth: float, axes: list[int]):
    # The loss of every sample and class in float64, and how much of it the label holds.
    if given(kept):
        apart, both = apart * kept, both * kept
    whole = _pixel_sum(both, axes)
    whole = whole + constant(smooth, whole)
    loss = _pixel_sum(apart, axes) / paddle.where(whole <= 0, paddle.ones_like(whole), whole)
    return loss, _pixel_sum(q, axes)


def _check_background(function: str, input: Tensor, mode: str, include_background: bool) -> None:
    if not include_background and (mode == "binary" or input.shape[1] < 2):
        raise ValueError(
            f"{function}: include_background must be True where there is one class, got False with an "
            f"input of shape {list(input.shape)}."
        )


def _regions(function: str, x: Tensor, label: Tensor, mode: str, ignore_index: int | None):
    # Input and label as [N, C, pixels], and 1 for the pixels that are kept, [N, C or 1, pixels].
    x = _checks.prediction(function, "input", x)
    rank = 1 if mode == "binary" else 2
    if len(x.shape) < rank:
        wanted = "[N, *]" if mode == "binary" else "[N, C, *]"
        raise ValueError(f"{function}: input must have the shape {wanted}, got {list(x.shape)}.")
    if mode == "multiclass":
        ids, q, kept, ok = _labels.target(function, label, x, 1, ignore_index)
        if given(ids) and 0 not in x.shape:
            q = _labels.known(_labels.one_hot(ids, x.shape[1], x.dtype, 1), _unsqueezed(ok))
        kept = _unsqueezed(kept)
    else:
        q, kept = _elementwise(function, label, x, ignore_index)
    if 0 in x.shape:
        return x, q, None
    if given(kept):
        kept = kept.astype(x.dtype)
        keep = paddle.expand_as(kept, x) > 0
        x, q = paddle.where(keep, x, paddle.zeros_like(x)), paddle.where(keep, q, paddle.zeros_like(q))
        kept = _flat(kept, mode)
    return _flat(x, mode), _flat(q, mode), kept


def _elementwise(function: str, label: Tensor, x: Tensor, ignore_index: int | None):
    q = _checks.companion(function, "label", label, x)
    kept = None
    if ignore_index is not None and 0 not in x.shape:
        _checks.whole(function, ignore_index=ignore_index)
        # Not q != index, which is false within 1e-8; and NaN is to be kept.
        kept = paddle.logical_not(paddle.logical_and(q >= ignore_index, q <= ignore_index))
        q = paddle.where(kept, q, paddle.zeros_like(q))
    return _values.shares(function, "label", q), kept


def _unsqueezed(tensor: Tensor | None) -> Tensor | None:
    return tensor.unsqueeze(1) if given(tensor) else None


def _flat(x: Tensor, mode: str) -> Tensor:
    # 0 copies an extent, also one that a static graph does not know.
    if mode == "binary":
        return x.unsqueeze(1).reshape([0, 1, -1])
    return x.reshape([0, 0, -1]) if len(x.shape) > 2 else x.unsqueeze(-1)


def _shares(x: Tensor, mode: str, from_logits: bool) -> tuple[Tensor, Tensor]:
    # p and 1 - p, neither of which has lost digits to the other.
    if not from_logits:
        return x, 1 - x
    if mode != "multiclass":
        return sigmoid(x), sigmoid(-x)
    bits = surprisal(x, 1)
    return paddle.exp(-bits), -expm1(-bits)


def _differences(p: Tensor, rest: Tensor, q: Tensor, squared: bool) -> tuple[Tensor, Tensor]:
    over, under = p * (1 - q), q * rest
    if squared:
        return paddle.square(over - under), paddle.square(p) + paddle.square(q)
    return over + under, p + q


def _pixel_sum(x: Tensor, axes: list[int]) -> Tensor:
    total = wide_sum(x, axes)
    return total if len(axes) == 1 else total.unsqueeze(0)


def _empty(x: Tensor, mode: str, batch: bool, include_background: bool) -> Tensor:
    x = x.unsqueeze(1) if mode == "binary" else x
    x = x.unsqueeze(-1) if len(x.shape) == 2 else x
    axes = list(range(2, len(x.shape)))
    loss = nothing(x, [0, *axes]).unsqueeze(0) if batch else nothing(x, axes)
    return loss if include_background else loss[:, 1:]
