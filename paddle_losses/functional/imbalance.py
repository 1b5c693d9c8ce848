"""Losses for data in which one class drowns the others."""

from __future__ import annotations

from numbers import Real

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _labels, _values
from ._density import classification_hardness, harmony, regression_hardness
from ._math import bernoulli, constant, focal, hypotenuse
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import margin


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
    if alpha is not None:
        _checks.number(function, "[0, 1]", alpha=alpha)
    _checks.number(function, "[0, inf)", gamma=gamma)
    fused = kernels.focal(logit, label, alpha, gamma, 0, sample_weight, normalizer, reduction)
    if given(fused):
        return fused
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    weight = _checks.weights(function, sample_weight, logit)
    loss = focal(logit, label, alpha, gamma)
    return reduce(function, loss, reduction, weight=weight, normalizer=normalizer)


focal_loss = sigmoid_focal_loss


@full_precision
def softmax_focal_loss(
    input: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    alpha: float | Tensor | None = None,
    gamma: float = 2.0,
    ignore_index: int = -100,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Focal loss of several classes that exclude each other: easy rows fade out.

    .. math:: \ell = -\alpha_y (1 - p_y)^\gamma \log p_y, \qquad p = \operatorname{softmax}(x)

    No class is taken for the background. Value and gradient are finite for every γ >= 0, also below 1,
    as long as γ times the gap between the logits is.

    Args:
        input (Tensor): logits x with a class axis, floating. Half precision is computed in float32.
        label (Tensor): integer class ids y, the shape of ``input`` without ``axis``.
        sample_weight (Tensor, optional): a weight >= 0 per row, the shape of ``label``.
        alpha (float|Tensor, optional): α >= 0, a number or one per class, [classes]; None is 1. It is
            part of the loss: the mean is not divided by it.
        gamma (float): γ >= 0: how fast easy rows fade.
        ignore_index (int): rows with this class id are left out.
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) is Σ w·loss / Σ w with w the sample weight, over the rows
            that are not ignored; "sum" is Σ w·loss, "none" every w·loss. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``label`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, a weight is
            negative, or a setting is out of range.

    Relations:
        γ = 0 is ``cross_entropy``. Of two classes it is ``sigmoid_focal_loss`` of the difference of
        their logits.

    Source:
        T.-Y. Lin et al., Focal loss for dense object detection, 2017 (for the sigmoid). Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits = paddle.to_tensor([[4.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        >>> loss = losses.softmax_focal_loss(logits, paddle.to_tensor([0, 0]), reduction="none")
        >>> [f"{value:.3e}" for value in loss.tolist()]
        ['4.492e-05', '4.883e-01']
    """
    function = "softmax_focal_loss"
    _checks.number(function, "[0, inf)", gamma=gamma)
    single = isinstance(alpha, Real)
    if single:
        _checks.number(function, "[0, inf)", alpha=alpha)
    fused = kernels.softmax(
        "Focal", input, label, [alpha if single else 1, gamma], axis=axis, factor=None if single else alpha,
        factor_counts=False, ignore_index=ignore_index, sample_weight=sample_weight, reduction=reduction,
    )  # fmt: skip
    if given(fused):
        return fused
    input, axis = _checks.classes(function, input, axis)
    ids, kept, ok = _labels.rows(function, label, input, axis, ignore_index)
    factor = _alpha(function, alpha, input, axis)
    input = _labels.cleared(input, kept, axis)
    loss = nothing(input, axis) if 0 in input.shape else _focal_of_ids(input, ids, factor, gamma, axis)
    loss = _labels.known(loss, ok)
    weight = _checks.weights(function, sample_weight, loss)
    return reduce(function, loss, reduction, weight=weight, mask=kept)


def _alpha(function: str, alpha: float | Tensor | None, x: Tensor, axis: int) -> Tensor | None:
    if isinstance(alpha, Real):
        return constant(alpha, x)
    return _labels.class_weight(function, alpha, x, axis, "alpha")


def _focal_of_ids(x: Tensor, ids: Tensor, alpha: Tensor | None, gamma: float, axis: int) -> Tensor:
    # The focal loss of a positive element whose logit is the margin of its class.
    score = margin(x, ids, axis)
    loss = focal(score, paddle.ones_like(score), None, gamma)
    if not given(alpha):
        return loss
    return loss * (alpha if len(alpha.shape) == 0 else _labels.of_class(alpha, ids))


@full_precision
def ghm_classification_loss(
    logit: Tensor,
    label: Tensor,
    density: Tensor | None = None,
    *,
    bins: int = 10,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Gradient harmonizing of two classes: cross entropy in which crowded gradients share one vote.

    .. math::
        \ell_i = \frac{N}{c_{b(i)} B}\; \mathrm{BCE}(x_i, y_i), \qquad
        b(i) = \lfloor \mathrm{bins} \cdot |\sigma(x_i) - y_i| \rfloor

    The gradient's size g = |σ(x) - y| says how hard an element is. Elements are counted in ``bins``
    of equal width, and each weighs N / (count of its bin · number of bins that are not empty): the
    mass of easy elements loses weight, and so do the outliers that focal loss would chase. The weight
    is a constant in the gradient; weights average to 1.

    Args:
        logit (Tensor): x, floating, any shape. Half precision is computed in float32.
        label (Tensor): y in [0, 1], the same shape; cast to the dtype of ``logit``.
        density (Tensor, optional): counts >= 0 to use instead of the batch's own, [bins], floating or
            integer; N is their sum. An element in a bin that they call empty counts as its only one.
        bins (int): the number of bins, at least 1.
        reduction (str): "mean" (default) over the elements, "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``logit`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``logit`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label leaves [0, 1], a count is negative,
            ``bins`` is no positive integer, or ``reduction`` is unknown.

    Relations:
        Where all bins hold equally many, this is the cross entropy. The Layer keeps a running
        ``density`` over the batches. Document S4 prints a product with the density where text and
        paper divide by it. mmdetection's running form multiplies the first batches up (its average
        starts at 0 and N is the batch's); here N is the density's own sum.

    Source:
        B. Li, Y. Liu and X. Wang, Gradient harmonized single-stage detector, 2019. Document S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logit, label = paddle.to_tensor([-4.0, -4.0, -4.0, 0.0]), paddle.zeros([4])
        >>> loss = losses.ghm_classification_loss(logit, label, reduction="none")  # 4/(3·2), 4/(1·2)
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.0121', '0.0121', '0.0121', '1.3863']
    """
    function = "ghm_classification_loss"
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    density = _density(function, density, bins)
    if 0 in logit.shape:
        return reduce(function, logit, reduction)
    weight = harmony(classification_hardness(logit, label), density, bins)
    return reduce(function, weight * bernoulli(logit, label), reduction)


@full_precision
def ghm_regression_loss(
    input: Tensor,
    label: Tensor,
    density: Tensor | None = None,
    *,
    mu: float = 0.02,
    bins: int = 10,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Gradient harmonizing of regression: a smooth L1 in which crowded gradients share one vote.

    .. math::
        \ell_i = \frac{N}{c_{b(i)} B} \Bigl(\sqrt{e_i^2 + \mu^2} - \mu\Bigr), \qquad
        b(i) = \Bigl\lfloor \mathrm{bins} \cdot |e_i| / \sqrt{e_i^2 + \mu^2} \Bigr\rfloor

    e is label - input. Elements are counted in ``bins`` of the gradient's size, and each weighs
    N / (count of its bin · number of bins that are not empty), a constant in the gradient.

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): the same shape; cast to the dtype of ``input``.
        density (Tensor, optional): counts >= 0 to use instead of the batch's own, [bins], floating or
            integer; N is their sum. An element in a bin that they call empty counts as its only one.
        mu (float): μ > 0, in units of the label: how far from 0 the loss is round.
        bins (int): the number of bins, at least 1.
        reduction (str): "mean" (default) over the elements, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a count is negative, a setting is out of
            range, or ``reduction`` is unknown.

    Relations:
        The Layer keeps a running ``density`` over the batches.

    Source:
        B. Li, Y. Liu and X. Wang, Gradient harmonized single-stage detector, 2019. Document S4 (its
        classification form).

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.0, 0.0, 3.0]), paddle.zeros([3])
        >>> print(f"{losses.ghm_regression_loss(input, label, reduction='sum').item():.4f}")
        4.4701
    """
    function = "ghm_regression_loss"
    input, label = _checks.pair(function, input=input, label=label)
    _checks.number(function, "(0, inf)", mu=mu)
    density = _density(function, density, bins)
    if 0 in input.shape:
        return reduce(function, input, reduction)
    error = label - input
    weight = harmony(regression_hardness(error, mu), density, bins)
    return reduce(function, weight * _round_l1(error, mu), reduction)


def _density(function: str, density: Tensor | None, bins: int) -> Tensor | None:
    _checks.count(function, 1, bins=bins)
    if not given(density):
        return None
    density = _checks.cast(function, "density", density, "float64")
    _checks.require_shape(function, "density", density, [bins], "one count per bin")
    ok = paddle.logical_and(density >= 0, density < float("inf"))
    return _values.demand(function, "density", density, ok, "hold finite counts of at least 0")


def _round_l1(error: Tensor, mu: float) -> Tensor:
    # sqrt(e² + μ²) - μ, without the difference that would lose small errors.
    return error * (error / (hypotenuse(error, mu) + constant(mu, error)))
