"""Losses for predictions that are numbers. Everywhere e = label - input.

Losses that are even in e compute input - label: the second derivative of label - input is lost in
static programs of Paddle 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks
from ._math import at_most, constant, constants, magnitude, positive_part
from ._precision import full_precision
from ._reduce import Reduction, reduce


@full_precision
def l1_loss(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Absolute error: the loss whose best constant prediction is the median.

    .. math:: \ell = |e|, \qquad e = label - input

    An outlier pulls no harder than any other element. The gradient is the sign of the error,
    however small the error is, and 0 at 0.

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``.
        reduction (str): "mean" (default), "sum" or "none". Units are those of the label.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or ``reduction`` is unknown.

    Source:
        P. S. Laplace, Mémoire sur la probabilité des causes par les événements, 1774.
        Documents S1, S2, S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([1.0, 2.0, 3.0]), paddle.to_tensor([1.0, 3.0, 5.0])
        >>> losses.l1_loss(input, label).item()
        1.0
    """
    fused = kernels.elementwise("L1", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("l1_loss", input=input, label=label)
    return reduce("l1_loss", (input - label).abs(), reduction)


@full_precision
def mse_loss(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Squared error: the loss whose best constant prediction is the mean.

    .. math:: \ell = e^2, \qquad e = label - input

    There is no factor ½. The loss is convex in the prediction, its gradient is proportional to the
    error (not to the loss), and one outlier can outweigh all other elements.

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``.
        reduction (str): "mean" (default), "sum" or "none". Units are those of the label, squared.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or ``reduction`` is unknown.

    Source:
        A.-M. Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805.
        Documents S1 (``l2_loss``), S2, S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([1.0, 2.0]), paddle.to_tensor([1.0, 5.0])
        >>> losses.mse_loss(input, label).item()
        4.5
    """
    fused = kernels.elementwise("SquaredError", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("mse_loss", input=input, label=label)
    return reduce("mse_loss", paddle.square(input - label), reduction)


@full_precision
def mean_bias_error(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Signed error: positive where the prediction is too large. A diagnosis, not a loss to train with.

    .. math:: \ell = input - label

    Errors of opposite sign cancel, so the value ranges over all reals and 0 says only that the
    predictions are right on average.

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``.
        reduction (str): "mean" (default), "sum" or "none". Units are those of the label.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or ``reduction`` is unknown.

    Source:
        C. J. Willmott, Some comments on the evaluation of model performance, Bulletin of the
        American Meteorological Society, 1982. Documents S1, S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([3.0, 2.0, 2.0]), paddle.to_tensor([1.0, 2.0, 3.0])
        >>> losses.mean_bias_error(input, label, reduction="sum").item()
        1.0
    """
    fused = kernels.elementwise("Bias", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("mean_bias_error", input=input, label=label)
    return reduce("mean_bias_error", input - label, reduction)


@full_precision
def huber_loss(input: Tensor, label: Tensor, *, delta: float = 1.0, reduction: Reduction = "mean") -> Tensor:
    r"""Squared error near 0, absolute error beyond ``delta``: smooth, and outliers pull gently.

    .. math::
        \ell = \begin{cases} \tfrac12 e^2 & |e| \le \delta \\
                             \delta (|e| - \tfrac12 \delta) & |e| > \delta \end{cases}

    The gradient is the error, clipped to [-δ, δ].

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``.
        delta (float): δ > 0, in units of the label: errors beyond it count as outliers.
        reduction (str): "mean" (default), "sum" or "none". Units are those of the label, squared.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), ``delta`` is not above 0, or ``reduction``
            is unknown.

    Relations:
        ``huber_loss(delta=d) == d * smooth_l1_loss(beta=d)``. Paddle's ``smooth_l1_loss(delta=d)``
        is this loss. The documents' ``huber_loss``, min(δ|e|, e²), is neither: it is
        ``paddle_losses.compat.huber_loss``.

    Source:
        P. J. Huber, Robust estimation of a location parameter, 1964. Documents S1, S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([4.0, 2.0, 1.0]), paddle.to_tensor([1.0, 2.0, 3.0])
        >>> losses.huber_loss(input, label, delta=2.0).item()
        2.0
    """
    _checks.number("huber_loss", "(0, inf)", delta=delta)
    fused = kernels.elementwise("Huber", input, label, [delta], reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("huber_loss", input=input, label=label)
    return reduce("huber_loss", _huber(magnitude(input - label), delta), reduction)


def _huber(a: Tensor, delta: float) -> Tensor:
    # q (a - q/2) with q = min(a, δ): a²/2 below δ, δ (a - δ/2) above, and nothing overflows early.
    q = at_most(delta, a)
    return q * (a - 0.5 * q)


@full_precision
def smooth_l1_loss(
    input: Tensor, label: Tensor, *, beta: float = 1.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""Absolute error with its corner rounded off within ``beta`` of 0.

    .. math::
        \ell = \begin{cases} \tfrac12 e^2 / \beta & |e| \le \beta \\
                             |e| - \tfrac12 \beta & |e| > \beta \end{cases}

    The gradient is e/β, clipped to [-1, 1].

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``.
        beta (float): β >= 0, in units of the label: half the width of the rounded part. 0 gives
            ``l1_loss``.
        reduction (str): "mean" (default), "sum" or "none". Units are those of the label.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), ``beta`` is negative, or ``reduction`` is
            unknown.

    Relations:
        ``smooth_l1_loss(beta=b) == huber_loss(delta=b) / b``, so the two agree only at 1. Paddle's
        function of the same name has ``delta`` in place of ``beta`` and computes the Huber loss.

    Source:
        R. Girshick, Fast R-CNN, 2015 (for β = 1). Documents S1, S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.0, 0.0]), paddle.to_tensor([0.25, 2.0])
        >>> losses.smooth_l1_loss(input, label, beta=0.5, reduction="none").tolist()
        [0.0625, 1.75]
    """
    _checks.number("smooth_l1_loss", "[0, inf)", beta=beta)
    fused = kernels.elementwise("SmoothL1" if beta else "L1", input, label, [beta], reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("smooth_l1_loss", input=input, label=label)
    e = input - label
    return reduce("smooth_l1_loss", _smooth_l1(magnitude(e), beta) if beta else e.abs(), reduction)


def _smooth_l1(a: Tensor, beta: float) -> Tensor:
    # huber(β) / β, divided first so that a large β does not overflow.
    q = at_most(beta, a)
    return q / constant(beta, a) * (a - 0.5 * q)


@full_precision
def log_cosh_loss(input: Tensor, label: Tensor, *, reduction: Reduction = "mean") -> Tensor:
    r"""Logarithm of the hyperbolic cosine of the error: a Huber loss without a seam.

    .. math:: \ell = \log\cosh e, \qquad e = label - input

    About e²/2 for small errors and \|e\| - log 2 for large ones, smooth everywhere, gradient tanh e.
    It never overflows, and it is relatively accurate down to the smallest errors.

    Args:
        input (Tensor): predictions, floating, any shape. Half precision is computed in float32.
        label (Tensor): targets, the same shape; cast to the dtype of ``input``. The scale of the
            errors matters: the loss turns from quadratic to linear near \|e\| = 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or ``reduction`` is unknown.

    Relations:
        The documents' snippet computes cosh itself and is inf beyond \|e\| = 88.7:
        ``paddle_losses.compat.logcosh_loss``.

    Source:
        P. J. Green, Bayesian reconstructions from emission tomography data using a modified EM
        algorithm, 1990. Document S1.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([4.0, 2.0, 1.0]), paddle.to_tensor([1.0, 2.0, 3.0])
        >>> print(f"{losses.log_cosh_loss(input, label).item():.6f}")
        1.211444
    """
    fused = kernels.elementwise("LogCosh", input, label, reduction=reduction)
    if given(fused):
        return fused
    input, label = _checks.pair("log_cosh_loss", input=input, label=label)
    return reduce("log_cosh_loss", _log_cosh((input - label).abs()), reduction)


def _log_cosh(a: Tensor) -> Tensor:
    # cosh a - 1 = -expm1(a) expm1(-a) / 2 has no cancellation, so log1p of it is accurate down to 0.
    # Beyond 20 the loss is a line of slope 1 to the last bit of float64. float32 is computed in
    # float64: Paddle's float32 expm1 alone is 2.8 ulp off, and it stands here twice.
    wide = a.astype("float64")
    bent = paddle.where(wide > 20.0, constant(20.0, wide), wide)
    loss = paddle.log1p(paddle.expm1(bent) * paddle.expm1(-bent) * -0.5) + positive_part(wide - 20.0)
    return loss.astype(a.dtype)


@full_precision
def quantile_loss(
    input: Tensor,
    label: Tensor,
    *,
    quantile: float | Sequence[float] = 0.5,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Tilted absolute error (pinball loss): the best prediction is a quantile of the label.

    .. math::
        \ell = \begin{cases} \gamma\, e & e \ge 0 \\ (\gamma - 1)\, e & e < 0 \end{cases}
        \qquad e = label - input

    With γ = 0.9, predicting too little costs nine times as much as predicting too much, and the best
    prediction lies above 90 % of the labels. Two quantiles give a prediction interval. The gradient
    at e = 0 is 0.

    Args:
        input (Tensor): predictions, floating. Any shape for one quantile; [..., K] for K quantiles.
            Half precision is computed in float32.
        label (Tensor): targets, cast to the dtype of ``input``. The shape of ``input`` for one
            quantile, that shape without the last axis for K.
        quantile (float|sequence of float): γ strictly between 0 and 1, or K of them.
        reduction (str): "mean" (default), "sum" or "none". Every quantile of every label is an
            element. Units are those of the label.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or ``quantile`` is no
            number or sequence of numbers.
        ValueError: shapes do not fit (nothing is broadcast), a quantile is not strictly between 0
            and 1, there is none, or ``reduction`` is unknown.

    Relations:
        ``quantile_loss(quantile=0.5) == l1_loss / 2``.

    Source:
        R. Koenker and G. Bassett, Regression quantiles, 1978. Document S1.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([0.0, 4.0]), paddle.to_tensor([2.0, 2.0])
        >>> losses.quantile_loss(input, label, quantile=0.75, reduction="none").tolist()
        [1.5, 0.5]
        >>> interval = paddle.to_tensor([[1.0, 3.0]])
        >>> losses.quantile_loss(interval, paddle.to_tensor([2.0]), quantile=[0.25, 0.75]).item()
        0.25
    """
    _check_quantile(quantile)
    quantile = list(quantile) if isinstance(quantile, (list, tuple)) else quantile
    slopes = quantile, _complement(quantile)
    fused = kernels.elementwise("Quantile", input, label, table=slopes, reduction=reduction)
    if given(fused):
        return fused
    input = _checks.prediction("quantile_loss", "input", input)
    if isinstance(quantile, list):
        label = _beside_quantiles(input, label, quantile)
    else:
        label = _checks.companion("quantile_loss", "label", label, input)
    return reduce("quantile_loss", _quantile(label - input, *slopes), reduction)


def _quantile(e: Tensor, above: float | list[float], below: float | list[float]) -> Tensor:
    # γ max(e, 0) + (1 - γ) max(-e, 0)
    of = constants if isinstance(above, list) else constant
    return of(above, e) * positive_part(e) + of(below, e) * positive_part(-e)


def _complement(quantile: float | list[float]) -> float | list[float]:
    # 1 - γ, exact where a float32 of γ would not leave it so.
    if not isinstance(quantile, list):
        return 1 - quantile
    rest = []
    for level in quantile:
        rest.append(1 - level)
    return rest


def _check_quantile(quantile: float | Sequence[float]) -> None:
    several = isinstance(quantile, (list, tuple))
    if not several and not isinstance(quantile, Real):
        raise TypeError(
            "quantile_loss: quantile must be a number in (0, 1) or a list of them, "
            f"got {type(quantile).__name__}."
        )
    if several and len(quantile) == 0:
        raise ValueError("quantile_loss: quantile must hold at least one quantile, got an empty list.")
    for level in quantile if several else [quantile]:
        _checks.number("quantile_loss", "(0, 1)", quantile=level)


def _beside_quantiles(input: Tensor, label: Tensor, quantile: list[float]) -> Tensor:
    """``label``, checked, with a last axis beside the one on which ``input`` has its quantiles."""
    function, head = "quantile_loss", list(input.shape[:-1])
    label = _checks.cast(function, "label", label, input.dtype)
    meaning = "one entry per quantile on its last axis"
    _checks.require_shape(function, "input", input, [*head, len(quantile)], meaning)
    _checks.require_shape(function, "label", label, head, "the shape of input without its last axis")
    if 0 in input.shape:  # Paddle 2.6 cannot broadcast against an empty tensor
        return paddle.zeros_like(input)
    return _checks.aligned(label, label, input, slice(len(head))).unsqueeze(-1)
