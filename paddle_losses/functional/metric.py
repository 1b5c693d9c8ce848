"""Losses that place embeddings: the same close together, others at least a margin apart.

Vectors lie along the last axis. Distances run in float64 and have the gradient 0 where they are 0.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks, _triplets, _values
from ._distances import length
from ._math import constant, lesser, positive_part
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._triplets import Strategy


@full_precision
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    margin: float = 1.0,
    p: float = 2,
    swap: bool = False,
    epsilon: float = 1e-6,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Triplet loss: an anchor shall be nearer to its positive than to its negative, by ``margin``.

    .. math::
        \ell = \max(0,\; d(a, p) - d(a, n) + m), \qquad
        d(x, y) = \Bigl(\sum_k |x_k - y_k + \epsilon|^p\Bigr)^{1/p}

    The gradient is 0 where the loss is 0, and that of a distance is 0 where the distance is.

    Args:
        anchor (Tensor): a, floating, [*, D]. Half precision is computed in float32.
        positive (Tensor): p, what belongs to the anchor, the same shape; cast to the dtype of
            ``anchor``.
        negative (Tensor): n, what does not, the same shape; cast to the dtype of ``anchor``.
        margin (float): m >= 0, in units of the distance.
        p (float): the norm, any number >= 1. A large one, such as 1e6, gives the largest component.
        swap (bool): True takes the smaller of d(a, n) and d(p, n) for the negative distance.
        epsilon (float): ε >= 0, added to every difference; 0 gives the distance itself.
        reduction (str): "mean" (default) over the triplets, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``anchor`` without its last axis for
        "none".

    Raises:
        TypeError: an argument is not a tensor, or ``anchor`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or a setting is out of range.

    Relations:
        ``batch_triplet_loss`` chooses the triplets from a batch with labels. Paddle calls the anchor
        ``input``; its gradient is NaN where a distance is 0, which happens with ``epsilon=0``.
        FaceNet takes the squares of the distances.

    Source:
        F. Schroff, D. Kalenichenko and J. Philbin, FaceNet: a unified embedding for face recognition
        and clustering, 2015; swapping: V. Balntas et al., Learning local feature descriptors with
        triplets and shallow convolutional neural networks, 2016. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> anchor, positive = paddle.to_tensor([[0.0, 0.0]]), paddle.to_tensor([[0.0, 2.0]])
        >>> negative = paddle.to_tensor([[1.5, 2.0]])
        >>> losses.triplet_margin_loss(anchor, positive, negative, epsilon=0).item()  # 2 - 2.5 + 1
        0.5
        >>> losses.triplet_margin_loss(anchor, positive, negative, epsilon=0, swap=True).item()
        1.5
    """
    function = "triplet_margin_loss"
    anchor, positive = _vectors(function, anchor=anchor, positive=positive)
    negative = _checks.companion(function, "negative", negative, anchor, "anchor")
    _checks.number(function, "[0, inf)", margin=margin, epsilon=epsilon)
    _checks.number(function, "[1, inf)", p=p)
    _checks.switch(function, swap=swap)
    if 0 in anchor.shape:
        return reduce(function, nothing(anchor, len(anchor.shape) - 1), reduction)
    a, b, c = anchor.astype("float64"), positive.astype("float64"), negative.astype("float64")
    near, far = _distance(a, b, p, epsilon), _distance(a, c, p, epsilon)
    if swap:
        far = lesser(far, _distance(b, c, p, epsilon))
    loss = _violation(near, far, constant(margin, near))
    return reduce(function, loss.astype(anchor.dtype), reduction)


def _vectors(function: str, **tensors: Tensor) -> tuple[Tensor, Tensor]:
    # A pair of tensors that have a last axis.
    first, second = _checks.pair(function, **tensors)
    if len(first.shape) == 0:
        (name, _) = tensors
        raise ValueError(f"{function}: {name} must have the shape [*, D], got [].")
    return first, second


def _distance(x: Tensor, y: Tensor, p: float, epsilon: float) -> Tensor:
    # ‖x - y + ε‖_p
    return length(x - y + constant(epsilon, x), p)


def _violation(near: Tensor, far: Tensor, margin: Tensor) -> Tensor:
    # max(0, d_ap - d_an + m)
    return positive_part(near - far + margin)


@full_precision
def batch_triplet_loss(
    embedding: Tensor,
    label: Tensor,
    *,
    strategy: Strategy = "hard",
    margin: float = 1.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Triplet loss of a batch with labels, from which it chooses the triplets itself.

    .. math:: \ell_{apn} = \max(0,\; d_{ap} - d_{an} + m), \qquad d_{ij} = \lVert x_i - x_j \rVert_2

    ========== =====================================================================================
    "hard"     for every anchor the farthest positive and the nearest negative
    "semihard" for every anchor and positive the nearest negative with d_ap < d_an < d_ap + margin
    "easy"     all with d_an > d_ap + margin: their loss is 0, which shows what has been learned
    "all"      all triplets
    ========== =====================================================================================

    Which triplets are chosen is a constant in the gradient. "easy" and "all" grow with the third power
    of the batch.

    Args:
        embedding (Tensor): x, [N, D], floating, as given (normalise it first if that is meant). Half
            precision is computed in float32.
        label (Tensor): whose embedding it is, integer, [N]. Any numbers will do.
        strategy (str): "hard", "semihard", "easy" or "all".
        margin (float): m >= 0, in units of the distance.
        reduction (str): "mean" (default) over all chosen triplets, those with loss 0 too, "sum" or
            "none". Without a triplet "mean" and "sum" are 0, with gradient 0.

    Returns:
        Tensor: shape [] for "mean" and "sum"; one entry for every chosen triplet for "none", in the
        order of ``mine_triplets``.

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, ``label`` not integer.
        ValueError: shapes do not fit, or a setting is out of range.

    Relations:
        ``triplet_margin_loss(x[a], x[p], x[n], epsilon=0)`` with ``a, p, n = mine_triplets(x, label)``.
        An embedding that is not finite makes every loss NaN.

    Source:
        A. Hermans, L. Beyer and B. Leibe, In defense of the triplet loss for person re-identification,
        2017; "semihard": F. Schroff, D. Kalenichenko and J. Philbin, FaceNet: a unified embedding for
        face recognition and clustering, 2015. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding = paddle.to_tensor([[0.0], [1.0], [1.5], [9.0]])
        >>> label = paddle.to_tensor([0, 0, 1, 2])
        >>> losses.batch_triplet_loss(embedding, label, reduction="none").tolist()
        [0.5, 1.5]
        >>> losses.batch_triplet_loss(embedding, label).item()
        1.0
    """
    function = "batch_triplet_loss"
    embedding, label = _triplets.check(function, embedding, label, strategy, margin)
    if 0 in embedding.shape:
        return reduce(function, nothing(embedding, 1), reduction)
    embedding = _checks.aligned(embedding, label, embedding, slice(None, 1))
    a, p, n, found = _triplets.candidates(embedding, label, strategy, margin)
    wide = embedding.astype("float64")
    near, far = (_of_all_pairs if strategy in ("easy", "all") else _of_rows)(wide, a, p, n)
    loss = _violation(near, far, constant(margin, wide)).astype(embedding.dtype)
    loss = loss + (embedding * 0).sum()  # NaN if one is not finite
    found = paddle.logical_or(found, paddle.isnan(loss))
    if reduction == "none":
        return _triplets.chosen(loss, found)
    return reduce(function, loss, reduction, mask=found)


def _of_rows(x: Tensor, a: Tensor, p: Tensor, n: Tensor) -> tuple[Tensor, Tensor]:
    anchor = paddle.gather(x, a)
    return length(anchor - paddle.gather(x, p)), length(anchor - paddle.gather(x, n))


def _of_all_pairs(x: Tensor, a: Tensor, p: Tensor, n: Tensor) -> tuple[Tensor, Tensor]:
    # Of N³ triplets there are but N² distances.
    apart = length(x.unsqueeze(0) - x.unsqueeze(1))
    return paddle.gather_nd(apart, paddle.stack([a, p], 1)), paddle.gather_nd(apart, paddle.stack([a, n], 1))


@full_precision
def contrastive_loss(
    anchor: Tensor, other: Tensor, label: Tensor, *, margin: float = 1.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""Contrastive loss of pairs: similar ones are drawn together, others pushed ``margin`` apart.

    .. math::
        \ell = \tfrac12 \bigl[y\, d^2 + (1 - y) \max(0,\; m - d)^2\bigr], \qquad
        d = \lVert x_1 - x_2 \rVert_2

    Two equal vectors that should differ have no direction to part in: their gradient is 0.

    Args:
        anchor (Tensor): one vector of every pair, floating, [*, D]. Half precision is computed in
            float32.
        other (Tensor): the other one, the same shape; cast to the dtype of ``anchor``.
        label (Tensor): y, 1 for similar pairs and 0 for others, or anything between; the shape of
            ``anchor`` without its last axis; cast to its dtype.
        margin (float): m >= 0, in units of the distance.
        reduction (str): "mean" (default) over the pairs, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``label`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``anchor`` is not floating.
        ValueError: shapes do not fit (nothing is broadcast), a label is outside [0, 1], ``margin`` is
            out of range, or ``reduction`` is unknown.

    Relations:
        Of similar pairs it is half the squared distance; of others, ``squared_hinge_loss`` of d with
        label 1, halved. In the paper y is 1 for pairs that differ.

    Source:
        R. Hadsell, S. Chopra and Y. LeCun, Dimensionality reduction by learning an invariant mapping,
        2006. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> anchor, other = paddle.zeros([3, 2]), paddle.to_tensor([[0.3, 0.4]] * 2 + [[3.0, 4.0]])
        >>> loss = losses.contrastive_loss(anchor, other, paddle.to_tensor([1, 0, 0]), reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]  # d is 0.5, 0.5 and 5
        ['0.1250', '0.1250', '0.0000']
    """
    function = "contrastive_loss"
    anchor, other = _vectors(function, anchor=anchor, other=other)
    label = _checks.cast(function, "label", label, anchor.dtype)
    meaning = "the shape of anchor without its last axis"
    _checks.require_shape(function, "label", label, anchor.shape[:-1], meaning)
    label = _checks.aligned(label, label, anchor, slice(None, -1))
    _checks.number(function, "[0, inf)", margin=margin)
    label = _values.shares(function, "label", label, "of class ids it is (ids == other_ids)")
    if 0 in anchor.shape:
        return reduce(function, nothing(anchor, len(anchor.shape) - 1), reduction)
    difference = anchor.astype("float64") - other.astype("float64")
    loss = _contrast(difference, label.astype("float64"), margin)
    return reduce(function, loss.astype(anchor.dtype), reduction)


def _contrast(e: Tensor, y: Tensor, margin: float) -> Tensor:
    # (y d² + (1 - y) max(0, m - d)²) / 2. Not y Σ e²: of a pair far apart that is 0 · inf.
    similar = (y.unsqueeze(-1) * e * e).sum(-1)
    gap = positive_part(constant(margin, e) - length(e))
    return 0.5 * (similar + (1 - y) * gap * gap)


@full_precision
def margin_ranking_loss(
    input: Tensor, other: Tensor, label: Tensor, *, margin: float = 0.0, reduction: Reduction = "mean"
) -> Tensor:
    r"""Ranking loss of two scores: the one that should be higher shall lead by ``margin``.

    .. math:: \ell = \max(0,\; m - y (x_1 - x_2)), \qquad y \in \{-1, 1\}

    The gradient is 0 where the loss is 0.

    Args:
        input (Tensor): scores x1, floating, any shape. Half precision is computed in float32.
        other (Tensor): scores x2, the same shape; cast to the dtype of ``input``.
        label (Tensor): y, 1 where ``input`` should be higher and -1 where ``other`` should, the same
            shape; cast to the dtype of ``input``.
        margin (float): m >= 0, in units of the score.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``input`` for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes differ (nothing is broadcast), a label is not -1 or 1, ``margin`` is out of
            range, or ``reduction`` is unknown.

    Relations:
        ``hinge_loss(input - other, label, margin=margin)``, which asks for a margin above 0.

    Source:
        R. Herbrich, T. Graepel and K. Obermayer, Large margin rank boundaries for ordinal regression,
        2000. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> first, second = paddle.to_tensor([0.5, 0.5]), paddle.to_tensor([0.25, 1.0])
        >>> losses.margin_ranking_loss(first, second, paddle.to_tensor([1, 1]), reduction="none").tolist()
        [0.0, 0.5]
    """
    function = "margin_ranking_loss"
    input, other = _checks.pair(function, input=input, other=other)
    _checks.number(function, "[0, inf)", margin=margin)
    fused = kernels.elementwise("Ranking", input, label, [margin], other=other, reduction=reduction)
    if given(fused):
        return fused
    label = _values.signs(function, "label", _checks.companion(function, "label", label, input))
    # In float64: a lead rounded in float32 would decide which side of the margin it is on.
    lead = input.astype("float64") - other.astype("float64")
    loss = positive_part(constant(margin, lead) - label.astype("float64") * lead)
    return reduce(function, loss.astype(input.dtype), reduction)
