"""Losses for predictions that choose between classes."""

from __future__ import annotations

import paddle
from paddle import Tensor

from . import _checks, _labels, _values
from ._precision import full_precision
from ._reduce import Reduction, reduce


@full_precision
def zero_one_loss(input: Tensor, label: Tensor, *, axis: int = -1, reduction: Reduction = "mean") -> Tensor:
    r"""1 for a wrong decision, 0 for a right one: the error rate, for evaluation.

    .. math:: \ell = [\operatorname{argmax}_k x_k \ne y] \quad\text{or}\quad [(x > 0) \ne (y > 0)]

    The gradient is 0 everywhere, so nothing can be trained with it.

    Args:
        input (Tensor): scores or probabilities with a class axis, or logits (positive where > 0)
            where ``label`` has the same shape. Floating; half precision is computed in float32.
        label (Tensor): integer class ids, the shape of ``input`` without ``axis``; or, of the same
            shape as ``input``, labels of any dtype: 1 for yes, 0 or -1 for no. (Probabilities are all
            positive: for yes or no, give logits.)
        axis (int): the class axis of ``input``, with two classes or more. The first of equal scores
            is the decision.
        reduction (str): "mean" (default) is the share of wrong decisions, "sum" their number, "none"
            0 or 1 for each.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``label`` for "none". NaN scores give NaN.

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or class ids are not
            integers.
        ValueError: shapes do not fit, a class id does not exist, a label of the same shape is not
            -1, 0 or 1, ``axis`` does not exist, or ``reduction`` is unknown.

    Source:
        The risk of statistical decision theory: A. Wald, Statistical decision functions, 1950.
        Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> scores = paddle.to_tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
        >>> losses.zero_one_loss(scores, paddle.to_tensor([1, 0, 0, 0])).item()
        0.25
        >>> losses.zero_one_loss(paddle.to_tensor([-2.0, 3.0]), paddle.to_tensor([0, 1])).item()
        0.0
    """
    input = _checks.prediction("zero_one_loss", "input", input)
    _checks.require_tensor("zero_one_loss", "label", label)
    if len(label.shape) == len(input.shape):
        loss = _wrong_signs(input, label)
    else:
        loss = _wrong_classes(input, label, _checks.axis("zero_one_loss", axis, input))
    return reduce("zero_one_loss", loss, reduction)


def _wrong_signs(x: Tensor, label: Tensor) -> Tensor:
    y = _checks.companion("zero_one_loss", "label", label, x)
    known = paddle.logical_or(y.abs() == 1, y == 0)
    _values.verify("zero_one_loss", "label", y, known, "be 1 for yes, and 0 or -1 for no, everywhere")
    wrong = ((x > 0) != (y > 0)).astype(x.dtype)
    return _values.poison(wrong + _only_nan(x), known)


def _wrong_classes(x: Tensor, label: Tensor, axis: int) -> Tensor:
    function, shape = "zero_one_loss", list(x.shape)
    classes = shape.pop(axis)
    if classes < 2:
        raise ValueError(
            f"{function}: input must have a known number of classes, at least 2, on axis {axis}, "
            f"got shape {list(x.shape)}. For yes or no, give label the shape of input."
        )
    ids, _, ok = _labels.class_ids(function, label, classes)
    _checks.require_shape(function, "label", ids, shape, "the shape of input without its class axis")
    if 0 in shape:
        return ids.astype(x.dtype)
    decision = paddle.argmax(x, axis)
    wrong = (decision != ids).astype(x.dtype) + _only_nan(x).sum(axis)
    return _checks.aligned(_values.poison(wrong, ok), ids, decision)


def _only_nan(x: Tensor) -> Tensor:
    # NaN where x is NaN, else 0: hands NaN on and keeps the graph connected, with gradient 0.
    return paddle.where(paddle.isnan(x), x, paddle.zeros_like(x))
