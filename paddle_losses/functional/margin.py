"""Softmax over class centres with a margin: embeddings whose classes lie apart.

All are the cross entropy of the products of embedding and centres, of whatever lengths; a margin takes
something off the product with the right centre, as a function of the angle θ between the two.
"""

from __future__ import annotations

import math
from typing import Callable

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks, _labels
from ._distances import dot, length, similarities, unit
from ._math import at_least, constant, softplus
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce
from ._softmax import lead, without


@full_precision
def softmax_loss(
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    *,
    normalize: bool = False,
    scale: float = 1.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Cross entropy of embeddings and class centres: a linear classifier and its loss in one.

    .. math:: \ell = -\log \operatorname{softmax}(s\, W x)_y

    Args:
        embedding (Tensor): x, [N, D], floating. Half precision is computed in float32.
        label (Tensor): integer class ids y, [N].
        weight (Tensor): W, the centre of every class in a row, [classes, D].
        normalize (bool): True divides every embedding and every centre by its length first, so that
            the products are cosines.
        scale (float): s > 0, what the products are multiplied by.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``cross_entropy(embedding @ weight.T, label)``, in one call that the margin losses share.

    Source:
        W. Liu et al., Large-margin softmax loss for convolutional neural networks, 2016 (the name for
        the pair of the two); normalised: F. Wang et al., NormFace: L2 hypersphere embedding for face
        verification, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding, weight = paddle.to_tensor([[3.0, 4.0]]), paddle.eye(2)
        >>> f"{losses.softmax_loss(embedding, paddle.to_tensor([1]), weight).item():.4f}"
        '0.3133'
    """
    function = "softmax_loss"
    _checks.switch(function, normalize=normalize)
    _checks.number(function, "(0, inf)", scale=scale)
    return _cross_entropy(function, embedding, label, weight, (normalize, normalize), scale, reduction)


@full_precision
def large_margin_softmax_loss(
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    *,
    margin: int = 4,
    annealing: float | Tensor = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""L-Softmax: the angle to the right class centre counts m times. Lengths stay as they are.

    .. math::
        \ell = -\log \frac{e^{\lVert w_y \rVert \lVert x \rVert \psi(\theta)}}
            {e^{\lVert w_y \rVert \lVert x \rVert \psi(\theta)} + \sum_{k \ne y} e^{w_k \cdot x}}, \qquad
        \psi(\theta) = (-1)^k \cos m\theta - 2k \;\text{ for } \theta \in [k\pi/m, (k+1)\pi/m]

    Args:
        embedding (Tensor): x, [N, D], floating. Half precision is computed in float32.
        label (Tensor): integer class ids y, [N].
        weight (Tensor): the centre w of every class in a row, [classes, D].
        margin (int): m >= 1, how often the angle counts.
        annealing (float or Tensor): λ >= 0, one number: ψ(θ) becomes (λ cos θ + ψ(θ)) / (1 + λ). With
            large m, training begins only with a large λ (the papers use 1000), which falls step by step
            to 5 or less: without it the embeddings shrink to 0 at first. In a Layer, give a tensor and
            set it with ``loss.annealing.set_value(…)`` between the steps: it is part of ``state_dict``,
            and graphs that are traced already see it.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``margin=1`` is ``softmax_loss``. With centres of length 1 it is ``sphereface_loss``.

    Source:
        W. Liu et al., Large-margin softmax loss for convolutional neural networks, 2016. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding, weight = paddle.to_tensor([[3.0, 4.0]]), paddle.eye(2)
        >>> loss = losses.large_margin_softmax_loss(embedding, paddle.to_tensor([1]), weight, margin=2)
        >>> f"{loss.item():.4f}"
        '1.7839'
    """
    function = "large_margin_softmax_loss"
    _checks.count(function, 1, margin=margin)
    annealing = _checks.amount(function, "annealing", annealing)
    return _cross_entropy(
        function, embedding, label, weight, (False, False), 1, reduction, _multiplied, (margin, annealing)
    )


@full_precision
def sphereface_loss(
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    *,
    margin: int = 4,
    annealing: float | Tensor = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""A-Softmax (SphereFace): the angle to the right class centre counts m times; centres of length 1.

    .. math::
        \ell = -\log \frac{e^{\lVert x \rVert \psi(\theta_y)}}
            {e^{\lVert x \rVert \psi(\theta_y)} + \sum_{k \ne y} e^{\lVert x \rVert \cos\theta_k}}, \qquad
        \psi(\theta) = (-1)^k \cos m\theta - 2k \;\text{ for } \theta \in [k\pi/m, (k+1)\pi/m]

    Args:
        embedding (Tensor): x, [N, D], floating, of any length. Half precision is computed in float32.
        label (Tensor): integer class ids y, [N].
        weight (Tensor): the centre of every class in a row, [classes, D]; divided by its length.
        margin (int): m >= 1, how often the angle counts.
        annealing (float or Tensor): λ >= 0, one number: ψ(θ) becomes (λ cos θ + ψ(θ)) / (1 + λ). With
            large m, training begins only with a large λ (the papers use 1000), which falls step by step
            to 5 or less: without it the embeddings shrink to 0 at first. In a Layer, give a tensor and
            set it with ``loss.annealing.set_value(…)`` between the steps: it is part of ``state_dict``,
            and graphs that are traced already see it.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``large_margin_softmax_loss`` with centres of length 1.

    Source:
        W. Liu et al., SphereFace: deep hypersphere embedding for face recognition, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding, weight = paddle.to_tensor([[3.0, 4.0]]), 9 * paddle.eye(2)
        >>> loss = losses.sphereface_loss(embedding, paddle.to_tensor([1]), weight, margin=2)
        >>> f"{loss.item():.4f}"
        '1.7839'
    """
    function = "sphereface_loss"
    _checks.count(function, 1, margin=margin)
    annealing = _checks.amount(function, "annealing", annealing)
    return _cross_entropy(
        function, embedding, label, weight, (False, True), 1, reduction, _multiplied, (margin, annealing)
    )


@full_precision
def cosface_loss(
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    *,
    margin: float = 0.35,
    scale: float = 64.0,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""CosFace (AM-Softmax): the right class must win by a margin of the cosine.

    .. math::
        \ell = -\log \frac{e^{s(\cos\theta_y - m)}}
            {e^{s(\cos\theta_y - m)} + \sum_{k \ne y} e^{s\cos\theta_k}}

    Args:
        embedding (Tensor): [N, D], floating; divided by its length. Half precision is computed in
            float32.
        label (Tensor): integer class ids y, [N].
        weight (Tensor): the centre of every class in a row, [classes, D]; divided by its length.
        margin (float): m >= 0, in units of the cosine.
        scale (float): s > 0.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``margin=0`` is ``softmax_loss(normalize=True, scale=scale)``.

    Source:
        H. Wang et al., CosFace: large margin cosine loss for deep face recognition, 2018; F. Wang et
        al., Additive margin softmax for face verification, 2018. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding, weight = paddle.to_tensor([[3.0, 4.0]]), paddle.eye(2)
        >>> loss = losses.cosface_loss(embedding, paddle.to_tensor([1]), weight, margin=0.2, scale=10)
        >>> f"{loss.item():.4f}"  # cosines 0.6 and 0.8: a draw
        '0.6931'
    """
    function = "cosface_loss"
    _checks.number(function, "[0, inf)", margin=margin)
    _checks.number(function, "(0, inf)", scale=scale)
    return _cross_entropy(
        function, embedding, label, weight, (True, True), scale, reduction, _lowered, (margin,)
    )


@full_precision
def arcface_loss(
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    *,
    margin: float = 0.5,
    scale: float = 64.0,
    epsilon: float = 1e-7,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""ArcFace (AAM-Softmax): the right class must win by a margin of the angle.

    .. math::
        \ell = -\log \frac{e^{s\phi(\theta_y)}}
            {e^{s\phi(\theta_y)} + \sum_{k \ne y} e^{s\cos\theta_k}}, \qquad
        \phi(\theta) = \begin{cases} \cos(\theta + m) & \theta < \pi - m \\
            \cos\theta - m \sin m & \text{else} \end{cases}

    Args:
        embedding (Tensor): [N, D], floating; divided by its length. Half precision is computed in
            float32.
        label (Tensor): integer class ids y, [N].
        weight (Tensor): the centre of every class in a row, [classes, D]; divided by its length.
        margin (float): m in [0, π/2], in radians.
        scale (float): s > 0.
        epsilon (float): in (0, 1]: sin θ is taken as √max(1 - cos² θ, ε), which caps the gradient for
            an embedding that points at its centre or away from it.
        reduction (str): "mean" (default), "sum" or "none". In nats.

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, ``embedding`` is not floating, or ``label`` not integer.
        ValueError: shapes do not fit (nothing is broadcast), a class id does not exist, or a setting
            is out of range.

    Relations:
        ``margin=0`` is ``softmax_loss(normalize=True, scale=scale)``. Paddle's
        ``margin_cross_entropy`` has no kernel for the CPU.

    Source:
        J. Deng et al., ArcFace: additive angular margin loss for deep face recognition, 2019.
        Documents S0, S2.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> embedding, weight = paddle.to_tensor([[3.0, 4.0]]), paddle.eye(2)
        >>> loss = losses.arcface_loss(embedding, paddle.to_tensor([1]), weight, margin=0.5, scale=10)
        >>> f"{loss.item():.4f}"
        '2.0011'
    """
    function = "arcface_loss"
    _checks.number(function, "[0, pi/2]", margin=margin)
    _checks.number(function, "(0, inf)", scale=scale)
    _checks.number(function, "(0, 1]", epsilon=epsilon)
    return _cross_entropy(
        function, embedding, label, weight, (True, True), scale, reduction, _turned, (margin, epsilon)
    )


def _cross_entropy(
    function: str,
    embedding: Tensor,
    label: Tensor,
    weight: Tensor,
    normalized: tuple[bool, bool],
    scale: float,
    reduction: Reduction,
    change: Callable[..., Tensor] | None = None,
    settings: tuple[float | Tensor, ...] = (),
) -> Tensor:
    """Cross entropy of the products, the right one changed.

    ``normalized`` says for embedding and weight whether they are divided by their lengths. ``change`` takes
    cos θ and ``settings``, and gives what a margin adds to the cosine.
    """
    x = _checks.prediction(function, "embedding", embedding)
    _checks.rank(function, "embedding", x, 2, "[N, D]")
    w = _centres(function, weight, x)
    ids, ok = _labels.of_vectors(function, label, x, w.shape[0])
    if 0 in x.shape:
        return reduce(function, nothing(x, 1), reduction)
    dtype, scale = x.dtype, constant(scale, x)
    own = _own(x, paddle.gather(w, ids), normalized, change, settings).astype(dtype)
    x, w = unit(x).astype(dtype) if normalized[0] else x, unit(w).astype(dtype) if normalized[1] else w
    others = without(scale * similarities(x, w), ids.unsqueeze(1), 1)
    loss = softplus(-lead((scale * own).unsqueeze(1), others, 1)).squeeze(1)
    return reduce(function, _labels.known(loss, ok), reduction)


def _centres(function: str, weight: Tensor, embedding: Tensor) -> Tensor:
    weight = _checks.cast(function, "weight", weight, embedding.dtype)
    size = embedding.shape[1]
    _checks.rank(function, "weight", weight, 2, f"[classes, {size}]")
    if weight.shape[0] < 1 or (weight.shape[1] != size and -1 not in (weight.shape[1], size)):
        raise ValueError(
            f"{function}: weight must have the shape [classes, {size}], with a known number of classes and "
            f"the components of an embedding (of a Layer, embedding_size), got {list(weight.shape)}. "
            "Nothing is broadcast here."
        )
    return weight


def _own(
    x: Tensor,
    centre: Tensor,
    normalized: tuple[bool, bool],
    change: Callable[..., Tensor] | None,
    settings: tuple[float | Tensor, ...],
) -> Tensor:
    # The product with the right centre, in float64: near θ = 0, sin θ has half the digits of cos θ.
    product = dot(unit(x) if normalized[0] else x, unit(centre) if normalized[1] else centre)
    if not given(change):
        return product
    added = change(dot(unit(x), unit(centre)), *settings)
    added = added if normalized[0] else added * length(x)
    return product + (added if normalized[1] else added * length(centre))


# ------------------------------------------------------------ what a margin adds to the right cosine


def _lowered(cosine: Tensor, margin: float) -> Tensor:
    return constant(-margin, cosine)


def _turned(cosine: Tensor, margin: float, epsilon: float) -> Tensor:
    # cos(θ + m) - cos θ = -2 sin²(m/2) cos θ - sin m sin θ
    angle = constant(margin, cosine)
    sine = paddle.sqrt(at_least(epsilon, 1 - cosine * cosine))
    turned = -2 * paddle.sin(angle / 2) ** 2 * cosine - paddle.sin(angle) * sine
    beyond = cosine <= -paddle.cos(angle)
    return paddle.where(beyond, -angle * paddle.sin(angle), turned)


def _multiplied(cosine: Tensor, margin: int, annealing: Tensor) -> Tensor:
    # (ψ(θ) - cos θ) / (1 + λ), with cos mθ as the Chebyshev polynomial T_m(cos θ): the slope of an
    # arccos would be infinite at ±1.
    before, now = paddle.ones_like(cosine), cosine
    sign, passed = paddle.ones_like(cosine), paddle.zeros_like(cosine)
    for k in range(1, margin):
        before, now = now, 2 * cosine * now - before
        bound = paddle.cos(constant(k * math.pi / margin, cosine))
        beyond = (cosine < bound).astype(cosine.dtype)
        sign, passed = sign * (1 - 2 * beyond), passed + beyond
    return (sign * now - 2 * passed - cosine) / (1 + annealing)
