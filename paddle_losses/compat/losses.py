"""The eleven functions of document S1, under their own names, signatures and defaults.

They keep what old code relies on, odd parts included: labels are clipped, nothing but a mean is
offered, and the result is float32 of shape [1]. Each docstring names the modern function to move to.
All take tensors or arrays of one shape, and gradients flow through them.
"""

from __future__ import annotations

import numpy as np
import paddle
from paddle import Tensor

from ..functional import _checks, _values
from ..functional import hinge_loss as _fixed_hinge_loss
from ..functional._precision import full_precision
from ._arithmetic import E, clip, exponential, log, mean, power


@full_precision
def l1_loss(pred, label) -> Tensor:
    """Mean absolute error. Today: ``paddle_losses.l1_loss``.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.l1_loss(np.array([[1], [2], [3]]), np.array([[1], [3], [6]])).numpy()
        array([1.3333334], dtype=float32)
    """
    pred, label = _pair("l1_loss", pred, label)
    return mean(paddle.abs(pred - label))


@full_precision
def l2_loss(pred, label) -> Tensor:
    """Mean squared error. Today: ``paddle_losses.mse_loss``.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.l2_loss(np.array([[3], [2], [1]]), np.array([[1], [2], [3]])).numpy()
        array([2.6666667], dtype=float32)
    """
    pred, label = _pair("l2_loss", pred, label)
    return mean(power(pred - label, 2))


@full_precision
def mean_bias_error(pred, label) -> Tensor:
    """Mean signed error, pred - label. Today: ``paddle_losses.mean_bias_error``.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.mean_bias_error(np.array([[3], [2], [1]]), np.array([[1], [2], [3]])).numpy()
        array([0.], dtype=float32)
    """
    pred, label = _pair("mean_bias_error", pred, label)
    return mean(pred - label)


@full_precision
def huber_loss(pred, label, delta=1) -> Tensor:
    """Mean of min(δ|e|, e²), which is *not* the Huber loss. Today: ``paddle_losses.huber_loss``.

    The document dropped both constants of the formula beside it. The two pieces still meet, at
    |e| = δ, but with slopes 2δ and δ: there is a corner where the Huber loss is smooth.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.
        delta (float): slope of the linear part, and where it starts.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.huber_loss(np.array([[4], [2], [1]]), np.array([[1], [2], [3]]), delta=2).numpy()
        array([3.3333333], dtype=float32)
    """
    pred, label = _pair("huber_loss", pred, label)
    l2 = power(pred - label, 2)
    l1 = paddle.abs(pred - label) * delta
    return mean(paddle.minimum(l1, l2))


@full_precision
def logcosh_loss(pred, label) -> Tensor:
    """Mean of log cosh e, from cosh itself: inf beyond |e| = 88.7. Today: ``paddle_losses.log_cosh_loss``.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.logcosh_loss(np.array([[4], [2], [1]]), np.array([[1], [2], [3]])).numpy()
        array([1.2114438], dtype=float32)
    """
    pred, label = _pair("logcosh_loss", pred, label)
    loss = pred - label
    cosh = (exponential(E, loss) + exponential(E, 0 - loss)) / 2
    return mean(log(cosh))


@full_precision
def quantile_loss(pred, label, gamma) -> Tensor:
    """Mean pinball loss. Today: ``paddle_losses.quantile_loss``, whose ``quantile`` is ``gamma``.

    Args:
        pred (Tensor|array): predictions, any shape.
        label (Tensor|array): targets, the same shape.
        gamma (float): the quantile: slope where the prediction is too small.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> pred, label = np.array([[4], [2], [1], [3]]), np.array([[1], [2], [3], [4]])
        >>> compat.quantile_loss(pred, label, 0.5).numpy()
        array([0.75], dtype=float32)
    """
    pred, label = _pair("quantile_loss", pred, label)
    dist = paddle.abs(pred - label)
    return mean(paddle.where(pred > label, (1 - gamma) * dist, gamma * dist))


@full_precision
def bce_loss(pred, label, epsilon=1e-05) -> Tensor:
    """Mean binary cross entropy, from probabilities. Today: ``paddle_losses.binary_cross_entropy``.

    The label is clipped too, so the value of the example is 0.0702968 where that of the clipped
    probability alone is 0.0702437.

    Args:
        pred (Tensor|array): probabilities, any shape.
        label (Tensor|array): 0 or 1, the same shape.
        epsilon (float): pred and label are clipped to [epsilon, 1 - epsilon].

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.bce_loss(np.array([[0.9], [0.1], [1]]), np.array([[1], [0], [1]])).numpy()
        array([0.07029679], dtype=float32)
    """
    pred, label = _clipped_pair("bce_loss", pred, label, epsilon)
    return mean(-1 * (label * log(pred) + (1 - label) * log(1 - pred)))


@full_precision
def wce_loss(pred, label, w=1, epsilon=1e-05) -> Tensor:
    """`bce_loss` with weight ``w`` on label 1.

    Today: ``paddle_losses.weighted_cross_entropy``, from logits.

    Args:
        pred (Tensor|array): probabilities, any shape.
        label (Tensor|array): 0 or 1, the same shape.
        w (float): weight of the positive class.
        epsilon (float): pred and label are clipped to [epsilon, 1 - epsilon].

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.wce_loss(np.array([[0.9], [0.1], [1]]), np.array([[1], [0], [1]])).numpy()
        array([0.07029679], dtype=float32)
    """
    pred, label = _clipped_pair("wce_loss", pred, label, epsilon)
    return mean(-1 * (w * label * log(pred) + (1 - label) * log(1 - pred)))


@full_precision
def balanced_ce_loss(pred, label, beta=0.5, epsilon=1e-05) -> Tensor:
    """`bce_loss` with weights beta and 1 - beta.

    Today: ``paddle_losses.balanced_cross_entropy``, from logits.

    Args:
        pred (Tensor|array): probabilities, any shape.
        label (Tensor|array): 0 or 1, the same shape.
        beta (float): weight of the positive class, between 0 and 1.
        epsilon (float): pred and label are clipped to [epsilon, 1 - epsilon].

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.balanced_ce_loss(np.array([[0.9], [0.1], [1]]), np.array([[1], [0], [1]])).numpy()
        array([0.03514839], dtype=float32)
    """
    pred, label = _clipped_pair("balanced_ce_loss", pred, label, epsilon)
    return mean(-1 * (beta * label * log(pred) + (1 - beta) * (1 - label) * log(1 - pred)))


@full_precision
def focal_loss(pred, label, alpha=0.25, gamma=2, epsilon=1e-6) -> Tensor:
    """Mean focal loss, from probabilities. Today: ``paddle_losses.focal_loss``, from logits.

    Args:
        pred (Tensor|array): probabilities, any shape.
        label (Tensor|array): 0 or 1, the same shape.
        alpha (float): weight of the positive class.
        gamma (float): how fast easy elements fade.
        epsilon (float): pred and label are clipped to [epsilon, 1 - epsilon].

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.focal_loss(np.array([[0.9], [0.1], [1]]), np.array([[1], [0], [1]])).numpy()
        array([0.00035533], dtype=float32)
    """
    pred, label = _clipped_pair("focal_loss", pred, label, epsilon)
    positive = alpha * power(1 - pred, gamma) * label * log(pred)
    negative = (1 - alpha) * power(pred, gamma) * (1 - label) * log(1 - pred)
    return mean(-1 * (positive + negative))


@full_precision
def hinge_loss(pred, label) -> Tensor:
    """Mean hinge loss, *fixed*. Today: ``paddle_losses.hinge_loss``, which this one calls.

    The document's own is wrong three times: it sums although its formula averages, its docstring is
    that of the focal loss, and its example calls ``focal_loss``, so the printed 9.292055e-05 is the
    focal loss of -1/1 labels. That line is reproduced, under this label, in ``compat.EXAMPLES``.

    Args:
        pred (Tensor|array): scores, any shape.
        label (Tensor|array): -1 or 1, the same shape.

    Returns:
        Tensor: float32, shape [1].

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: shapes differ, or a label is not -1 or 1.

    Example:
        >>> import numpy as np
        >>> from paddle_losses import compat
        >>> compat.hinge_loss(np.array([[0.9], [-0.1], [1]]), np.array([[1], [-1], [1]])).numpy()
        array([0.33333334], dtype=float32)
    """
    pred, label = _pair("hinge_loss", pred, label)
    label = _values.signs("compat.hinge_loss", "label", label)
    return _fixed_hinge_loss(pred, label).reshape([1])


def _pair(function: str, pred, label) -> tuple[Tensor, Tensor]:
    function = f"compat.{function}"
    pred, label = _float32(function, "pred", pred), _float32(function, "label", label)
    return pred, _checks.companion(function, "label", label, pred, "pred")


def _clipped_pair(function: str, pred, label, epsilon: float) -> tuple[Tensor, Tensor]:
    pred, label = _pair(function, pred, label)
    return clip(pred, epsilon, 1 - epsilon), clip(label, epsilon, 1 - epsilon)


def _float32(function: str, argument: str, value) -> Tensor:
    if not _checks.is_tensor(value):
        value = np.asarray(value)
        if value.dtype.kind not in "fiub":
            raise TypeError(
                f"{function}: {argument} must be a tensor or an array of numbers, "
                f"got an array of {value.dtype}."
            )
        value = paddle.to_tensor(value.astype("float32"))
    return value.astype("float32")
