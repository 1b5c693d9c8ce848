"""Losses for predictions that choose between several classes.

Labels are class ids (the shape of ``input`` without the class axis) or distributions over the classes
(the shape of ``input``). All of it stands on the rows of `_softmax.py`.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _labels, _values
from ._labels import SmoothingMode
from ._math import at_least, at_most, bernoulli, constant, expm1, magnitude, only_nan, step
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import hard_cross_entropy, row_sum, soft_cross_entropy, surprisal


@full_precision
def cross_entropy(
    input: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    smoothing_mode: SmoothingMode = "uniform",
    from_logits: bool = True,
    epsilon: float = 1e-7,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of several classes: right for every logit, and for rows that are right by far.

    .. math:: \ell = -\sum_k v_k\, q_k \log p_k, \qquad p = \operatorname{softmax}(x)

    q is the label's distribution, 1 at a class id, and v the class weights. Nothing saturates: a gap
    of 100 between logits costs 100, and a row that is right by 20 still costs 2.06e-9.

    Args:
        input (Tensor): logits x with a class axis, floating; or probabilities p in [0, 1], see
            ``from_logits``. Half precision is computed in float32.
        label (Tensor): integer class ids, the shape of ``input`` without ``axis``; or a distribution
            q in [0, 1] (1 in sum along ``axis``), the shape of ``input``.
        sample_weight (Tensor, optional): a weight >= 0 per row, the shape of ``input`` without
            ``axis``.
        weight (Tensor, optional): v, a weight >= 0 per class, [classes].
        ignore_index (int): rows with this class id are left out, whatever their logits.
        label_smoothing (float): α in [0, 1], what is taken off the label and spread.
        smoothing_mode (str): "uniform" spreads it over all classes, "off_target" over the others;
            see ``label_smooth``.
        from_logits (bool): False takes ``input`` as probabilities.
        epsilon (float): for probabilities only, strictly between 0 and 0.5: p is clipped to [ε, 1],
            which caps loss and gradient; below ε the gradient is 0.
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) is Σ w·loss / Σ w·u over the rows that are not ignored, with
            w the sample weight and u the class weight of the id (1 for a distribution); "sum" is
            Σ w·loss, "none" every w·loss. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or class ids are not
            integers.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, a share or
            probability leaves [0, 1], a weight is negative, or a setting is out of range.

    Relations:
        Paddle's function of the same name has ``weight`` as its third argument, ``soft_label`` for
        distributions and ``use_softmax`` for ``from_logits``; it stops at a loss of 64 and takes
        labels of shape [N, 1], which here are to be squeezed. Options and means are torch's.

    Source:
        I. J. Good, Rational decisions, 1952; label smoothing: C. Szegedy et al., Rethinking the
        Inception architecture for computer vision, 2015. Documents S0, S2, S3, S4.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits = paddle.to_tensor([[20.0, 0.0, 0.0], [0.0, 0.0, 100.0], [1.0, 2.0, 3.0]])
        >>> loss = losses.cross_entropy(logits, paddle.to_tensor([0, 1, -100]), reduction="none")
        >>> [f"{value:.3e}" for value in loss.tolist()]
        ['4.122e-09', '1.000e+02', '0.000e+00']
    """
    function = "cross_entropy"
    _checks.switch(function, from_logits=from_logits)
    _checks.number(function, "(0, 0.5)", epsilon=epsilon)
    if from_logits:
        fused = kernels.softmax(
            "CrossEntropy", input, label, axis=axis, factor=weight, ignore_index=ignore_index,
            label_smoothing=label_smoothing, smoothing_mode=smoothing_mode, sample_weight=sample_weight,
            reduction=reduction,
        )  # fmt: skip
        if given(fused):
            return fused
    input, axis = _prediction(function, input, axis, from_logits)
    ids, shares, factor, counts, kept, ok = _labels.weighted_target(
        function, label, input, axis, weight, ignore_index, label_smoothing, smoothing_mode
    )
    input = _clipped(_labels.cleared(input, kept, axis), from_logits, epsilon)
    if 0 in input.shape:
        loss = nothing(input, axis)
    elif given(ids):
        loss = hard_cross_entropy(input, ids, axis) if from_logits else _hard_of_shares(input, ids, axis)
        loss = loss * counts if given(counts) else loss
    else:
        shares = shares * factor if given(factor) else shares
        loss = _soft_cross_entropy(input, shares, axis, from_logits)
    loss = _labels.known(loss, ok)
    sample_weight = _checks.weights(function, sample_weight, loss)
    return reduce(function, loss, reduction, weight=sample_weight, mask=kept, counts=counts)


def _hard_of_shares(p: Tensor, ids: Tensor, axis: int) -> Tensor:
    own = paddle.take_along_axis(p, ids.unsqueeze(axis), axis)
    return only_nan(p).sum(axis) - paddle.log(own).squeeze(axis)


def _soft_cross_entropy(x: Tensor, q: Tensor, axis: int, from_logits: bool) -> Tensor:
    if from_logits:
        return soft_cross_entropy(x, q, axis)
    return -row_sum(q * paddle.log(x), axis).squeeze(axis)


def _prediction(function: str, x: Tensor, axis: int, from_logits: bool) -> tuple[Tensor, int]:
    x, axis = _checks.classes(function, x, axis)
    _checks.switch(function, from_logits=from_logits)
    return (x if from_logits else _values.probabilities(function, "input", x)), axis


def _clipped(x: Tensor, from_logits: bool, epsilon: float) -> Tensor:
    return x if from_logits else at_most(1, at_least(epsilon, x))


def label_smooth(
    label: Tensor,
    *,
    smoothing: float = 0.1,
    mode: SmoothingMode = "uniform",
    num_classes: int | None = None,
) -> Tensor:
    r"""Soften labels: take a little off the right class and spread it, against overconfidence.

    .. math::
        \text{uniform:}\;\; (1 - \alpha)\, q + \alpha / K \qquad
        \text{off\_target:}\;\; (1 - \alpha)\, q + \alpha (1 - q) / (K - 1)

    Args:
        label (Tensor): class ids, integer, any shape; or distributions q in [0, 1] over the last axis.
        smoothing (float): α in [0, 1].
        mode (str): "uniform" spreads α over all K classes, as Paddle does; "off_target" over the
            K - 1 others, which leaves exactly 1 - α on the target.
        num_classes (int, optional): K. Class ids need it; distributions have it in their shape.

    Returns:
        Tensor: distributions, [..., K], in the dtype of ``label``, for class ids in Paddle's default
        dtype.

    Raises:
        TypeError: ``label`` is not a tensor of ids or shares.
        ValueError: a class id does not exist, a share leaves [0, 1], there are fewer than 2 classes,
            ``num_classes`` is missing or differs from the shape, or a setting is out of range.

    Relations:
        ``cross_entropy(label_smoothing=…, smoothing_mode=…)`` does it on the way. Paddle's function
        calls α ``epsilon`` and knows "uniform" only; document S3 describes "off_target".

    Source:
        C. Szegedy et al., Rethinking the Inception architecture for computer vision, 2015.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> smooth = losses.label_smooth(paddle.to_tensor([1]), mode="off_target", num_classes=3)
        >>> [f"{share:.2f}" for share in smooth[0].tolist()]
        ['0.05', '0.90', '0.05']
    """
    function = "label_smooth"
    _checks.number(function, "[0, 1]", smoothing=smoothing)
    _checks.option(function, _labels.SMOOTHING_MODES, mode=mode)
    _checks.require_tensor(function, "label", label)
    if label.dtype in _checks.FLOATING and len(label.shape) == 0:
        raise ValueError(f"{function}: label must have an axis of classes, got a tensor of shape [].")
    if label.dtype in _checks.FLOATING:
        shares = _values.shares(function, "label", _checks.prediction(function, "label", label))
        _labels.require_classes(function, shares, num_classes)
    else:
        shares = _labels.shares_of_ids(function, label, num_classes)
    return shares if 0 in shares.shape else _labels.smooth(function, shares, smoothing, mode)


@full_precision
def entropy_loss(
    input: Tensor, *, from_logits: bool = True, axis: int = -1, reduction: Reduction = "mean"
) -> Tensor:
    r"""Entropy of the predicted distribution: how undecided the prediction is.

    .. math:: H = -\sum_k p_k \log p_k, \qquad 0 \log 0 = 0

    Minimise it and unlabelled predictions become decided; subtract it from another loss and
    predictions (or a policy's actions) stay varied.

    Args:
        input (Tensor): logits with a class axis, floating; or probabilities p in [0, 1], see
            ``from_logits``. Half precision is computed in float32.
        from_logits (bool): False takes ``input`` as probabilities. The infinite gradient at p = 0 is
            then capped at that of the smallest normal number.
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default), "sum" or "none". In nats; divide by log 2 for bits.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: ``input`` is not a floating tensor.
        ValueError: a probability leaves [0, 1], ``axis`` does not exist, or ``reduction`` is unknown.

    Relations:
        ``cross_entropy(input, label)`` is ``kl_divergence(input, label)`` plus the entropy of the
        label.

    Source:
        C. E. Shannon, A mathematical theory of communication, 1948; as a loss: Y. Grandvalet and
        Y. Bengio, Semi-supervised learning by entropy minimization, 2004. Documents S0, S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> weather = paddle.to_tensor([[0.7, 0.1, 0.2], [1.0, 0.0, 0.0]])
        >>> loss = losses.entropy_loss(weather, from_logits=False, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.8018', '0.0000']
    """
    function = "entropy_loss"
    input, axis = _prediction(function, input, axis, from_logits)
    if 0 in input.shape:
        return reduce(function, nothing(input, axis), reduction)
    return reduce(function, _entropy(input, axis, from_logits), reduction)


def _entropy(x: Tensor, axis: int, from_logits: bool) -> Tensor:
    if not from_logits:
        return -row_sum(_x_log_x(x), axis).squeeze(axis)
    bits = surprisal(x, axis)
    return row_sum(paddle.exp(-bits) * bits, axis).squeeze(axis)


def _x_log_x(p: Tensor) -> Tensor:
    return p * _finite_log(p)


def _finite_log(p: Tensor) -> Tensor:
    # log p, of the smallest normal number where p is 0.
    return paddle.log(at_least(2.0**-126 if p.dtype == paddle.float32 else 2.0**-1022, p))


@full_precision
def kl_divergence(
    input: Tensor,
    label: Tensor,
    *,
    from_logits: bool = True,
    epsilon: float = 1e-7,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Kullback-Leibler divergence: what it costs to take the prediction for the label.

    .. math:: D(q \,\|\, p) = \sum_k q_k (\log q_k - \log p_k), \qquad 0 \log 0 = 0

    Summed over the classes, then reduced. 0 where the two agree, up to the rounding of their
    logarithms (it may fall below 0 by that); for a constant label its gradient is that of the cross
    entropy.

    Args:
        input (Tensor): the prediction: logits with a class axis, floating; or probabilities p in
            [0, 1], see ``from_logits``. Half precision is computed in float32.
        label (Tensor): the distribution q in [0, 1] (1 in sum along ``axis``), the same shape; cast
            to the dtype of ``input``.
        from_logits (bool): False takes ``input`` as probabilities; ``label`` always holds them.
        epsilon (float): for probabilities only, strictly between 0 and 0.5: p is clipped to [ε, 1],
            which caps loss and gradient; below ε the gradient is 0.
        axis (int): the class axis.
        reduction (str): "mean" (default) is over the rows, Paddle's and torch's "batchmean"; "sum"
            or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a share or probability leaves [0, 1], or a
            setting is out of range.

    Relations:
        Paddle's ``kl_div`` wants log-probabilities, averages over the elements and gives the label no
        gradient.

    Source:
        S. Kullback and R. A. Leibler, On information and sufficiency, 1951. Documents S0, S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits, label = paddle.zeros([1, 2]), paddle.to_tensor([[1.0, 0.0]])
        >>> print(f"{losses.kl_divergence(logits, label).item():.4f}")
        0.6931
    """
    function = "kl_divergence"
    input, axis = _prediction(function, input, axis, from_logits)
    _checks.number(function, "(0, 0.5)", epsilon=epsilon)
    input = _clipped(input, from_logits, epsilon)
    label = _values.shares(function, "label", _checks.companion(function, "label", label, input))
    if 0 in input.shape:
        return reduce(function, nothing(input, axis), reduction)
    certainty = row_sum(_x_log_x(label), axis).squeeze(axis)
    return reduce(function, certainty + _soft_cross_entropy(input, label, axis, from_logits), reduction)


@full_precision
def js_divergence(
    input: Tensor,
    label: Tensor,
    *,
    from_logits: bool = True,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Jensen-Shannon divergence: the symmetric, bounded relative of the Kullback-Leibler divergence.

    .. math:: \tfrac12 D(p \,\|\, m) + \tfrac12 D(q \,\|\, m), \qquad m = \tfrac12 (p + q)

    Between 0 (equal) and log 2 (nothing in common), whatever the two are, up to the rounding of p and q.

    Args:
        input (Tensor): the prediction: logits with a class axis, floating; or probabilities p in
            [0, 1], see ``from_logits``. Half precision is computed in float32.
        label (Tensor): the distribution q in [0, 1] (1 in sum along ``axis``), the same shape; cast
            to the dtype of ``input``.
        from_logits (bool): False takes ``input`` as probabilities; ``label`` always holds them. The
            infinite gradient at 0 is capped at that of the smallest normal number.
        axis (int): the class axis.
        reduction (str): "mean" (default) is over the rows; "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` without ``axis`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a share or probability leaves [0, 1], or a
            setting is out of range.

    Relations:
        The original GAN minimises this divergence between real and generated samples.

    Source:
        J. Lin, Divergence measures based on the Shannon entropy, 1991. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits, label = paddle.to_tensor([[100.0, 0.0]]), paddle.to_tensor([[0.0, 1.0]])
        >>> print(f"{losses.js_divergence(logits, label).item():.4f}")
        0.6931
    """
    function = "js_divergence"
    input, axis = _prediction(function, input, axis, from_logits)
    label = _values.shares(function, "label", _checks.companion(function, "label", label, input))
    if 0 in input.shape:
        return reduce(function, nothing(input, axis), reduction)
    log_p = -surprisal(input, axis) if from_logits else _finite_log(input)
    p = paddle.exp(log_p) if from_logits else input
    loss = row_sum(_jensen_shannon(log_p, p, label), axis).squeeze(axis)
    return reduce(function, loss, reduction)


def _jensen_shannon(log_p: Tensor, p: Tensor, q: Tensor) -> Tensor:
    # With a = log p - log q: log(p / m) = t + min(a, 0) and log(q / m) = t + min(-a, 0), where
    # t = log(2 / (1 + exp(-|a|))): no term is larger than its share of the result.
    a = log_p - _finite_log(q)
    side = step(a)
    size = magnitude(a)
    t = -paddle.log1p(expm1(-size) / 2)
    lesser = side * q + (1 - side) * p
    return ((p + q) * t - size * lesser) / 2


@full_precision
def nce_loss(
    score: Tensor,
    noise_score: Tensor,
    log_prob: Tensor,
    noise_log_prob: Tensor,
    *,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Noise-contrastive estimation: learn a distribution by telling its samples from noise.

    .. math::
        \ell = -\log \sigma(s - \log K q) - \sum_{j=1}^{K} \log \sigma\bigl(-(s'_j - \log K q'_j)\bigr)

    For vocabularies too large for a softmax: s is the score of what was seen, s' the scores of K
    samples of a known noise distribution, q and q' the noise's probabilities of each. With enough
    noise the scores become log-probabilities by themselves, without a sum over all classes.

    Args:
        score (Tensor): s, floating, [...]. Half precision is computed in float32.
        noise_score (Tensor): s', [..., K], K >= 1.
        log_prob (Tensor): log q of what was seen, the shape of ``score``.
        noise_log_prob (Tensor): log q' of the noise samples, the shape of ``noise_score``.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``score`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``score`` is not floating.
        ValueError: shapes do not fit (nothing is broadcast), there is no noise, or ``reduction`` is
            unknown.

    Relations:
        Negative sampling (word2vec) is this loss with K·q = 1. InfoNCE is another: a softmax.

    Source:
        M. Gutmann and A. Hyvärinen, Noise-contrastive estimation: a new estimation principle for
        unnormalized statistical models, 2010; A. Mnih and Y. W. Teh, A fast and simple algorithm for
        training neural probabilistic language models, 2012. Document S2.

    Example:
        >>> import math, paddle, paddle_losses as losses
        >>> score, noise_score = paddle.to_tensor([0.0]), paddle.to_tensor([[0.0, 0.0]])
        >>> log_prob = paddle.full([1], math.log(0.5))  # K q is 1
        >>> loss = losses.nce_loss(score, noise_score, log_prob, paddle.full([1, 2], math.log(0.5)))
        >>> print(f"{loss.item():.4f}")  # 3 log 2
        2.0794
    """
    function = "nce_loss"
    score = _checks.prediction(function, "score", score)
    noise_score = _checks.cast(function, "noise_score", noise_score, score.dtype)
    samples = _checks.with_last_axis(function, "noise_score", noise_score, score, "score")
    log_prob = _checks.companion(function, "log_prob", log_prob, score, "score")
    noise_log_prob = _checks.companion(function, "noise_log_prob", noise_log_prob, noise_score, "noise_score")
    if 0 in score.shape:
        return reduce(function, score, reduction)
    log_k = paddle.log(constant(samples, score))
    seen = bernoulli(score - log_prob - log_k, constant(1, score))
    noise = bernoulli(noise_score - noise_log_prob - log_k, constant(0, score))
    return reduce(function, seen + row_sum(noise, -1).squeeze(-1), reduction)


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
    return _values.poison(wrong + only_nan(x), known)


def _wrong_classes(x: Tensor, label: Tensor, axis: int) -> Tensor:
    if x.shape[axis] == 1:
        raise ValueError(
            f"zero_one_loss: input must have at least 2 classes on axis {axis}, got shape "
            f"{list(x.shape)}. For yes or no, give label the shape of input."
        )
    ids, _, ok = _labels.rows("zero_one_loss", label, x, axis)
    if 0 in x.shape:
        return nothing(x, axis)
    wrong = (paddle.argmax(x, axis) != ids).astype(x.dtype) + only_nan(x).sum(axis)
    return _values.poison(wrong, ok)
