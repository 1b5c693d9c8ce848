"""Losses of two networks that play against each other: one makes samples, one tells them from real ones.

Real and fake outputs may differ in shape, batch size included: each enters through a mean of its own.
Everything runs in float64, where the sum of the two means is rounded once; there are few outputs.
"""

from __future__ import annotations

from typing import Any, Callable

import paddle
from paddle import Tensor

from .._tracing import given, in_sot
from . import _checks, _values
from ._distances import length
from ._math import constant, held, positive_part, softplus
from ._precision import full_precision
from ._reduce import reduce


@full_precision
def minimax_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    r"""Discriminator loss of the original GAN: the cross entropy of telling real from fake.

    .. math:: L = -E[\log \sigma(D(x))] - E[\log(1 - \sigma(D(G(z))))]

    Args:
        real (Tensor): D(x), logits of real samples, floating, any shape. Half precision is computed in
            float32.
        fake (Tensor): D(G(z)), logits of made samples, floating, any shape, not necessarily that of
            ``real``.

    Returns:
        Tensor: shape [], in nats, in the dtype of ``real``. 2 log 2 where D cannot tell them apart.

    Raises:
        TypeError: an argument is not a floating tensor.

    Relations:
        The sum of ``binary_cross_entropy_with_logits`` of ``real`` with ones and of ``fake`` with zeros.
        Either generator loss goes with it: ``minimax_generator_loss`` or, as a rule,
        ``non_saturating_generator_loss``.

    Source:
        I. Goodfellow et al., Generative adversarial nets, 2014. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> real, fake = paddle.to_tensor([0.0, 0.0]), paddle.to_tensor([0.0])
        >>> print(f"{losses.minimax_discriminator_loss(real, fake).item():.4f}")
        1.3863
    """
    function = "minimax_discriminator_loss"
    real, fake, dtype = _outputs(function, real, fake)
    return (_mean(function, softplus(-real)) + _mean(function, softplus(fake))).astype(dtype)


@full_precision
def minimax_generator_loss(fake: Tensor) -> Tensor:
    r"""Generator loss of the original GAN: the discriminator's loss on fakes, with the sign turned.

    .. math:: L = E[\log(1 - \sigma(D(G(z))))]

    Its gradient, -σ, vanishes just where the generator is worst: where the discriminator knows every
    fake (D → -∞). ``non_saturating_generator_loss`` is the cure.

    Args:
        fake (Tensor): D(G(z)), logits of made samples, floating, any shape. Half precision is computed in
            float32.

    Returns:
        Tensor: shape [], in nats; at most 0, and without a lower bound.

    Raises:
        TypeError: ``fake`` is not a floating tensor.

    Relations:
        Minus the second term of ``minimax_discriminator_loss``.

    Source:
        I. Goodfellow et al., Generative adversarial nets, 2014. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> print(f"{losses.minimax_generator_loss(paddle.to_tensor([0.0])).item():.4f}")
        -0.6931
    """
    fake = _checks.prediction("minimax_generator_loss", "fake", fake)
    return _mean("minimax_generator_loss", -softplus(fake.astype("float64"))).astype(fake.dtype)


@full_precision
def non_saturating_generator_loss(fake: Tensor) -> Tensor:
    r"""Generator loss with the "-log D trick": a strong gradient where the discriminator is sure.

    .. math:: L = -E[\log \sigma(D(G(z)))]

    It pushes where ``minimax_generator_loss`` pushes, with 1 - σ instead of σ: hardest against the
    fakes that are known.

    Args:
        fake (Tensor): D(G(z)), logits of made samples, floating, any shape. Half precision is computed in
            float32.

    Returns:
        Tensor: shape [], in nats.

    Raises:
        TypeError: ``fake`` is not a floating tensor.

    Relations:
        ``binary_cross_entropy_with_logits`` of ``fake`` with ones. The discriminator learns from
        ``minimax_discriminator_loss``.

    Source:
        I. Goodfellow et al., Generative adversarial nets, 2014 (section 3). Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> print(f"{losses.non_saturating_generator_loss(paddle.to_tensor([-20.0])).item():.4f}")
        20.0000
    """
    fake = _checks.prediction("non_saturating_generator_loss", "fake", fake)
    return _mean("non_saturating_generator_loss", softplus(-fake.astype("float64"))).astype(fake.dtype)


@full_precision
def wgan_discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    r"""Critic loss of the Wasserstein GAN: minus the lead of the real samples' mean score.

    .. math:: L = E[D(G(z))] - E[D(x)]

    It has no lower bound: the critic must be kept Lipschitz, by ``gradient_penalty`` or by clipping its
    weights. Then minus the loss estimates the distance of the two distributions.

    Args:
        real (Tensor): D(x), scores of real samples, floating, any shape. Half precision is computed in
            float32.
        fake (Tensor): D(G(z)), scores of made samples, floating, any shape, not necessarily that of
            ``real``.

    Returns:
        Tensor: shape [], in the dtype of ``real``.

    Raises:
        TypeError: an argument is not a floating tensor.

    Relations:
        ``wgan_discriminator_loss(a, b) == -wgan_discriminator_loss(b, a)``.

    Source:
        M. Arjovsky, S. Chintala and L. Bottou, Wasserstein GAN, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> real, fake = paddle.to_tensor([2.0, 4.0]), paddle.to_tensor([1.0])
        >>> losses.wgan_discriminator_loss(real, fake).item()
        -2.0
    """
    function = "wgan_discriminator_loss"
    real, fake, dtype = _outputs(function, real, fake)
    return (_mean(function, fake) - _mean(function, real)).astype(dtype)


@full_precision
def wgan_generator_loss(fake: Tensor) -> Tensor:
    r"""Generator loss of the Wasserstein GAN: minus the mean score of its samples.

    .. math:: L = -E[D(G(z))]

    Args:
        fake (Tensor): D(G(z)), scores of made samples, floating, any shape. Half precision is computed in
            float32.

    Returns:
        Tensor: shape [].

    Raises:
        TypeError: ``fake`` is not a floating tensor.

    Relations:
        Minus the first term of ``wgan_discriminator_loss``. The generator of a GAN with the hinge loss
        has the same.

    Source:
        M. Arjovsky, S. Chintala and L. Bottou, Wasserstein GAN, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> losses.wgan_generator_loss(paddle.to_tensor([1.0, 2.0])).item()
        -1.5
    """
    fake = _checks.prediction("wgan_generator_loss", "fake", fake)
    return _mean("wgan_generator_loss", -fake).astype(fake.dtype)


@full_precision
def lsgan_discriminator_loss(
    real: Tensor, fake: Tensor, *, real_target: float = 1.0, fake_target: float = 0.0
) -> Tensor:
    r"""Discriminator loss of the least-squares GAN: the squared distances from two targets.

    .. math:: L = \tfrac12 E[(D(x) - b)^2] + \tfrac12 E[(D(G(z)) - a)^2]

    Args:
        real (Tensor): D(x), outputs for real samples without a sigmoid, floating, any shape. Half
            precision is computed in float32.
        fake (Tensor): D(G(z)), outputs for made samples, floating, any shape, not necessarily that of
            ``real``.
        real_target (float): b, any number.
        fake_target (float): a, any number.

    Returns:
        Tensor: shape [], in the dtype of ``real``.

    Raises:
        TypeError: an argument is not a floating tensor, or a target is not a number.
        ValueError: a target is not finite.

    Relations:
        Half the sum of two ``mse_loss``. With targets 1 and -1, and ``lsgan_generator_loss(target=0)``,
        the generator minimises the Pearson χ² divergence.

    Source:
        X. Mao et al., Least squares generative adversarial networks, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> real, fake = paddle.to_tensor([1.0, 0.0]), paddle.to_tensor([1.0])
        >>> losses.lsgan_discriminator_loss(real, fake).item()
        0.75
    """
    function = "lsgan_discriminator_loss"
    real, fake, dtype = _outputs(function, real, fake)
    _checks.number(function, "(-inf, inf)", real_target=real_target, fake_target=fake_target)
    loss = _mean(function, _half_square(real, real_target)) + _mean(function, _half_square(fake, fake_target))
    return loss.astype(dtype)


@full_precision
def lsgan_generator_loss(fake: Tensor, *, target: float = 1.0) -> Tensor:
    r"""Generator loss of the least-squares GAN: the squared distance from what the real ones get.

    .. math:: L = \tfrac12 E[(D(G(z)) - c)^2]

    It also pulls at samples that lie on the right side of the boundary but far from it.

    Args:
        fake (Tensor): D(G(z)), outputs for made samples without a sigmoid, floating, any shape. Half
            precision is computed in float32.
        target (float): c, any number: what the generator wants the discriminator to say.

    Returns:
        Tensor: shape [].

    Raises:
        TypeError: ``fake`` is not a floating tensor, or ``target`` is not a number.
        ValueError: ``target`` is not finite.

    Relations:
        Half of ``mse_loss`` with a label of ``target`` everywhere.

    Source:
        X. Mao et al., Least squares generative adversarial networks, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> losses.lsgan_generator_loss(paddle.to_tensor([0.0, 1.0])).item()
        0.25
    """
    function = "lsgan_generator_loss"
    fake = _checks.prediction(function, "fake", fake)
    _checks.number(function, "(-inf, inf)", target=target)
    return _mean(function, _half_square(fake.astype("float64"), target)).astype(fake.dtype)


@full_precision
def loss_sensitive_gan_discriminator_loss(
    real: Tensor, fake: Tensor, distance: Tensor, *, weight: float = 1.0
) -> Tensor:
    r"""Critic loss of the loss-sensitive GAN: fakes shall cost more than real samples, by their distance.

    .. math:: L = E[D(x)] + \lambda\, E[\max(0,\; \Delta(x, G(z)) + D(x) - D(G(z)))]

    Here the outputs are losses themselves: **lower for real samples**. A fake that is near its real
    sample need cost only little more, so that good fakes are left in peace.

    Nothing but the first term sees a constant added to D, so D needs a lower bound: let the critic end in
    a softplus. And it must be kept Lipschitz, as that of a Wasserstein GAN.

    Args:
        real (Tensor): D(x), losses of real samples, floating, any shape. Half precision is computed in
            float32.
        fake (Tensor): D(G(z)), losses of made samples, floating, the same shape: each stands beside a
            real one.
        distance (Tensor): Δ >= 0, the margin of each pair, the same shape; cast to the dtype of
            ``real``. For example the mean absolute difference of the two samples.
        weight (float): λ >= 0.

    Returns:
        Tensor: shape []. The gradient of the second term is 0 at the margin and beyond.

    Raises:
        TypeError: ``real`` or ``fake`` is not a floating tensor, or ``distance`` not a tensor.
        ValueError: shapes differ (nothing is broadcast), a distance is negative, or ``weight`` is.

    Relations:
        With ``weight=1`` the second term is ``margin_ranking_loss`` with a margin of its own for every
        pair.

    Source:
        G.-J. Qi, Loss-sensitive generative adversarial networks on Lipschitz densities, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> real, fake = paddle.to_tensor([0.5, 0.5]), paddle.to_tensor([0.0, 3.0])
        >>> distance = paddle.to_tensor([1.0, 1.0])
        >>> losses.loss_sensitive_gan_discriminator_loss(real, fake, distance).item()
        1.25
    """
    function = "loss_sensitive_gan_discriminator_loss"
    real = _checks.prediction(function, "real", real)
    fake = _checks.companion(function, "fake", _checks.prediction(function, "fake", fake), real, "real")
    distance = _checks.companion(function, "distance", distance, real, "real")
    _checks.number(function, "[0, inf)", weight=weight)
    ok = paddle.logical_not(distance < 0)  # a NaN comes from a sample, and is handed on
    distance = _values.demand(function, "distance", distance, ok, "not be negative anywhere")
    wide = real.astype("float64")
    excess = positive_part(distance.astype("float64") + (wide - fake.astype("float64")))
    return _mean(function, wide + constant(weight, wide) * excess).astype(real.dtype)


@full_precision
def loss_sensitive_gan_generator_loss(fake: Tensor) -> Tensor:
    r"""Generator loss of the loss-sensitive GAN: the mean of what the critic charges for its samples.

    .. math:: L = E[D(G(z))]

    Args:
        fake (Tensor): D(G(z)), losses of made samples (lower means more real), floating, any shape. Half
            precision is computed in float32.

    Returns:
        Tensor: shape [].

    Raises:
        TypeError: ``fake`` is not a floating tensor.

    Relations:
        ``wgan_generator_loss`` of ``-fake``.

    Source:
        G.-J. Qi, Loss-sensitive generative adversarial networks on Lipschitz densities, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> losses.loss_sensitive_gan_generator_loss(paddle.to_tensor([1.0, 2.0])).item()
        1.5
    """
    fake = _checks.prediction("loss_sensitive_gan_generator_loss", "fake", fake)
    return _mean("loss_sensitive_gan_generator_loss", fake).astype(fake.dtype)


def _outputs(function: str, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor, Any]:
    # Both in float64, and the dtype of the result.
    real, fake = _checks.prediction(function, "real", real), _checks.prediction(function, "fake", fake)
    return real.astype("float64"), fake.astype("float64"), real.dtype


def _mean(function: str, loss: Tensor) -> Tensor:
    return reduce(function, loss.astype("float64"), "mean")


def _half_square(x: Tensor, target: float) -> Tensor:
    # (x - target)² / 2
    return 0.5 * paddle.square(x - constant(target, x))


# ------------------------------------------------------------------------------ the gradient penalty


@full_precision
def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    real: Tensor,
    fake: Tensor,
    *,
    weight: float = 10.0,
    target: float = 1.0,
) -> Tensor:
    r"""Gradient penalty of WGAN-GP: the critic's slope between real and fake samples shall be 1.

    .. math::
        L = \lambda\, E[(\lVert \nabla_{\hat x} D(\hat x) \rVert_2 - k)^2], \qquad
        \hat x = u\, x + (1 - u)\, G(z), \quad u \sim U(0, 1)

    Every sample has a u and a norm of its own, over all of its axes. Added to
    ``wgan_discriminator_loss``, it trains the critic. The samples are constants: the generator learns
    nothing from it. The u come from Paddle's random numbers, so ``paddle.seed`` repeats them. A step of
    the critic::

        fake = generator(noise).detach()
        loss = wgan_discriminator_loss(critic(real), critic(fake)) + gradient_penalty(critic, real, fake)
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()

    Paddle must differentiate the critic twice. It can: Linear, Conv1D to 3D (not transposed, not
    depthwise), ReLU, LeakyReLU, Tanh, Sigmoid, ELU, SiLU, Softplus, average pooling, InstanceNorm,
    spectral and weight norm, BatchNorm in training mode. It cannot, and raises: LayerNorm, GroupNorm,
    GELU, PReLU, Softmax and attention, Dropout, max pooling, Upsample, ``flatten`` (use ``reshape``),
    BatchNorm in evaluation mode.

    BatchNorm makes one sample's score depend on the others, so that the norm is not one sample's any
    more (the paper advises against it); and its running averages see the samples in between.

    Args:
        critic (Callable): D, a Layer or a function from samples to one score or one map of scores
            each: [N], [N, 1], [N, 1, H, W]; a map counts by its sum. It runs outside ``auto_cast``, in
            the dtype of ``real``.
        real (Tensor): x, real samples, floating, [N, ...]. Half precision is computed in float32.
        fake (Tensor): G(z), made samples, floating, the same shape.
        weight (float): λ >= 0.
        target (float): k >= 0; 0 asks for a flat critic instead.

    Returns:
        Tensor: shape [], in the dtype of ``real``; 0 for an empty batch, without a call of ``critic``. In
        ``paddle.no_grad()`` just the value.

    Raises:
        TypeError: ``critic`` is not callable or returns no tensor, ``real`` or ``fake`` is not a floating
            tensor, or a setting is not a number.
        ValueError: shapes differ, there is no batch axis, ``critic`` does not return a score for every
            sample or its scores do not depend on the samples, or a setting is negative or not finite.
        RuntimeError: Paddle cannot differentiate the critic twice: it has no second derivative of an
            operation, or the critic uses ``recompute`` or went through ``paddle.jit.to_static``. (Trace
            the step instead that calls this function: with ``full_graph=True`` on every version.) What
            Paddle notices late raises in ``backward``, errors of its own.

    Relations:
        Of a linear critic with weights w it is λ (‖w‖ - k)², wherever the samples lie.

    Source:
        I. Gulrajani et al., Improved training of Wasserstein GANs, 2017. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> critic = paddle.nn.Linear(2, 1)
        >>> critic.weight.set_value(paddle.to_tensor([[3.0], [4.0]]))
        >>> losses.gradient_penalty(critic, paddle.randn([8, 2]), paddle.randn([8, 2])).item()
        160.0
    """
    function = "gradient_penalty"
    if not callable(critic):
        raise TypeError(
            f"{function}: critic must be callable, a Layer or a function, got {type(critic).__name__}."
        )
    real = _checks.prediction(function, "real", real)
    fake = _checks.companion(function, "fake", _checks.prediction(function, "fake", fake), real, "real")
    _checks.number(function, "[0, inf)", weight=weight, target=target)
    if not len(real.shape):
        raise ValueError(f"{function}: real and fake must have a batch axis, got the shape [].")
    if 0 in real.shape:
        return _nothing(real)
    slope = _slope(critic, _between(held(real), held(fake)))
    norm = length(slope.reshape([0, -1]))
    loss = constant(weight, norm) * paddle.square(norm - constant(target, norm))
    return reduce(function, loss, "mean").astype(real.dtype)


def _nothing(real: Tensor) -> Tensor:
    zero = paddle.zeros([], real.dtype)
    zero.stop_gradient = False  # so that backward may be called
    return zero


def _between(real: Tensor, fake: Tensor) -> Tensor:
    # u x + (1 - u) G(z), one u for each sample
    count = paddle.shape(real)[0] if real.shape[0] == -1 else real.shape[0]
    u = paddle.rand([count] + [1] * (len(real.shape) - 1), real.dtype)
    x = u * real + (1 - u) * fake
    x.stop_gradient = False
    return x


def _slope(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    # The gradient of every sample's score with respect to that sample.
    if not paddle.in_dynamic_mode():
        (slope,) = paddle.static.gradients([_scores(critic, x)], [x])
        return _found(slope)
    if in_sot():  # it would stop at what follows
        (slope,) = paddle.grad(_scores(critic, x), x, create_graph=True, allow_unused=True)
        return _found(slope)
    twice = paddle.is_grad_enabled()
    with paddle.enable_grad():
        score = _scores(critic, x)
        if twice:
            _refuse_hidden_graphs(score)
        try:
            (slope,) = paddle.grad(score, x, create_graph=twice, allow_unused=True)
        except RuntimeError as error:
            said = str(error).split("If you")[0].strip()
            raise RuntimeError(
                "gradient_penalty: Paddle cannot differentiate critic twice, for an operation in it has no "
                f"second derivative; help(gradient_penalty) lists layers that have one. Paddle says: {said}"
            ) from error
    return _found(slope)


def _scores(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    score = critic(x)
    if not _checks.is_tensor(score):
        raise TypeError(f"gradient_penalty: critic must return a paddle.Tensor, got {type(score).__name__}.")
    if not len(score.shape) or (score.shape[0] != x.shape[0] and -1 not in (score.shape[0], x.shape[0])):
        raise ValueError(
            f"gradient_penalty: critic must return a score for each of the {x.shape[0]} samples, "
            f"[{x.shape[0]}, ...], got {list(score.shape)}."
        )
    return score if not score.stop_gradient else _found(None)


def _found(slope: Tensor | None) -> Tensor:
    if not given(slope):
        raise ValueError(
            "gradient_penalty: the scores of critic must depend on its samples, got none that do. "
            "Does it detach them, or run in paddle.no_grad()?"
        )
    return slope


# Nodes of a graph that Paddle differentiates twice without a word, and wrongly: what to_static makes of a
# network (as 3.x and 2.6 call it) hands nothing to its parameters, recompute hands them the first gradient.
_NOT_TWICE = {
    "Dy2StGradNode": "it went through paddle.jit.to_static. Pass the Layer as it was before, or trace the "
    "whole step that calls gradient_penalty.",
    "GradNodePyLayer_RecomputeFunction": "it uses recompute. Run it without, or with use_reentrant=False.",
}
_NOT_TWICE["GradNodeBase"] = _NOT_TWICE["Dy2StGradNode"]


def _refuse_hidden_graphs(score: Tensor) -> None:
    nodes, seen = [score.grad_fn], set()
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        why = _NOT_TWICE.get(node.name().replace("_backward", ""))
        if why:
            raise RuntimeError(f"gradient_penalty: Paddle cannot differentiate critic twice, for {why}")
        nodes.extend(node.next_functions)
