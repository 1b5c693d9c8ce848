"""Losses for predictions that choose between classes.

Functions that take ``logit`` want the raw score x, with p = σ(x) the probability of the positive
class; only ``binary_cross_entropy`` takes probabilities. Labels are 0/1 (or between) for the entropy
losses and -1/1 for the margin losses.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from . import _checks, _labels, _values
from ._math import at_least, bernoulli, constant, positive_part, sides, step, weigh
from ._precision import full_precision
from ._reduce import Reduction, reduce
from ._tracing import given


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
    input, label = _checks.pair("binary_cross_entropy", input=input, label=label)
    _checks.number("binary_cross_entropy", "(0, 0.5)", epsilon=epsilon)
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
    logit, label = _checks.pair(function, logit=logit, label=label)
    label = _values.shares(function, "label", label)
    weight = _checks.weights(function, sample_weight, logit)
    if given(pos_weight):
        pos_weight = _checks.per_class(function, "pos_weight", pos_weight, logit)
        loss = _weighted_bernoulli(logit, label, pos_weight)
    else:
        loss = bernoulli(logit, label)
    return reduce(function, loss, reduction, weight=weight)


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
    logit, label = _checks.pair(function, logit=logit, label=label)
    if beta is not None:
        _checks.number(function, "[0, 1]", beta=beta)
    label = _values.shares(function, "label", label)
    positive, negative = _balance(label, beta)
    return reduce(function, _weighted_bernoulli(logit, label, positive, negative), reduction)


def _balance(y: Tensor, beta: float | None) -> tuple[Tensor, Tensor]:
    if beta is None and 0 in y.shape:  # no batch to take it from, and nothing to balance
        beta = 0.5
    if beta is not None:
        return constant(beta, y), constant(1 - beta, y)
    positive = reduce("balanced_cross_entropy", 1 - y, "mean")
    negative = reduce("balanced_cross_entropy", y, "mean")
    positive.stop_gradient = negative.stop_gradient = True
    return positive, negative


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
    input, label = _checks.pair("hinge_loss", input=input, label=label)
    _checks.number("hinge_loss", "(0, inf)", margin=margin)
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
    input, label = _checks.pair("squared_hinge_loss", input=input, label=label)
    _checks.number("squared_hinge_loss", "(0, inf)", margin=margin)
    label = _values.signs("squared_hinge_loss", "label", label)
    loss = paddle.square(_shortfall(input, label, margin))
    return reduce("squared_hinge_loss", loss, reduction)


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
    input, label = _checks.pair("logistic_loss", input=input, label=label)
    label = _values.signs("logistic_loss", "label", label)
    return reduce("logistic_loss", _logistic(label * input), reduction)


def _logistic(margin: Tensor) -> Tensor:
    # softplus(-m) = tail - m (1 - p)
    p, tail = sides(margin)
    return tail - margin * (1 - p)


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
