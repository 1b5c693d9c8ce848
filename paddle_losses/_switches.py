"""The two switches of the package: the checks of tensor values, and the native kernels."""

from __future__ import annotations

import os


class _Switch:
    """Sets itself for good, or for a ``with`` block."""

    on = True

    def __init__(self, enabled: bool) -> None:
        switch = type(self)
        if not isinstance(enabled, bool):
            raise TypeError(f"{switch.__name__}: enabled must be True or False, got {enabled!r}.")
        self._before, self._enabled = switch.on, enabled
        switch.on = enabled

    def __enter__(self) -> _Switch:
        type(self).on = self._enabled
        return self

    def __exit__(self, *exception: object) -> None:
        type(self).on = self._before


class set_value_checks(_Switch):
    """Turn the checks that read tensor values off or on, for good or for a ``with`` block.

    With the checks on (the default), a wrong value raises ``ValueError`` in eager mode on CPU. With
    the checks off, no loss reads a tensor on the host, and a wrong value gives NaN where it stands.
    Checks of types, shapes and settings cost nothing and stay on.

    Args:
        enabled (bool): whether to check values.

    Raises:
        TypeError: ``enabled`` is not a bool.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> score, label = paddle.to_tensor([0.5]), paddle.to_tensor([0.0])
        >>> with losses.set_value_checks(False):
        ...     print(losses.hinge_loss(score, label).item())
        nan
    """


class set_kernels(_Switch):
    """Turn the native kernels off or on, for good or for a ``with`` block.

    With the kernels on (the default), losses that have one compute value and gradient in one pass, in
    eager mode on CPU; everything else is composed of Paddle's operations. A fused loss has no gradient
    of second order: turn the kernels off for that. The environment variable ``PADDLE_LOSSES_KERNELS=0``
    starts a program with the kernels off. Where the package was installed without a compiler there are
    none, and this changes nothing (``python -m paddle_losses --info`` says which).

    Args:
        enabled (bool): whether to use kernels.

    Raises:
        TypeError: ``enabled`` is not a bool.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> x = paddle.to_tensor([3.0], stop_gradient=False)
        >>> with losses.set_kernels(False):
        ...     loss = losses.mse_loss(x, paddle.zeros([1]))
        >>> (slope,) = paddle.grad(loss, x, create_graph=True)
        >>> paddle.grad(slope, x)[0].item()
        2.0
    """

    on = os.environ.get("PADDLE_LOSSES_KERNELS", "1") != "0"
