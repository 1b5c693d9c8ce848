"""Choosing what to learn from: hard negatives, hard pixels, triplets."""

from __future__ import annotations

import paddle
from paddle import Tensor

from . import _checks, _labels, _triplets, _values
from ._math import at_least, constant, held, infinity
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import hard_cross_entropy
from ._triplets import Strategy


@full_precision
def hard_negative_mask(
    loss: Tensor, positive: Tensor, *, neg_pos_ratio: float = 3.0, min_negatives: int = 0
) -> Tensor:
    r"""Choose the negatives with the highest loss, a fixed number for each positive of their image.

    .. math:: k = \min\bigl(\max(\lfloor r \cdot \#\text{positives} \rfloor,\; m),\; \#\text{negatives}\bigr)

    The sum of the losses of positives and chosen negatives is the classification loss of SSD.

    Args:
        loss (Tensor): the loss of every anchor, [N, A], floating. It is only looked at: the mask has
            no gradient.
        positive (Tensor): which anchors are positive, [N, A], bool or 0/1.
        neg_pos_ratio (float): r >= 0, how many negatives for a positive.
        min_negatives (int): m >= 0, how many at least, also in an image without positives.

    Returns:
        Tensor: [N, A], bool: True for the chosen negatives; positives are not in it.

    Raises:
        TypeError: an argument is not a tensor, or ``loss`` is not floating.
        ValueError: shapes differ (nothing is broadcast) or are not [N, A], or a setting is out of
            range.

    Source:
        W. Liu et al., SSD: single shot multibox detector, 2016. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> loss = paddle.to_tensor([[0.9, 0.1, 0.5, 0.3]])
        >>> positive = paddle.to_tensor([[True, False, False, False]])
        >>> losses.hard_negative_mask(loss, positive, neg_pos_ratio=2).tolist()
        [[False, False, True, True]]
    """
    function = "hard_negative_mask"
    loss = _checks.prediction(function, "loss", loss)
    _checks.rank(function, "loss", loss, 2, "[N, A]")
    positive = _checks.companion(function, "positive", positive, loss, "loss")
    known = paddle.logical_or(positive == 0, positive == 1)
    _values.verify(function, "positive", positive, known, "be True or False, or 1 or 0, everywhere")
    positive = positive > 0
    _checks.number(function, "[0, inf)", neg_pos_ratio=neg_pos_ratio)
    _checks.count(function, 0, min_negatives=min_negatives)
    if 0 in loss.shape:
        return positive
    return _hardest(held(loss), positive, neg_pos_ratio, min_negatives)


def _hardest(loss: Tensor, positive: Tensor, ratio: float, least: int) -> Tensor:
    positives = positive.astype("float64").sum(1, keepdim=True)
    wanted = constant(ratio, positives) * positives + constant(1e-6, positives)  # 0.29 · 100 is 28.99…
    wanted = at_least(least, paddle.floor(wanted))
    ranked = paddle.where(positive, -infinity(loss), loss)
    anchors = paddle.shape(loss)[1].astype("float64")
    k = at_least(1, paddle.minimum(wanted.max(), anchors)).astype("int32")
    _, order = paddle.topk(ranked, k, axis=1)
    rank = paddle.ones_like(order).cumsum(1).astype("float64")
    chosen = (rank <= wanted).astype("float32")
    mask = paddle.put_along_axis(paddle.zeros_like(loss).astype("float32"), order, chosen, 1) > 0
    return paddle.logical_and(mask, paddle.logical_not(positive))


@full_precision
def ohem_cross_entropy(
    input: Tensor,
    label: Tensor,
    *,
    thresh: float = 0.7,
    min_kept: int = 10000,
    ignore_index: int = -100,
    axis: int = 1,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of the hard pixels alone: online hard example mining.

    .. math:: \ell = -\log p_y \quad\text{where}\quad p_y < t \;\text{or among the}\; k \;\text{lowest}\; p_y

    Args:
        input (Tensor): logits with a class axis, floating, [N, C, *]. Half precision is computed in
            float32.
        label (Tensor): integer class ids y, the shape of ``input`` without ``axis``.
        thresh (float): t in (0, 1]: rows whose right class has less are kept.
        min_kept (int): k >= 0, how many rows of the batch are kept at least (all, if there are fewer).
        ignore_index (int): rows with this class id are left out.
        axis (int): the class axis of ``input``.
        reduction (str): "mean" (default) over the rows that are kept, "sum", or "none" with 0 for the
            others. In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", the shape of ``label`` for "none".

    Raises:
        TypeError: an argument is not a tensor, ``input`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``min_kept`` of the number of rows or more gives ``cross_entropy``. PaddleSeg's
        ``OhemCrossEntropyLoss`` ignores 255 by default, and where fewer than ``min_kept`` rows are
        below t it keeps one row less.

    Source:
        A. Shrivastava, A. Gupta and R. Girshick, Training region-based object detectors with online
        hard example mining, 2016. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> logits = paddle.to_tensor([[4.0, 0.0], [0.0, 0.0], [0.0, 4.0]])
        >>> label = paddle.to_tensor([0, 0, 0])
        >>> loss = losses.ohem_cross_entropy(logits, label, min_kept=1, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.0000', '0.6931', '4.0181']
    """
    function = "ohem_cross_entropy"
    input, axis = _checks.classes(function, input, axis)
    _checks.number(function, "(0, 1]", thresh=thresh)
    _checks.count(function, 0, min_kept=min_kept)
    ids, kept, ok = _labels.rows(function, label, input, axis, ignore_index)
    if 0 in input.shape:
        return reduce(function, nothing(input, axis), reduction)
    input = _labels.cleared(input, kept, axis)
    loss = _labels.known(hard_cross_entropy(input, ids, axis), ok)
    kept = paddle.logical_and(kept, _hard(held(loss), kept, thresh, min_kept))
    return reduce(function, loss, reduction, mask=kept)


def _hard(loss: Tensor, kept: Tensor, thresh: float, min_kept: int) -> Tensor:
    # Not loss > bound: a NaN is to be kept.
    hard = paddle.logical_not(loss <= -paddle.log(constant(thresh, loss)))
    if min_kept == 0:
        return hard
    flat = paddle.where(kept, loss, -paddle.ones_like(loss)).flatten()
    k = flat.shape[0]
    if k == -1:
        k = paddle.clip(paddle.numel(flat), max=min_kept).astype("int32")
    elif k > min_kept:
        k = min_kept
    best, _ = paddle.topk(flat, k)
    lowest = best[-1]
    return paddle.logical_or(hard, loss >= lowest)


@full_precision
def mine_triplets(
    embedding: Tensor, label: Tensor, *, strategy: Strategy = "hard", margin: float = 1.0
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Choose anchors, positives (of the same label) and negatives (of another) from a batch.

    .. math:: d_{ij} = \lVert x_i - x_j \rVert_2

    ========== =====================================================================================
    "hard"     for every anchor the farthest positive and the nearest negative
    "semihard" for every anchor and positive the nearest negative with d_ap < d_an < d_ap + margin
    "easy"     all with d_an > d_ap + margin: what the loss has learned
    "all"      all triplets
    ========== =====================================================================================

    "easy" and "all" grow with the third power of the batch.

    Args:
        embedding (Tensor): x, [N, D], floating, as given (normalise it first if the loss does).
        label (Tensor): whose embedding it is, integer, [N].
        strategy (str): "hard", "semihard", "easy" or "all".
        margin (float): m >= 0, in units of the distance; for "semihard" and "easy".

    Returns:
        tuple: indices of anchors, positives and negatives, three int64 tensors of one length; of
        length 0 where nothing is found.

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, ``label`` not integer.
        ValueError: shapes do not fit, an embedding is not finite (where that may not be read, it is in
            no triplet), or a setting is out of range.

    Source:
        F. Schroff, D. Kalenichenko and J. Philbin, FaceNet: a unified embedding for face recognition
        and clustering, 2015; "hard": A. Hermans, L. Beyer and B. Leibe, In defense of the triplet
        loss for person re-identification, 2017. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding = paddle.to_tensor([[0.0], [1.0], [1.5], [9.0]])
        >>> label = paddle.to_tensor([0, 0, 1, 2])
        >>> [index.tolist() for index in losses.mine_triplets(embedding, label)]
        [[0, 1], [1, 0], [2, 2]]
    """
    function = "mine_triplets"
    embedding, label = _triplets.check(function, embedding, label, strategy, margin)
    _values.verify(function, "embedding", embedding, paddle.isfinite(embedding), "be finite everywhere")
    if 0 in embedding.shape:
        return paddle.zeros([0], "int64"), paddle.zeros([0], "int64"), paddle.zeros([0], "int64")
    a, p, n, found = _triplets.candidates(embedding, label, strategy, margin)
    return _triplets.chosen(a, found), _triplets.chosen(p, found), _triplets.chosen(n, found)
