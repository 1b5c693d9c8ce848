"""Losses for data in which one class drowns the others."""

from __future__ import annotations

import paddle
from paddle import Tensor

from . import _checks, _values
from ._math import bernoulli, constant, sides, weigh
from ._precision import full_precision
from ._reduce import Reduction, reduce


@full_precision
def sigmoid_focal_loss(
    logit: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Focal loss: cross entropy of two classes in which easy elements fade out.

    .. math::
        \ell = -\alpha (1 - p)^\gamma\, y \log p \;-\; (1 - \alpha)\, p^\gamma (1 - y) \log(1 - p),
        \qquad p = \sigma(x)

    Made for detectors, where a few positives face a hundred thousand easy negatives. Value and
    gradient are finite for every γ >= 0, also below 1, and for every logit as long as γ·x is.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], hard or soft (both terms count), the same shape; cast to the
            dtype of ``logit``.
        sample_weight (Tensor, optional): a weight >= 0 per element, the same shape.
        alpha (float, optional): α in [0, 1], the weight of the positive class; None sets both
            weights to 1. The paper's 0.25 belongs to γ = 2 and favours the *negatives*, which fade
            more: without a detector's flood of them, try 0.5 or more.
        gamma (float): γ >= 0: how fast easy elements fade.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of the
            weights: the number of positives, as the paper does. A count of 0 counts as 1. (A Layer
            keeps the one that it is given: for a new count per batch, call the function.)
        reduction (str): "mean" (default) is Σ w·loss / Σ w with w the sample weight, "sum" is
            Σ w·loss, "none" every w·loss. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], a weight or the
            normalizer is negative, ``alpha`` or ``gamma`` is out of range, ``normalizer`` is given
            without "mean", or ``reduction`` is unknown.

    Relations:
        ``gamma=0, alpha=None`` is ``binary_cross_entropy_with_logits``. Paddle's function of the
        same name has ``normalizer`` as its third argument and sums by default. The formula printed
        in document S1 misplaces a parenthesis; its code, on probabilities, is right and is
        ``paddle_losses.compat.focal_loss``.

    Source:
        T.-Y. Lin et al., Focal loss for dense object detection, 2017. Documents S0, S1, S2, S3, S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.to_tensor([4.0, 0.0, -4.0]), paddle.to_tensor([1.0, 1.0, 1.0])
        >>> loss = losses.focal_loss(logit, label, reduction="none")
        >>> [f"{value:.3e}" for value in loss.tolist()]
        ['1.468e-06', '4.332e-02', '9.687e-01']
    """
    function = "sigmoid_focal_loss"
    logit, label = _checks.pair(function, logit=logit, label=label)
    if alpha is not None:
        _checks.number(function, "[0, 1]", alpha=alpha)
    _checks.number(function, "[0, inf)", gamma=gamma)
    label = _values.shares(function, "label", label)
    weight = _checks.weights(function, sample_weight, logit)
    loss = _focal(logit, label, alpha, gamma)
    return reduce(function, loss, reduction, weight=weight, normalizer=normalizer)


focal_loss = sigmoid_focal_loss


def _focal(x: Tensor, y: Tensor, alpha: float | None, gamma: float) -> Tensor:
    # (1 - p)^γ = exp(-γ softplus(x)) and p^γ = exp(-γ softplus(-x)): finite slopes for γ < 1 too.
    if gamma == 0 and alpha is None:
        return bernoulli(x, y)
    p, tail = sides(x)
    rate = constant(-gamma, x)
    positive = y * paddle.exp(rate * (tail + x * p))
    negative = (1 - y) * paddle.exp(rate * (tail - x * (1 - p)))
    if alpha is not None:
        positive, negative = positive * constant(alpha, x), negative * constant(1 - alpha, x)
    return weigh(x, p, tail, positive, negative)
