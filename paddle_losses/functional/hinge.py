"""Losses of the margin by which a score is right: labels are -1/1, or the ids of classes."""

from __future__ import annotations

from typing import Literal

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _labels, _values
from ._math import constant, only_nan, positive_part, softplus
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import row_sum


@full_precision
def hinge_loss(input: Tensor, label: Tensor, *, margin: float = 1.0, reduction: Reduction = "mean") -> Tensor:
    r"""Hinge loss of the support vector machine: zero once a score is right by ``margin``.

    .. math:: \ell = \max(0,\; m - y f), \qquad y \in \{-1, 1\}

    Right but unsure scores are punished too. The gradient is -y inside the margin and 0 on its edge
    and beyond.

    Args:
        input (Tensor): scores f, floating, any shape. Half precision is computed in float32.
        label (Tensor): y, -1 or 1 everywhere, the same shape; cast to the dtype of ``input``.
        margin (float): m > 0, in units of the score.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label is not -1 or 1, ``margin`` is not
            above 0, or ``reduction`` is unknown.

    Relations:
        This is the fixed form of the hinge loss of document S1, whose formula averages while its
        code sums, whose docstring is the focal loss's, and whose printed 9.292055e-05 is the focal
        loss, which the example calls by mistake. On its inputs the hinge loss is 1/3.

    Source:
        C. Cortes and V. Vapnik, Support-vector networks, 1995. Documents S0, S1, S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.9, -0.1, 1.0]), paddle.to_tensor([1, -1, 1])
        >>> print(f"{losses.hinge_loss(input, label).item():.6f}")
        0.333333
        >>> losses.hinge_loss(input, label, reduction="sum").item()
        1.0
    """
    _checks.number("hinge_loss", "(0, inf)", margin=margin)
    fused = kernels.elementwise("Hinge", input, label, [margin], reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("hinge_loss", input=input, label=label)
    label = _values.signs("hinge_loss", "label", label)
    return reduce("hinge_loss", _shortfall(input, label, margin), reduction)


def _shortfall(f: Tensor, y: Tensor, margin: float) -> Tensor:
    # max(0, m - y f)
    return positive_part(constant(margin, f) - y * f)


@full_precision
def squared_hinge_loss(
    input: Tensor, label: Tensor, *, margin: float = 1.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""Square of the hinge loss: no corner at the margin, and far misses weigh more.

    .. math:: \ell = \max(0,\; m - y f)^2, \qquad y \in \{-1, 1\}

    Args:
        input (Tensor): scores f, floating, any shape. Half precision is computed in float32.
        label (Tensor): y, -1 or 1 everywhere, the same shape; cast to the dtype of ``input``.
        margin (float): m > 0, in units of the score.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label is not -1 or 1, ``margin`` is not
            above 0, or ``reduction`` is unknown.

    Relations:
        ``squared_hinge_loss(reduction="none") == hinge_loss(reduction="none") ** 2``.

    Source:
        K.-W. Chang, C.-J. Hsieh and C.-J. Lin, Coordinate descent method for large-scale L2-loss
        linear support vector machines, 2008. Document S0 (the hinge family).

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.5, 0.5]), paddle.to_tensor([1, -1])
        >>> losses.squared_hinge_loss(input, label, reduction="none").tolist()
        [0.25, 2.25]
    """
    _checks.number("squared_hinge_loss", "(0, inf)", margin=margin)
    fused = kernels.elementwise("SquaredHinge", input, label, [margin], reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("squared_hinge_loss", input=input, label=label)
    label = _values.signs("squared_hinge_loss", "label", label)
    loss = paddle.square(_shortfall(input, label, margin))
    return reduce("squared_hinge_loss", loss, reduction)


@full_precision
def multiclass_hinge_loss(
    input: Tensor,
    label: Tensor,
    *,
    margin: float = 1.0,
    variant: Literal["crammer_singer", "weston_watkins"] = "crammer_singer",
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Hinge loss of several classes: the right score shall lead every other by ``margin``.

    .. math::
        \text{crammer\_singer:}\;\; \max_{k \ne y} \max(0,\; m - x_y + x_k) \qquad
        \text{weston\_watkins:}\;\; \sum_{k \ne y} \max(0,\; m - x_y + x_k)

    Args:
        input (Tensor): scores x with a class axis, floating. Half precision is computed in float32.
        label (Tensor): integer class ids y, the shape of ``input`` without ``axis``.
        margin (float): m > 0, in units of the score.
        variant (str): "crammer_singer" counts the best wrong class, "weston_watkins" all that come too
            close.
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) over the rows, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``label`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit, a class id does not exist, ``margin`` is not above 0, or an
            option is unknown.

    Relations:
        Of two classes both are ``hinge_loss`` of the difference of their scores. Paddle's
        ``multi_margin_loss`` (and torch's) is "weston_watkins" divided by the number of classes.

    Source:
        K. Crammer and Y. Singer, On the algorithmic implementation of multiclass kernel-based vector
        machines, 2001; J. Weston and C. Watkins, Support vector machines for multi-class pattern
        recognition, 1999. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> scores, label = paddle.to_tensor([[1.0, 0.5, 0.2]]), paddle.to_tensor([0])
        >>> print(f"{losses.multiclass_hinge_loss(scores, label).item():.4f}")
        0.5000
        >>> print(f"{losses.multiclass_hinge_loss(scores, label, variant='weston_watkins').item():.4f}")
        0.7000
    """
    function = "multiclass_hinge_loss"
    input, axis = _checks.classes(function, input, axis)
    _checks.number(function, "(0, inf)", margin=margin)
    _checks.option(function, ("crammer_singer", "weston_watkins"), variant=variant)
    ids, _, ok = _labels.rows(function, label, input, axis)
    if 0 in input.shape:
        return reduce(function, nothing(input, axis), reduction)
    excess = _excess(input, ids, margin, axis)
    if variant == "weston_watkins":
        loss = row_sum(positive_part(excess), axis).squeeze(axis)
    else:
        best = paddle.argmax(excess, axis, keepdim=True)
        loss = positive_part(paddle.take_along_axis(excess, best, axis)).squeeze(axis)
        loss = loss + only_nan(input).sum(axis)
    return reduce(function, _labels.known(loss, ok), reduction)


def _excess(x: Tensor, ids: Tensor, margin: float, axis: int) -> Tensor:
    # m - x_y + x_k for the wrong classes, and less than nothing for the right one.
    right = _labels.one_hot(ids, x.shape[axis], x.dtype, axis) > 0
    own = row_sum(paddle.where(right, x, paddle.zeros_like(x)), axis)
    # No put_along_axis: where its second derivative is asked for, Paddle 3 leaves gradients off for good.
    return paddle.where(right, -paddle.ones_like(x), constant(margin, x) + (x - own))


@full_precision
def exponential_loss(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Exponential loss, the one that AdaBoost minimises: its price for a mistake grows exponentially.

    .. math:: \ell = \exp(-y f), \qquad y \in \{-1, 1\}

    One mislabelled element can outweigh the rest; beyond a miss of 88.7 the loss is inf in float32,
    which cannot hold its true value.

    Args:
        input (Tensor): scores f, floating, any shape. Half precision is computed in float32.
        label (Tensor): y, -1 or 1 everywhere, the same shape; cast to the dtype of ``input``.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label is not -1 or 1, or ``reduction`` is
            unknown.

    Source:
        J. Friedman, T. Hastie and R. Tibshirani, Additive logistic regression: a statistical view of
        boosting, 2000 (AdaBoost itself: Y. Freund and R. E. Schapire, 1997). Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.0, 1.0]), paddle.to_tensor([1, 1])
        >>> loss = losses.exponential_loss(input, label, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['1.0000', '0.3679']
    """
    fused = kernels.elementwise("Exponential", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("exponential_loss", input=input, label=label)
    label = _values.signs("exponential_loss", "label", label)
    return reduce("exponential_loss", paddle.exp(-label * input), reduction)


@full_precision
def logistic_loss(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Logistic loss: the cross entropy of two classes, written for labels -1 and 1.

    .. math:: \ell = \log(1 + \exp(-y f)), \qquad y \in \{-1, 1\}

    Relatively accurate for every score: where ``softplus(-20)`` of Paddle is 0, this is 2.06e-9.

    Args:
        input (Tensor): scores f, floating, any shape. Half precision is computed in float32.
        label (Tensor): y, -1 or 1 everywhere, the same shape; cast to the dtype of ``input``.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label is not -1 or 1, or ``reduction`` is
            unknown.

    Relations:
        ``binary_cross_entropy_with_logits(f, (y + 1) / 2)`` is the same loss.

    Source:
        J. Friedman, T. Hastie and R. Tibshirani, Additive logistic regression: a statistical view of
        boosting, 2000. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.0, 20.0]), paddle.to_tensor([1, 1])
        >>> loss = losses.logistic_loss(input, label, reduction="none")
        >>> [f"{value:.3e}" for value in loss.tolist()]
        ['6.931e-01', '2.061e-09']
    """
    fused = kernels.elementwise("Logistic", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("logistic_loss", input=input, label=label)
    label = _values.signs("logistic_loss", "label", label)
    return reduce("logistic_loss", softplus(-label * input), reduction)
