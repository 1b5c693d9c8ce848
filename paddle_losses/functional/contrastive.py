"""Telling the right partner from others: similarities of vectors as the logits of a softmax.

All of it is computed in float64: a small temperature multiplies what rounding leaves of a cosine.
"""

from __future__ import annotations

from typing import Literal

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks, _labels, _values
from ._distances import dot, similarities, unit
from ._math import constant, held, only_nan, sigmoid, softplus
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import hard_cross_entropy, lead, without


@full_precision
def info_nce_loss(
    query: Tensor,
    positive: Tensor,
    negatives: Tensor | None = None,
    *,
    temperature: float = 0.07,
    normalize: bool = True,
    symmetric: bool = False,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""InfoNCE: every query must find its positive among negatives, those of the batch or given ones.

    .. math::
        \ell_i = -\log \frac{e^{q_i \cdot p_i / \tau}}{\sum_c e^{q_i \cdot c / \tau}}

    The candidates c are all positives of the batch; or, with ``negatives``, the query's own positive
    and those.

    Args:
        query (Tensor): q, [N, D], floating. Half precision is computed in float32.
        positive (Tensor): p, the right answer to each query, [N, D]; cast to the dtype of ``query``.
        negatives (Tensor, optional): wrong answers, [M, D] for all queries, or [N, K, D] for each its
            own. They replace the positives of the other queries.
        temperature (float): τ > 0.
        normalize (bool): True (default) divides every vector by its length first, so that the products
            are cosines; a zero vector has cosine 0 with all. False takes vectors as they are.
        symmetric (bool): True takes the mean of both directions, the second with positives asking for
            their query; without ``negatives`` only.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none". 0 for a query without a wrong candidate,
        like that of a batch of one.

    Raises:
        TypeError: an argument is not a tensor, or ``query`` is not floating.
        ValueError: shapes do not fit (nothing is broadcast), a setting is out of range, or
            ``symmetric`` comes with ``negatives``.

    Relations:
        Without ``negatives`` it is ``cross_entropy`` of the similarities divided by τ, with labels
        0, 1, 2, …; normalised, it is ``multiple_negatives_ranking_loss(scale=1 / temperature)``.
        ``symmetric=True`` is the loss of CLIP; to learn its temperature too, normalise first and pass
        ``query * scale`` with ``normalize=False, temperature=1``.

    Source:
        A. van den Oord, Y. Li and O. Vinyals, Representation learning with contrastive predictive
        coding, 2018; both directions: A. Radford et al., Learning transferable visual models from
        natural language supervision, 2021. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> query, positive = paddle.eye(2), paddle.to_tensor([[3.0, 0.0], [0.0, 5.0]])
        >>> f"{losses.info_nce_loss(query, positive, temperature=0.5).item():.4f}"
        '0.1269'
        >>> negatives = paddle.to_tensor([[1.0, 0.0]])
        >>> loss = losses.info_nce_loss(query, positive, negatives, temperature=0.5, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.6931', '0.1269']
    """
    function = "info_nce_loss"
    _checks.number(function, "(0, inf)", temperature=temperature)
    _checks.switch(function, normalize=normalize, symmetric=symmetric)
    if symmetric and given(negatives):
        raise ValueError(
            f"{function}: symmetric must be False with negatives, which have no query, got True."
        )
    query, positive = _checks.pair(function, query=query, positive=positive)
    _checks.rank(function, "query", query, 2, "[N, D]")
    negatives = _negatives(function, "negatives", negatives, query)
    if 0 in query.shape:
        return reduce(function, nothing(query, 1), reduction)
    in_batch = not given(negatives)
    loss = _cross_entropy(query, positive, negatives, in_batch, normalize, 1 / temperature, symmetric)
    return reduce(function, loss, reduction)


@full_precision
def multiple_negatives_ranking_loss(
    anchor: Tensor,
    positive: Tensor,
    hard_negatives: Tensor | None = None,
    *,
    scale: float = 20.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Every anchor must find its positive among all positives of the batch and all hard negatives.

    .. math::
        \ell_i = -\log \frac{e^{s \cos(a_i, p_i)}}{\sum_j e^{s \cos(a_i, p_j)} + \sum_k e^{s \cos(a_i, n_k)}}

    Args:
        anchor (Tensor): a, [N, D], floating. Half precision is computed in float32.
        positive (Tensor): p, [N, D]; cast to the dtype of ``anchor``.
        hard_negatives (Tensor, optional): n, more wrong candidates: [M, D] for all anchors, or
            [N, K, D] for each its own.
        scale (float): s > 0, what the cosines are multiplied by. A zero vector has cosine 0 with all.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none". 0 for a batch of one without hard
        negatives.

    Raises:
        TypeError: an argument is not a tensor, or ``anchor`` is not floating.
        ValueError: shapes do not fit (nothing is broadcast), or a setting is out of range.

    Relations:
        Without hard negatives it is ``info_nce_loss(temperature=1 / scale)``. There, ``negatives``
        replace the other positives; here they join them. sentence-transformers joins the hard negatives
        of all anchors: give them as [M, D].

    Source:
        M. Henderson et al., Efficient natural language response suggestion for Smart Reply, 2017.
        Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> anchor, positive = paddle.eye(2), paddle.to_tensor([[3.0, 0.0], [0.0, 5.0]])
        >>> f"{losses.multiple_negatives_ranking_loss(anchor, positive, scale=2).item():.4f}"
        '0.1269'
        >>> hard = paddle.to_tensor([[1.0, 0.0]])
        >>> loss = losses.multiple_negatives_ranking_loss(anchor, positive, hard, scale=2, reduction="none")
        >>> [f"{value:.4f}" for value in loss.tolist()]
        ['0.7586', '0.2395']
    """
    function = "multiple_negatives_ranking_loss"
    _checks.number(function, "(0, inf)", scale=scale)
    anchor, positive = _checks.pair(function, anchor=anchor, positive=positive)
    _checks.rank(function, "anchor", anchor, 2, "[N, D]")
    hard_negatives = _negatives(function, "hard_negatives", hard_negatives, anchor)
    if 0 in anchor.shape:
        return reduce(function, nothing(anchor, 1), reduction)
    return reduce(function, _cross_entropy(anchor, positive, hard_negatives, True, True, scale), reduction)


def _negatives(function: str, argument: str, negatives: Tensor | None, query: Tensor) -> Tensor | None:
    if not given(negatives):
        return None
    negatives = _checks.cast(function, argument, negatives, query.dtype)
    extents = negatives.shape
    shape = [query.shape[0], extents[1]] if len(extents) == 3 else extents[:1]
    wanted = "the shape [M, D] or [N, K, D], that is"
    _checks.require_shape(function, argument, negatives, [*shape, query.shape[1]], wanted)
    return negatives


def _cross_entropy(
    query: Tensor,
    positive: Tensor,
    negatives: Tensor | None,
    in_batch: bool,
    normalize: bool,
    factor: float,
    symmetric: bool = False,
) -> Tensor:
    # -log softmax of every query's positive among its candidates, [N].
    x, y = _vectors(query, normalize), _vectors(positive, normalize)
    place = _labels.places(x[:, 0])
    logits, ids = (similarities(x, y), place) if in_batch else (dot(x, y).unsqueeze(1), place * 0)
    if given(negatives) and 0 not in negatives.shape:
        logits = paddle.concat([logits, _candidates(x, _vectors(negatives, normalize))], 1)
    logits = logits * constant(factor, logits)
    loss = hard_cross_entropy(logits, ids, 1)
    if symmetric:
        loss = 0.5 * (loss + hard_cross_entropy(logits, ids, 0))
    return loss.astype(query.dtype)


def _vectors(x: Tensor, normalize: bool) -> Tensor:
    return unit(x) if normalize else x.astype("float64")


def _candidates(x: Tensor, negatives: Tensor) -> Tensor:
    # The products of every query with the negatives of all, or with its own.
    if len(negatives.shape) == 2:
        return similarities(x, negatives)
    products = paddle.matmul(negatives, x.unsqueeze(2)).squeeze(2)
    return _checks.aligned(products, negatives[:, 0, 0], x, slice(0, 1))


@full_precision
def ge2e_loss(
    embedding: Tensor,
    scale: Tensor,
    bias: Tensor,
    *,
    variant: Literal["softmax", "contrast"] = "softmax",
    reduction: Reduction = "mean",
) -> Tensor:
    r"""GE2E: every utterance must be nearer to the centroid of its speaker than to those of others.

    .. math::
        S_{ji,k} = w \cos(e_{ji}, c_k) + b, \qquad
        c_k = \begin{cases} \sum_m e_{km} & k \ne j \\ \sum_{m \ne i} e_{jm} & k = j \end{cases}

        \ell_{ji} = -S_{ji,j} + \log \sum_k e^{S_{ji,k}} \;\text{(softmax)}, \qquad
        \ell_{ji} = 1 - \sigma(S_{ji,j}) + \max_{k \ne j} \sigma(S_{ji,k}) \;\text{(contrast)}

    e is the embedding divided by its length. The centroid of the own speaker leaves the utterance out;
    the cosine does not see whether a centroid is a sum or a mean.

    Args:
        embedding (Tensor): [speakers, utterances, D], floating, at least 2 utterances. Half precision is
            computed in float32.
        scale (Tensor): w > 0, one learned number, of shape [] or [1], floating.
        bias (Tensor): b, one learned number, of shape [] or [1], floating. In the softmax variant it
            cancels, and its gradient is 0.
        variant (str): "softmax" compares with all speakers; "contrast" with the nearest other one, the
            first if there are several, which suits verification against a threshold.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [speakers, utterances] for "none". With one speaker,
        nothing is left of the softmax variant and the own part of the other.

    Raises:
        TypeError: an argument is not a tensor, or not floating.
        ValueError: shapes do not fit, a speaker has a single utterance, ``scale`` is not positive (where
            that may not be read, NaN), or an option is unknown.

    Relations:
        "softmax" is ``cross_entropy`` of S with the speakers as labels. A zero vector, also as the
        centroid of opposite utterances, has cosine 0 with all.

    Source:
        L. Wan et al., Generalized end-to-end loss for speaker verification, 2018. Document S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> speech = paddle.to_tensor([[[2.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 3.0]]])
        >>> scale, bias = paddle.to_tensor(10.0), paddle.to_tensor(-5.0)
        >>> f"{losses.ge2e_loss(speech, scale, bias).item():.3e}"
        '4.540e-05'
        >>> f"{losses.ge2e_loss(speech, scale, bias, variant='contrast').item():.3e}"
        '1.339e-02'
    """
    function = "ge2e_loss"
    embedding = _checks.prediction(function, "embedding", embedding)
    _checks.rank(function, "embedding", embedding, 3, "[speakers, utterances, D]")
    if embedding.shape[1] == 1:
        raise ValueError(
            f"{function}: embedding must hold at least 2 utterances of every speaker, whose centroid "
            f"leaves one out, got the shape {list(embedding.shape)}."
        )
    _checks.option(function, ("softmax", "contrast"), variant=variant)
    scale = _checks.one(function, "scale", _checks.prediction(function, "scale", scale))
    bias = _checks.one(function, "bias", _checks.prediction(function, "bias", bias))
    # Not scale > 0: a NaN is to be handed on.
    scale = _values.demand(function, "scale", scale, paddle.logical_not(scale <= 0), "be greater than 0")
    if 0 in embedding.shape:
        return reduce(function, nothing(embedding, 2), reduction)
    own, others = _similarities(unit(embedding), scale)
    loss = _softmax(own, others, bias) if variant == "softmax" else _contrast(own, others, bias)
    return reduce(function, loss.squeeze(2).astype(embedding.dtype), reduction)


def _similarities(x: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    # w cos with the own centroid, [speakers, utterances, 1], and with all, the own out of the running.
    total = x.sum(1)
    own = dot(x, _centroid(total.unsqueeze(1) - x)).unsqueeze(2)
    if x.shape[1] == -1:  # a static graph may learn only now that there is one utterance
        own = _values.poison(own, paddle.shape(x)[1] > 1)
    all = paddle.matmul(x, _centroid(total), transpose_y=True)
    speaker = _labels.places(total[:, 0]).reshape([-1, 1, 1]) + paddle.zeros_like(own).astype("int64")
    return scale * own, without(scale * all, speaker, 2)


def _centroid(total: Tensor) -> Tensor:
    # What rounding leaves of the sum of opposite vectors has no direction.
    square = (held(total) * held(total)).sum(-1, keepdim=True)
    return unit(total) * (square > 1e-24).astype(total.dtype)


def _softmax(own: Tensor, others: Tensor, bias: Tensor) -> Tensor:
    return softplus(-lead(own, others, 2)) + 0 * bias


def _contrast(own: Tensor, others: Tensor, bias: Tensor) -> Tensor:
    nearest = paddle.take_along_axis(others, paddle.argmax(others, 2, keepdim=True), 2)
    nearest = nearest + only_nan(others).sum(2, keepdim=True)
    return sigmoid(-own - bias) + sigmoid(nearest + bias)
