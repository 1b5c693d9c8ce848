"""PolyLoss: cross entropy and focal loss as the first terms of a series in 1 - p_t, to be adjusted.

-log p_t = Σ_j (1 - p_t)^j / j. A coefficient is *added* to the 1/j that is there already.
"""

from __future__ import annotations

from collections.abc import Sequence

from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _labels, _values
from ._labels import SmoothingMode
from ._math import constant, expm1, focal, sigmoid, softplus
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import margin, row_sum, soft_cross_entropy, surprisal


@full_precision
def poly1_cross_entropy(
    input: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    poly_epsilon: float = 2.0,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    smoothing_mode: SmoothingMode = "uniform",
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy with one more term: the first of its series, weighted anew.

    .. math:: \ell = -\log p_t + \epsilon_1 (1 - p_t), \qquad p = \operatorname{softmax}(x)

    ε > 0 trusts the label longer and helped where classes are balanced (2 on ImageNet); a negative ε
    helps against overconfidence on imbalanced data. ε = 0 is the cross entropy.

    Args:
        input (Tensor): logits x with a class axis, floating. Half precision is computed in float32.
        label (Tensor): integer class ids, the shape of ``input`` without ``axis``; or a distribution
            q in [0, 1], the shape of ``input``. Then p_t is Σ q·p.
        sample_weight (Tensor, optional): a weight >= 0 per row, the shape of ``input`` without
            ``axis``.
        poly_epsilon (float): ε, finite; from -1 on the loss falls as p_t rises.
        weight (Tensor, optional): a weight >= 0 per class, [classes], a factor of both terms.
        ignore_index (int): rows with this class id are left out.
        label_smoothing (float): α in [0, 1], see ``label_smooth``.
        smoothing_mode (str): "uniform" or "off_target".
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) is Σ w·loss / Σ w·u as in ``cross_entropy``, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or class ids are not
            integers.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, a share
            leaves [0, 1], a weight is negative, or a setting is out of range.

    Relations:
        ``poly_cross_entropy(coefficients=[poly_epsilon])``.

    Source:
        Z. Leng et al., PolyLoss: a polynomial expansion perspective of classification loss functions,
        2022. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits, label = paddle.zeros([1, 2]), paddle.to_tensor([0])
        >>> print(f"{losses.poly1_cross_entropy(logits, label).item():.4f}")  # log 2 + 2 / 2
        1.6931
    """
    return _poly(
        "poly1_cross_entropy", input, label, sample_weight, {"poly_epsilon": poly_epsilon}, weight,
        ignore_index, label_smoothing, smoothing_mode, axis, reduction,
    )  # fmt: skip


@full_precision
def poly_cross_entropy(
    input: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    coefficients: Sequence[float],
    weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    smoothing_mode: SmoothingMode = "uniform",
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy with the first terms of its series weighted anew.

    .. math:: \ell = -\log p_t + \sum_{j=1}^{J} \epsilon_j (1 - p_t)^j, \qquad p = \operatorname{softmax}(x)

    Args:
        input (Tensor): logits x with a class axis, floating. Half precision is computed in float32.
        label (Tensor): integer class ids, the shape of ``input`` without ``axis``; or a distribution
            q in [0, 1], the shape of ``input``. Then p_t is Σ q·p.
        sample_weight (Tensor, optional): a weight >= 0 per row, the shape of ``input`` without
            ``axis``.
        coefficients (list): ε_1, ε_2, …, finite numbers, at least one; negative ones are legal.
        weight (Tensor, optional): a weight >= 0 per class, [classes], a factor of all terms.
        ignore_index (int): rows with this class id are left out.
        label_smoothing (float): α in [0, 1], see ``label_smooth``.
        smoothing_mode (str): "uniform" or "off_target".
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) is Σ w·loss / Σ w·u as in ``cross_entropy``, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or class ids are not
            integers.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, a share
            leaves [0, 1], a weight is negative, or a setting is out of range.

    Relations:
        Coefficients of 0 give ``cross_entropy``; -1/j for j up to J drops the first J terms.

    Source:
        Z. Leng et al., PolyLoss: a polynomial expansion perspective of classification loss functions,
        2022. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits, label = paddle.zeros([1, 2]), paddle.to_tensor([0])
        >>> loss = losses.poly_cross_entropy(logits, label, coefficients=[1.0, -2.0])
        >>> print(f"{loss.item():.4f}")  # log 2 + 1 / 2 - 2 / 4
        0.6931
    """
    if not isinstance(coefficients, (list, tuple)) or not coefficients:
        raise ValueError(
            f"poly_cross_entropy: coefficients must be a list of at least one number, got {coefficients!r}."
        )
    named = {}
    for j in range(len(coefficients)):
        named[f"coefficients[{j}]"] = coefficients[j]
    return _poly(
        "poly_cross_entropy", input, label, sample_weight, named, weight,
        ignore_index, label_smoothing, smoothing_mode, axis, reduction,
    )  # fmt: skip


def _poly(
    function, input, label, sample_weight, coefficients, weight,
    ignore_index, smoothing, mode, axis, reduction,
) -> Tensor:  # fmt: skip
    _checks.number(function, "(-inf, inf)", **coefficients)
    fused = kernels.softmax(
        "Poly", input, label, list(coefficients.values()), axis=axis, factor=weight,
        ignore_index=ignore_index, label_smoothing=smoothing, smoothing_mode=mode,
        sample_weight=sample_weight, reduction=reduction,
    )  # fmt: skip
    if given(fused):
        return fused
    input, axis = _checks.classes(function, input, axis)
    ids, shares, factor, counts, kept, ok = _labels.weighted_target(
        function, label, input, axis, weight, ignore_index, smoothing, mode
    )
    input = _labels.cleared(input, kept, axis)
    if 0 in input.shape:
        loss = nothing(input, axis)
    elif given(ids):
        loss = _poly_of_ids(input, ids, counts, list(coefficients.values()), axis)
    else:
        loss = _poly_of_shares(input, shares, factor, list(coefficients.values()), axis)
    loss = _labels.known(loss, ok)
    sample_weight = _checks.weights(function, sample_weight, loss)
    return reduce(function, loss, reduction, weight=sample_weight, mask=kept, counts=counts)


def _poly_of_ids(x: Tensor, ids: Tensor, factor: Tensor | None, coefficients: list, axis: int) -> Tensor:
    entropy = softplus(-margin(x, ids, axis))
    miss = -expm1(-entropy)  # 1 - p_t
    loss = entropy + _polynomial(miss, coefficients)
    return loss * factor if given(factor) else loss


def _poly_of_shares(x: Tensor, q: Tensor, factor: Tensor | None, coefficients: list, axis: int) -> Tensor:
    # 1 - p_t = Σ q (1 - p) + 1 - Σ q: the second part is 0, or the label is no distribution.
    misses = -expm1(-surprisal(x, axis))
    miss = (row_sum(q * misses, axis) + (1 - row_sum(q, axis))).squeeze(axis)
    terms = _polynomial(miss, coefficients)
    if given(factor):
        q = q * factor
        terms = terms * row_sum(q, axis).squeeze(axis)
    return soft_cross_entropy(x, q, axis) + terms


def _polynomial(miss: Tensor, coefficients: list) -> Tensor:
    power, total = miss, constant(coefficients[0], miss) * miss
    for j in range(1, len(coefficients)):
        power = power * miss
        total = total + constant(coefficients[j], miss) * power
    return total


@full_precision
def poly1_focal_loss(
    logit: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    poly_epsilon: float = 1.0,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Focal loss of two classes with one more term: the first of its series, weighted anew.

    .. math::
        \ell = \mathrm{focal}_{\alpha,\gamma}(x, y) + \epsilon_1 (1 - p_t)^{\gamma + 1}, \qquad
        1 - p_t = y (1 - \sigma(x)) + (1 - y)\, \sigma(x)

    α is on the focal part only, as in the paper.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft, the same shape; cast to the dtype of ``logit``.
        sample_weight (Tensor, optional): a weight >= 0 per element, the same shape.
        poly_epsilon (float): ε, finite; from -min(α, 1 - α) on (-1 without α) the loss falls as p_t rises.
        alpha (float, optional): α in [0, 1], the weight of the positive class; None sets both weights
            to 1.
        gamma (float): γ >= 0: how fast easy elements fade.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of the
            weights: the number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default) is Σ w·loss / Σ w with w the sample weight, "sum" is
            Σ w·loss, "none" every w·loss.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], a weight or the
            normalizer is negative, or a setting is out of range.

    Relations:
        ε = 0 is ``sigmoid_focal_loss``.

    Source:
        Z. Leng et al., PolyLoss: a polynomial expansion perspective of classification loss functions,
        2022. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.to_tensor([0.0]), paddle.to_tensor([1.0])
        >>> loss = losses.poly1_focal_loss(logit, label)  # log 2 / 16 + 1 / 8
        >>> print(f"{loss.item():.4f}")
        0.1683
    """
    function = "poly1_focal_loss"
    _checks.number(function, "(-inf, inf)", poly_epsilon=poly_epsilon)
    if alpha is not None:
        _checks.number(function, "[0, 1]", alpha=alpha)
    _checks.number(function, "[0, inf)", gamma=gamma)
    fused = kernels.focal(logit, label, alpha, gamma, poly_epsilon, sample_weight, normalizer, reduction)
    if given(fused):
        return fused
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    sample_weight = _checks.weights(function, sample_weight, logit)
    loss = focal(logit, label, alpha, gamma)
    loss = loss + constant(poly_epsilon, logit) * _miss_power(logit, label, gamma + 1)
    return reduce(function, loss, reduction, weight=sample_weight, normalizer=normalizer)


def _miss_power(x: Tensor, y: Tensor, exponent: float) -> Tensor:
    # (1 - p_t)^exponent
    miss = y * sigmoid(-x) + (1 - y) * sigmoid(x)
    return miss ** constant(exponent, x)
