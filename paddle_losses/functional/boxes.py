"""Losses for boxes: one minus their IoU, and what later papers add to it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from . import _checks
from ._boxes import FORMATS, KINDS, BoxFormat, Kind, compare
from ._math import at_least, constant, held
from ._precision import full_precision
from ._reduce import Reduction, reduce


@full_precision
def iou_loss(
    input: Tensor,
    label: Tensor,
    *,
    mode: Literal["linear", "log"] = "linear",
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""IoU loss: how much of what two boxes cover they do not share.

    .. math::
        \ell = 1 - \mathrm{IoU} \quad\text{or}\quad \ell = -\ln \max(\mathrm{IoU}, \varepsilon),
        \qquad \mathrm{IoU} = \frac{|A \cap B|}{\max(|A \cup B|, \varepsilon)}

    The four coordinates are learned together, and the loss does not depend on scale. Boxes that do not
    overlap have the loss 1 (or -ln ε) and no gradient, however near they are: for those, take one of
    the losses below. Like them it is computed in float64 and rounded once, so that the loss of a box that
    nearly fits is accurate too.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        mode (str): "linear" (default) is 1 - IoU, "log" is -ln IoU.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area: below it areas count as ε. It
            must be small beside the areas. With "log" also the least IoU.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        The other losses here add terms to 1 - IoU; ``box_iou`` gives the IoU itself. PaddleDetection's
        ``IouLoss`` is 2.5 (1 - IoU²) by default. Elsewhere ε is added to the denominator, so that a
        perfect box has a loss above 0.

    Source:
        J. Yu et al., UnitBox: an advanced object detection network, 2016 (the logarithm). Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 2.0, 1.0]]), paddle.to_tensor([[0.0, 0.0, 1.0, 1.0]])
        >>> losses.iou_loss(input, label).item()
        0.5
        >>> print(f"{losses.iou_loss(input, label, mode='log').item():.4f}")
        0.6931
    """
    function = "iou_loss"
    _check_settings(function, box_format, epsilon)
    _checks.option(function, ("linear", "log"), mode=mode)
    kind = "iou" if mode == "linear" else "log_iou"
    fused = kernels.boxes(kind, input, label, box_format, [epsilon], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, iou, _ = compare("iou", input, label, box_format, epsilon)
    loss = miss if mode == "linear" else -paddle.log(at_least(epsilon, iou))
    return _reduced(function, loss, input, reduction, normalizer)


@full_precision
def giou_loss(
    input: Tensor,
    label: Tensor,
    *,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Generalised IoU loss: boxes that do not overlap are drawn together too.

    .. math:: \ell = 1 - \mathrm{IoU} + \frac{|C| - |A \cup B|}{|C|}

    C is the smallest box around both. The loss lies in [0, 2]. A box inside the other has C = A ∪ B:
    there it is the IoU loss, which does not see where inside it lies. Far boxes first grow towards
    each other, which takes many steps.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area. It must be small beside the
            areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        ``1 - box_iou(kind="giou", aligned=True)``. torchvision's ``generalized_box_iou_loss`` adds ε to
        the denominators and does not reduce by default.

    Source:
        H. Rezatofighi et al., Generalized intersection over union: a metric and a loss for bounding box
        regression, 2019. Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 1.0, 1.0]]), paddle.to_tensor([[3.0, 0.0, 4.0, 1.0]])
        >>> losses.giou_loss(input, label).item()
        1.5
    """
    function = "giou_loss"
    _check_settings(function, box_format, epsilon)
    fused = kernels.boxes("giou", input, label, box_format, [epsilon], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, _, terms = compare("giou", input, label, box_format, epsilon)
    return _reduced(function, _plus(miss, terms), input, reduction, normalizer)


@full_precision
def diou_loss(
    input: Tensor,
    label: Tensor,
    *,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Distance IoU loss: the centres are drawn together directly.

    .. math:: \ell = 1 - \mathrm{IoU} + \frac{\rho^2}{c^2}

    ρ is the distance of the centres, c the diagonal of the smallest box around both; the gradient goes
    through c too, so that a box far off also grows. The loss lies in [0, 2].

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area. It must be small beside the
            areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        ``1 - box_iou(kind="diou", aligned=True)``. torchvision's ``distance_box_iou_loss`` adds ε to the
        denominators and does not reduce by default. PaddleDetection's ``DIouLoss`` is the *complete* IoU
        loss unless told otherwise.

    Source:
        Z. Zheng et al., Distance-IoU loss: faster and better learning for bounding box regression, 2020.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[1.0, 1.0, 3.0, 3.0]]), paddle.to_tensor([[0.0, 0.0, 4.0, 4.0]])
        >>> losses.diou_loss(input, label).item()
        0.75
        >>> losses.diou_loss(input + 1, label).item()  # the IoU is the same, the centre is not
        0.8125
    """
    function = "diou_loss"
    _check_settings(function, box_format, epsilon)
    fused = kernels.boxes("diou", input, label, box_format, [epsilon], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, _, terms = compare("diou", input, label, box_format, epsilon)
    return _reduced(function, _plus(miss, terms), input, reduction, normalizer)


@full_precision
def ciou_loss(
    input: Tensor,
    label: Tensor,
    *,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Complete IoU loss: overlap, distance of the centres, and aspect ratio.

    .. math::
        \ell = 1 - \mathrm{IoU} + \frac{\rho^2}{c^2} + \alpha v, \qquad
        v = \frac{4}{\pi^2} \left(\arctan\frac{w'}{h'} - \arctan\frac{w}{h}\right)^2, \qquad
        \alpha = \frac{v}{1 - \mathrm{IoU} + v}

    w', h' are the label's. α is a constant in the gradient. At equal aspect ratio it is the distance IoU
    loss. A box without size has no aspect ratio: with one, v is 0.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator: of areas in units of area, and of α. It must be
            small beside the areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        ``1 - box_iou(kind="ciou", aligned=True)``. The authors' code leaves the factor 1 / (w² + h²) out
        of the gradient of v, which is large where sizes are shares of the image; here the gradient is
        that of the formula. torchvision's ``complete_box_iou_loss`` adds ε to the denominators and does
        not reduce by default; in PaddleDetection it is ``DIouLoss``.

    Source:
        Z. Zheng et al., Distance-IoU loss: faster and better learning for bounding box regression, 2020.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 2.0, 1.0]]), paddle.to_tensor([[0.0, 0.0, 1.0, 2.0]])
        >>> print(f"{losses.diou_loss(input, label).item():.4f} {losses.ciou_loss(input, label).item():.4f}")
        0.7292 0.7629
    """
    function = "ciou_loss"
    _check_settings(function, box_format, epsilon)
    fused = kernels.boxes("ciou", input, label, box_format, [epsilon], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, _, terms = compare("ciou", input, label, box_format, epsilon)
    return _reduced(function, _plus(miss, terms), input, reduction, normalizer)


@full_precision
def eiou_loss(
    input: Tensor,
    label: Tensor,
    *,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Efficient IoU loss: overlap, distance of the centres, width and height.

    .. math::
        \ell = 1 - \mathrm{IoU} + \frac{\rho^2}{c^2}
        + \frac{(w - w')^2}{C_w^2} + \frac{(h - h')^2}{C_h^2}

    C_w, C_h are the width and the height of the smallest box around both, c its diagonal; the gradient
    goes through all three. Width and height are learned each by itself, where the aspect ratio of the
    complete IoU loss moves one against the other. A negative size counts as what it is in (w - w')², so
    that a box turned inside out is turned back.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area. It must be small beside the
            areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        mmdetection's ``EIoULoss`` is another loss, the *Extended* IoU.

    Source:
        Y.-F. Zhang et al., Focal and efficient IOU loss for accurate bounding box regression, 2021.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 2.0, 2.0]]), paddle.to_tensor([[0.0, 0.0, 4.0, 4.0]])
        >>> losses.eiou_loss(input, label).item()  # 3/4 + 1/16 + 1/4 + 1/4
        1.3125
    """
    function = "eiou_loss"
    _check_settings(function, box_format, epsilon)
    fused = kernels.boxes("eiou", input, label, box_format, [epsilon], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, _, terms = compare("eiou", input, label, box_format, epsilon)
    return _reduced(function, _plus(miss, terms), input, reduction, normalizer)


@full_precision
def focal_eiou_loss(
    input: Tensor,
    label: Tensor,
    *,
    gamma: float = 0.5,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Focal efficient IoU loss: boxes that hardly overlap, the many, weigh less.

    .. math:: \ell = \mathrm{IoU}^\gamma \, \ell_{\mathrm{EIoU}}

    The factor is a constant in the gradient, and a part of the loss, not of the weight that the mean
    divides by. Boxes that do not overlap at all have loss 0 and no gradient, unless γ = 0.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        gamma (float): γ >= 0: how much boxes of low IoU are held back. The paper found 0.5 best.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area. It must be small beside the
            areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``gamma`` is negative, ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        ``gamma=0`` is ``eiou_loss``. For a mean weighted by IoU^γ, give Σ IoU^γ, from ``box_iou``, as the
        ``normalizer``.

    Source:
        Y.-F. Zhang et al., Focal and efficient IOU loss for accurate bounding box regression, 2021.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 2.0, 2.0]]), paddle.to_tensor([[0.0, 0.0, 4.0, 4.0]])
        >>> losses.focal_eiou_loss(input, label).item()  # the square root of 1/4, times 1.3125
        0.65625
    """
    function = "focal_eiou_loss"
    _check_settings(function, box_format, epsilon)
    _checks.number(function, "[0, inf)", gamma=gamma)
    fused = kernels.boxes("focal_eiou", input, label, box_format, [epsilon, gamma], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, iou, terms = compare("eiou", input, label, box_format, epsilon)
    loss = held(paddle.pow(iou, constant(gamma, iou))) * _plus(miss, terms)
    return _reduced(function, loss, input, reduction, normalizer)


@full_precision
def alpha_iou_loss(
    input: Tensor,
    label: Tensor,
    *,
    alpha: float = 3.0,
    base: Kind = "iou",
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""α-IoU: the IoU losses with every term to the power α.

    .. math::
        \ell = 1 - \mathrm{IoU}^\alpha + \left(\frac{\rho^2}{c^2}\right)^\alpha + (\beta v)^\alpha

    for the base "ciou"; "diou" ends before the last term, "iou" after the first, and "giou" has
    ((\|C\| - \|A ∪ B\|) / \|C\|)^α. α > 1 gives good boxes a larger share of the gradient, α < 1 bad ones.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        alpha (float): α > 0. The paper recommends 3.
        base (str): the loss whose terms are raised: "iou" (default), "giou", "diou" or "ciou".
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator: of areas in units of area, and of the weight β of
            the aspect ratio. It must be small beside the areas. With α < 1, x^α is the line x ε^(α-1)
            for x < ε, because its gradient is infinite at 0.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``alpha`` or ``epsilon`` is not above 0, or ``normalizer`` is given without "mean".

    Relations:
        ``alpha=1`` is the base. β is the weight α of ``ciou_loss``, a constant in the gradient.

    Source:
        J. He et al., Alpha-IoU: a family of power intersection over union losses for bounding box
        regression, 2021. Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.to_tensor([[0.0, 0.0, 2.0, 1.0]]), paddle.to_tensor([[0.0, 0.0, 1.0, 1.0]])
        >>> losses.alpha_iou_loss(input, label, alpha=2.0).item()
        0.75
    """
    function = "alpha_iou_loss"
    _check_settings(function, box_format, epsilon)
    _checks.number(function, "(0, inf)", alpha=alpha)
    _checks.option(function, KINDS, base=base)
    fused = kernels.boxes("alpha_" + base, input, label, box_format, [epsilon, alpha], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    _, iou, terms = compare(base, input, label, box_format, epsilon)
    loss = 1 - _power(iou, alpha, epsilon)
    for term in terms:
        loss = loss + _power(term, alpha, epsilon)
    return _reduced(function, loss, input, reduction, normalizer)


def _power(x: Tensor, exponent: float, epsilon: float) -> Tensor:
    # x^p for x >= 0. For p < 1 as x max(x, ε)^(p-1), whose slope at 0 is finite.
    if exponent >= 1:
        return paddle.pow(x, constant(exponent, x))
    return x * paddle.pow(at_least(epsilon, x), constant(exponent - 1, x))


@full_precision
def riou_loss(
    input: Tensor,
    label: Tensor,
    *,
    beta: float = 0.95,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
    normalizer: float | Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Rectified IoU loss: the nearer a box, the stronger its pull, up to IoU = β, then ever weaker.

    .. math::
        \ell = a \cdot \begin{cases} \tfrac12 + \ln u & u \ge 1 \\ \tfrac12 u^2 & u \le 1 \end{cases}
        \qquad u = \frac{1 - \mathrm{IoU}}{1 - \beta}, \qquad a = \frac{1}{\tfrac12 - \ln(1 - \beta)}

    Of the paper only this is known here: as a function of IoU, the size of the gradient is a hyperbola
    up to β and falls to 0 at IoU = 1, so that the many poor boxes do not drown the few good ones. The
    closed form is **ours**: the gradient is a / (1 - IoU) up to β, a straight line from there, and a makes
    the loss 1 at IoU = 0. It is concave below β and convex above. Boxes that do not overlap have no
    gradient.

    Args:
        input (Tensor): predicted boxes [N, 4], floating. Half precision is computed in float32. A box of
            negative size has no area.
        label (Tensor): target boxes [N, 4], cast to the dtype of ``input``.
        beta (float): β strictly between 0 and 1: the IoU with the largest gradient.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator, in units of area. It must be small beside the
            areas.
        normalizer (float|Tensor, optional): with "mean", what the sum is divided by instead of N: the
            number of positives. A count of 0 counts as 1.
        reduction (str): "mean" (default), "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: a shape is not [N, 4] or the two differ (nothing is broadcast), an option is unknown,
            ``beta`` is not strictly between 0 and 1, ``epsilon`` is not above 0, or ``normalizer`` is
            given without "mean".

    Relations:
        ``iou_loss`` pulls boxes of every IoU alike.

    Source:
        K. Wang and L. Zhang, Single-shot two-pronged detector with rectified IoU loss, 2020 (the shape of
        the gradient, not this formula). Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input = paddle.to_tensor([[0.0, 0.0, 1.0, iou] for iou in (0.0, 0.5, 0.95, 1.0)])
        >>> label = paddle.to_tensor([[0.0, 0.0, 1.0, 1.0]] * 4)
        >>> [f"{value:.4f}" for value in losses.riou_loss(input, label, reduction="none").tolist()]
        ['1.0000', '0.8017', '0.1430', '0.0000']
    """
    function = "riou_loss"
    _check_settings(function, box_format, epsilon)
    _checks.number(function, "(0, 1)", beta=beta)
    fused = kernels.boxes("riou", input, label, box_format, [epsilon, beta], normalizer, reduction)
    if given(fused):
        return fused
    input, label = _pair(function, input, label)
    miss, _, _ = compare("iou", input, label, box_format, epsilon)
    return _reduced(function, _rectified(miss, beta), input, reduction, normalizer)


def _rectified(miss: Tensor, beta: float) -> Tensor:
    # a (ln max(u, 1) + min(u, 1)² / 2), where at u = 1 the logarithm alone has the gradient.
    u = miss / constant(1 - beta, miss)
    one = constant(1, u)
    far, near = paddle.where(u < one, one, u), paddle.where(u >= one, one, u)
    return (paddle.log(far) + 0.5 * (near * near)) / (0.5 - paddle.log(constant(1 - beta, u)))


@full_precision
def box_iou(
    boxes1: Tensor,
    boxes2: Tensor,
    *,
    kind: Kind = "iou",
    aligned: bool = False,
    box_format: BoxFormat = "xyxy",
    epsilon: float = 1e-7,
) -> Tensor:
    r"""IoU of every box with every other, or of boxes pair by pair; also in its extended forms.

    .. math::
        \mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|}, \qquad
        \mathrm{GIoU} = \mathrm{IoU} - \frac{|C| - |A \cup B|}{|C|}, \qquad
        \mathrm{DIoU} = \mathrm{IoU} - \frac{\rho^2}{c^2}, \qquad
        \mathrm{CIoU} = \mathrm{DIoU} - \alpha v

    C is the smallest box around both, c its diagonal, ρ the distance of the centres; α and v are those
    of ``ciou_loss``. IoU lies in [0, 1], GIoU and DIoU in [-1, 1], CIoU in [-2, 1]. IoU is 0 where the
    union is. Differentiable.

    Args:
        boxes1 (Tensor): [N, 4], floating. Half precision is computed in float32. A box of negative size
            has no area.
        boxes2 (Tensor): [M, 4], cast to the dtype of ``boxes1``; [N, 4] if ``aligned``.
        kind (str): "iou" (default), "giou", "diou" or "ciou".
        aligned (bool): False (default) compares every box of ``boxes1`` with every box of ``boxes2``,
            True row with row.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height; of both tensors.
        epsilon (float): ε > 0, the least denominator: of areas in units of area, and of α. It must be
            small beside the areas.

    Returns:
        Tensor: [N, M], or [N] if ``aligned``.

    Raises:
        TypeError: an argument is not a tensor, ``boxes1`` is not floating, or ``aligned`` is no bool.
        ValueError: a shape is not [N, 4], the shapes differ although ``aligned``, an option is unknown,
            or ``epsilon`` is not above 0.

    Relations:
        The losses of the same names are 1 minus this, more accurate near 0. For float32 all of it runs
        in float64 inside, which takes twice the memory of float32 for the pairs.

    Source:
        P. Jaccard, The distribution of the flora in the alpine zone, 1912; for the other kinds see the
        losses of their names. Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> boxes = paddle.to_tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 2.0], [3.0, 0.0, 4.0, 1.0]])
        >>> losses.box_iou(boxes[:2], boxes).tolist()
        [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0]]
        >>> losses.box_iou(boxes[:1], boxes, kind="giou").tolist()
        [[1.0, 0.5, -0.5]]
    """
    boxes1, boxes2 = _check_two(boxes1, boxes2, aligned, box_format, epsilon)
    _checks.option("box_iou", KINDS, kind=kind)
    if not aligned:
        if 0 in boxes1.shape or 0 in boxes2.shape:  # Paddle 2.6 cannot broadcast against an empty tensor
            return paddle.zeros([boxes1.shape[0], boxes2.shape[0]], boxes1.dtype)
        boxes1, boxes2 = boxes1.unsqueeze(1), boxes2.unsqueeze(0)
    _, iou, terms = compare(kind, boxes1, boxes2, box_format, epsilon)
    for term in terms:
        iou = iou - term
    return iou.astype(boxes1.dtype)


def _check_two(
    boxes1: Tensor, boxes2: Tensor, aligned: bool, box_format: str, epsilon: float
) -> tuple[Tensor, Tensor]:
    function = "box_iou"
    _checks.switch(function, aligned=aligned)
    if aligned:
        boxes1, boxes2 = _checks.pair(function, boxes1=boxes1, boxes2=boxes2)
    else:
        boxes1 = _checks.prediction(function, "boxes1", boxes1)
        boxes2 = _checks.cast(function, "boxes2", boxes2, boxes1.dtype)
    _check_rows(function, "boxes1", boxes1)
    _check_rows(function, "boxes2", boxes2)
    _check_settings(function, box_format, epsilon)
    return boxes1, boxes2


@full_precision
def diou_nms(
    boxes: Tensor,
    scores: Tensor,
    *,
    threshold: float = 0.5,
    box_format: BoxFormat = "xyxy",
) -> Tensor:
    r"""Suppress boxes that repeat a better one, by distance IoU: which boxes to keep, best first.

    .. math::
        \text{keep } i \iff \mathrm{IoU}_{ik} - \frac{\rho_{ik}^2}{c_{ik}^2} \le t
        \quad\text{for every better one that is kept, } k

    Two boxes that overlap much while their centres lie apart are likely two objects, and both stay.
    Boxes of different classes do not repeat each other: call it once per class.

    Args:
        boxes (Tensor): [N, 4], floating and finite.
        scores (Tensor): [N], finite; the higher, the better. Among equal scores the first box wins.
        threshold (float): t in [0, 1]: a box is dropped if its distance IoU with a better box that is
            kept is above it.
        box_format (str): "xyxy" (default), two opposite corners x1, y1, x2, y2, or "cxcywh", centre,
            width and height.

    Returns:
        Tensor: int64, the indices of the boxes to keep, best first. Empty for N = 0.

    Raises:
        TypeError: an argument is not a tensor, or ``boxes`` is not floating.
        ValueError: a shape is not [N, 4] or [N], a value is not finite, ``threshold`` is not in [0, 1],
            or ``box_format`` is unknown.
        RuntimeError: in a static graph. It reads its tensors, so it needs eager mode.

    Relations:
        Uses ``box_iou(kind="diou")``. With plain IoU instead it would be ``paddle.vision.ops.nms``.

    Source:
        Z. Zheng et al., Distance-IoU loss: faster and better learning for bounding box regression, 2020.
        Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> boxes = paddle.to_tensor([[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 10.0, 10.0], [5.0, 0.0, 15.0, 10.0]])
        >>> losses.diou_nms(boxes, paddle.to_tensor([0.6, 0.9, 0.7]), threshold=0.3).tolist()
        [1, 2]
    """
    order = _ranking(boxes, scores, threshold, box_format)
    ranked = boxes.detach().astype("float64")[paddle.to_tensor(order)]
    alive = np.ones(len(order), bool)
    for rank in range(len(order)):
        if alive[rank]:
            later = slice(rank + 1, None)
            close = box_iou(ranked[rank : rank + 1], ranked[later], kind="diou", box_format=box_format)
            alive[later] &= close[0].numpy() <= threshold
    return paddle.to_tensor(order[alive])


def _ranking(boxes: Tensor, scores: Tensor, threshold: float, box_format: str) -> np.ndarray:
    """Indices of the boxes from the highest score to the lowest, after checks of all there is to check."""
    function = "diou_nms"
    if not paddle.in_dynamic_mode():
        raise RuntimeError(f"{function}: it reads its tensors, so it needs eager mode, not a static graph.")
    _check_rows(function, "boxes", _checks.prediction(function, "boxes", boxes))
    scores = _checks.cast(function, "scores", scores, "float64")
    _checks.require_shape(function, "scores", scores, boxes.shape[:1], "one score per box")
    _checks.number(function, "[0, 1]", threshold=threshold)
    _checks.option(function, FORMATS, box_format=box_format)
    _check_finite(function, "boxes", boxes)
    _check_finite(function, "scores", scores)
    return np.argsort(-scores.numpy(), kind="stable")


def _check_finite(function: str, argument: str, tensor: Tensor) -> None:
    array = tensor.astype("float64").numpy()
    for index in np.argwhere(~np.isfinite(array))[:1]:
        raise ValueError(
            f"{function}: {argument} must be finite everywhere, got {array[tuple(index)]} at index "
            f"{index.tolist()}."
        )


# ------------------------------------------------------------------------------ what the losses share


def _pair(function: str, input: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    input, label = _checks.pair(function, input=input, label=label)
    _check_rows(function, "input", input)
    return input, label


def _check_rows(function: str, argument: str, boxes: Tensor) -> None:
    if len(boxes.shape) != 2 or boxes.shape[1] != 4:
        raise ValueError(
            f"{function}: {argument} must have the shape [N, 4], one box in a row, got {list(boxes.shape)}."
        )


def _check_settings(function: str, box_format: str, epsilon: float) -> None:
    _checks.option(function, FORMATS, box_format=box_format)
    _checks.number(function, "(0, inf)", epsilon=epsilon)


def _plus(loss: Tensor, terms: list[Tensor]) -> Tensor:
    for term in terms:
        loss = loss + term
    return loss


def _reduced(
    function: str, loss: Tensor, input: Tensor, reduction: Reduction, normalizer: float | Tensor | None
) -> Tensor:
    return reduce(function, loss, reduction, normalizer=normalizer).astype(input.dtype)
