"""Cross entropy of two classes, weighted and balanced.

Functions that take ``logit`` want the raw score x, with p = σ(x) the probability of the positive
class; only ``binary_cross_entropy`` takes probabilities. Labels are 0/1, or between.
"""

from __future__ import annotations

from numbers import Real

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _values
from ._math import at_least, bernoulli, constant, held, sides, step, weigh
from ._precision import full_precision
from ._reduce import Reduction, reduce


@full_precision
def binary_cross_entropy(
    input: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    epsilon: float = 1e-7,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of two classes, from probabilities. Prefer the form that takes logits.

    .. math:: \ell = -[y \log p + (1 - y) \log(1 - p)], \qquad p \in [\epsilon, 1 - \epsilon]

    Probabilities are clipped, which caps loss and gradient: closer than ε to 0 or 1 the gradient is 0.
    The clipping is exact, also where float32 cannot hold 1 - ε.

    Args:
        input (Tensor): probabilities in [0, 1] (1e-6 beyond passes as rounding), floating, any shape.
            Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft, the same shape; cast to the dtype of ``input``.
        sample_weight (Tensor, optional): a weight >= 0 per element, the same shape.
        epsilon (float): ε, strictly between 0 and 0.5.
        reduction (str): "mean" (default) is Σ w·loss / Σ w with w the sample weight, "sum" is
            Σ w·loss, "none" every w·loss. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a value leaves [0, 1], a weight is
            negative, ``epsilon`` is out of range, or ``reduction`` is unknown.

    Relations:
        Paddle divides a weighted mean by the number of elements; here it is divided by the weights.
        The documents clip the label as well: ``paddle_losses.compat.bce_loss``.

    Source:
        I. J. Good, Rational decisions, 1952. Documents S0, S1, S2, S3, S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.9, 0.1, 1.0]), paddle.to_tensor([1.0, 0.0, 1.0])
        >>> print(f"{losses.binary_cross_entropy(input, label).item():.6f}")
        0.070240
    """
    _checks.number("binary_cross_entropy", "(0, 0.5)", epsilon=epsilon)
    fused = kernels.elementwise(
        "ProbabilityBernoulli", input, label, [epsilon], sample_weight=sample_weight, reduction=reduction
    )
    if given(fused):
        return fused
    input, label = _checks.pair("binary_cross_entropy", input=input, label=label)
    input = _values.probabilities("binary_cross_entropy", "input", input)
    label = _values.shares("binary_cross_entropy", "label", label)
    weight = _checks.weights("binary_cross_entropy", sample_weight, input)
    loss = _binary_cross_entropy(input, label, epsilon)
    return reduce("binary_cross_entropy", loss, reduction, weight=weight)


def _binary_cross_entropy(p: Tensor, y: Tensor, epsilon: float) -> Tensor:
    # near = distance of p to the closer of 0 and 1. It is exact, and ε is representable as such a
    # distance, while 1 - ε is not: float32 rounds 1 - 1e-7 to 1 - 1.19e-7.
    upper = step(p - 0.5)
    near = at_least(epsilon, upper + p * (1 - 2 * upper))
    y_near = y + upper * (1 - 2 * y)
    return -(y_near * paddle.log(near) + (1 - y_near) * paddle.log1p(-near))


@full_precision
def binary_cross_entropy_with_logits(
    logit: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    pos_weight: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of two classes, from logits: right for every logit, 0 and ±10 000 included.

    .. math:: \ell = -[w\, y \log \sigma(x) + (1 - y) \log(1 - \sigma(x))]

    The gradient is σ(x) - y for w = 1.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft, the same shape; cast to the dtype of ``logit``.
        sample_weight (Tensor, optional): a weight >= 0 per element, the same shape.
        pos_weight (float|Tensor, optional): w >= 0, the factor of the y = 1 term: a number, or a
            tensor with one entry per position of the last axis. It is part of the loss: the mean is
            not divided by it.
        reduction (str): "mean" (default) is Σ v·loss / Σ v with v the sample weight, "sum" is
            Σ v·loss, "none" every v·loss. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], a weight is
            negative, or ``reduction`` is unknown.

    Relations:
        ``sigmoid_focal_loss(alpha=None, gamma=0)`` is this loss; ``logistic_loss`` is it for -1/1
        labels.

    Source:
        D. R. Cox, The regression analysis of binary sequences, 1958. Documents S0, S1, S2, S3, S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.to_tensor([0.0, 1e4, -1e4]), paddle.to_tensor([1.0, 1.0, 1.0])
        >>> loss = losses.binary_cross_entropy_with_logits(logit, label, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.6931', '0.0000', '10000.0000']
    """
    function = "binary_cross_entropy_with_logits"
    if given(pos_weight):
        fused = _fused_weighted(function, logit, label, pos_weight, 1, sample_weight, reduction)
    else:
        fused = kernels.elementwise(
            "Bernoulli", logit, label, sample_weight=sample_weight, reduction=reduction
        )
    if given(fused):
        return fused
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    weight = _checks.weights(function, sample_weight, logit)
    if given(pos_weight):
        pos_weight = _checks.per_class(function, "pos_weight", pos_weight, logit)
        loss = _weighted_bernoulli(logit, label, pos_weight)
    else:
        loss = bernoulli(logit, label)
    return reduce(function, loss, reduction, weight=weight)


def _fused_weighted(function, logit, label, positive, negative, sample_weight, reduction) -> Tensor | None:
    if isinstance(positive, Real):
        _checks.number(function, "[0, inf)", pos_weight=positive)
    return kernels.elementwise(
        "WeightedBernoulli", logit, label,
        table=(positive, negative), sample_weight=sample_weight, reduction=reduction,
    )  # fmt: skip


def _weighted_bernoulli(x: Tensor, y: Tensor, positive, negative=1) -> Tensor:
    return weigh(x, *sides(x), y * positive, (1 - y) * negative)


@full_precision
def weighted_cross_entropy(
    logit: Tensor,
    label: Tensor,
    *,
    pos_weight: float | Tensor = 1.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of two classes with a weight on the positive one, from logits.

    .. math:: \ell = -[w\, y \log \sigma(x) + (1 - y) \log(1 - \sigma(x))]

    With twice as many negatives as positives, w = 2 balances them.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft, the same shape; cast to the dtype of ``logit``.
        pos_weight (float|Tensor): w >= 0: a number, or a tensor with one entry per position of the
            last axis.
        reduction (str): "mean" (default; over the elements, not over w), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], ``pos_weight`` is
            negative, or ``reduction`` is unknown.

    Relations:
        The same loss as ``binary_cross_entropy_with_logits(pos_weight=w)``, under the name that the
        documents give it. Theirs takes probabilities: ``paddle_losses.compat.wce_loss``.

    Source:
        S. Xie and Z. Tu, Holistically-nested edge detection, 2015 (the idea of class weights).
        Document S1.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.to_tensor([0.0, 0.0]), paddle.to_tensor([1.0, 0.0])
        >>> loss = losses.weighted_cross_entropy(logit, label, pos_weight=2.0, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['1.3863', '0.6931']
    """
    function = "weighted_cross_entropy"
    fused = _fused_weighted(function, logit, label, pos_weight, 1, None, reduction)
    if given(fused):
        return fused
    logit, label = _checks.pair(function, logit=logit, label=label)
    pos_weight = _checks.per_class(function, "pos_weight", pos_weight, logit)
    label = _values.shares(function, "label", label)
    return reduce(function, _weighted_bernoulli(logit, label, pos_weight), reduction)


@full_precision
def balanced_cross_entropy(
    logit: Tensor,
    label: Tensor,
    *,
    beta: float | None = 0.5,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of two classes, weights β on the positive and 1 - β on the negative, from logits.

    .. math:: \ell = -[\beta\, y \log \sigma(x) + (1 - \beta)(1 - y) \log(1 - \sigma(x))]

    β = 0.5 is half the plain cross entropy. The share of *negatives* among the labels balances the
    two classes; ``beta=None`` takes that share from the batch, as a constant in the gradient. A batch
    of one class then has loss 0 and teaches nothing: where positives are so rare that batches lack
    them, give the share of the whole data set as a number.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft, the same shape; cast to the dtype of ``logit``.
        beta (float, optional): β in [0, 1], or None for the batch's own share of negatives.
        reduction (str): "mean" (default; over the elements, not over β), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], ``beta`` does, or
            ``reduction`` is unknown.

    Relations:
        The formula printed in document S1 has log p and log(1 - p) exchanged; its code is right, and
        is ``paddle_losses.compat.balanced_ce_loss``.

    Source:
        S. Xie and Z. Tu, Holistically-nested edge detection, 2015. Documents S0, S1, S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.zeros([4]), paddle.to_tensor([1.0, 0.0, 0.0, 0.0])
        >>> loss = losses.balanced_cross_entropy(logit, label, beta=None, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.5199', '0.1733', '0.1733', '0.1733']
    """
    function = "balanced_cross_entropy"
    if beta is not None:
        _checks.number(function, "[0, 1]", beta=beta)
    # What negatives weigh: the share of positives.
    share = kernels.mean(label) if beta is None else 1 - beta
    if given(share):
        positive = 1 - share if beta is None else beta
        fused = _fused_weighted(function, logit, label, positive, share, None, reduction)
        if given(fused):
            return fused
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    positive, negative = _balance(label, beta)
    return reduce(function, _weighted_bernoulli(logit, label, positive, negative), reduction)


def _balance(y: Tensor, beta: float | None) -> tuple[Tensor, Tensor]:
    if beta is None and 0 in y.shape:  # no batch to take it from, and nothing to balance
        beta = 0.5
    if beta is not None:
        return constant(beta, y), constant(1 - beta, y)
    y = held(y)
    return reduce("balanced_cross_entropy", 1 - y, "mean"), reduce("balanced_cross_entropy", y, "mean")
