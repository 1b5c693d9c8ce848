"""Layers that compare two images in the feature maps of a network, which remains the caller's."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import paddle
from paddle import Tensor
from paddle.nn import Layer

from .. import functional as F
from ..functional._checks import is_tensor, require_tensor
from ..functional._math import held
from ._layer import FunctionalLoss

_IMAGES = """    feature_extractor (paddle.nn.Layer): the network. At every call it runs once for ``input``
        and once for ``label``, in eval mode and with its parameters held constant, and is then as it was.
        It is no sublayer: the optimizer, ``state_dict``, ``train()`` and ``to()`` of the model do not
        reach it. Nothing is downloaded. Do not give one that is itself under ``to_static``: trace the
        model that ends in the loss, which by bytecode runs the network outside its graph.
    layers (list of str): whose outputs to compare, as ``named_sublayers()`` of the network calls them.
        Each runs once in a pass of the network. What the network computes after the last of them is
        wasted: of a VGG, give ``vgg16(pretrained=True).features`` and names like "3" and "8".
    input (Tensor): the prediction, as the network takes it (mostly normalised with the mean and standard
        deviation that it was trained with). Gradients reach it.
    label (Tensor): the target, likewise; a gradient reaches it if it wants one."""


class FeatureLoss(FunctionalLoss):
    """Base of the Layers whose function takes feature maps: they take images and run the network."""

    _keeps: ClassVar[dict[str, str]] = {"features_input": _IMAGES, "features_label": ""}
    _adds = tuple(
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
        for name, annotation in (("feature_extractor", "Layer"), ("layers", "Sequence[str]"))
    )

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        name = type(self).__name__
        if not isinstance(self.feature_extractor, Layer):
            kind = type(self.feature_extractor).__name__
            raise TypeError(f"{name}: feature_extractor must be a paddle.nn.Layer, got {kind}.")
        if not isinstance(self.layers, (list, tuple)) or not self.layers:
            raise TypeError(
                f"{name}: layers must be a list of names of sublayers, at least one, got {self.layers!r}."
            )
        for layer in self.layers:
            _named(name, self.feature_extractor, layer)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "feature_extractor":
            self.__dict__[name] = value  # not through Paddle, which would make it a sublayer
        else:
            super().__setattr__(name, value)

    def _features(self, argument: str, image: Tensor) -> list[Tensor]:
        name, network = type(self).__name__, self.feature_extractor
        # Bytecode tracing stays outside: Paddle 2.6 gives wrong gradients of a network with hooks.
        tracer = paddle.framework.core.set_eval_frame(None)
        try:
            require_tensor(name, argument, image)
            with _frozen(network), _recorded(name, network, self.layers) as outputs:
                network(image)
        finally:
            paddle.framework.core.set_eval_frame(tracer)
        return [_only(name, layer, seen) for layer, seen in zip(self.layers, outputs)]

    def _state_dict_impl(
        self,
        destination=None,
        include_sublayers=True,
        structured_name_prefix="",
        include_non_persistable_buffer=False,
        *rest,
        **named,
    ):
        state = super()._state_dict_impl(
            destination,
            include_sublayers,
            structured_name_prefix,
            include_non_persistable_buffer,
            *rest,
            **named,
        )
        if include_non_persistable_buffer:  # ``jit.save`` looks up what the program holds: the network too
            for name, tensor in self.feature_extractor.to_static_state_dict().items():
                state[f"{structured_name_prefix}feature_extractor.{name}"] = tensor
        return state

    def extra_repr(self) -> str:
        network = repr(self.feature_extractor)
        return super().extra_repr().replace(network, type(self.feature_extractor).__name__)


@paddle.jit.not_to_static  # which otherwise warns of the next line
@contextmanager
def _frozen(network: Layer) -> Iterator[None]:
    """In eval mode and without gradients to the parameters; afterwards as it was."""
    # Not network.eval(): it has no way back to sublayers of different modes.
    layers, parameters = network.sublayers(include_self=True), network.parameters()
    training, constant = [x.training for x in layers], [x.stop_gradient for x in parameters]
    named = [dict(x._parameters) for x in layers]
    try:
        for layer in layers:
            layer.training = False
        for parameter in parameters:
            parameter.stop_gradient = True
        if not paddle.in_dynamic_mode():  # a program is differentiated later, when the flag is as it was
            for layer in layers:
                for name, parameter in layer._parameters.items():
                    layer._parameters[name] = None if parameter is None else held(parameter)
        yield
    finally:
        for layer, mode, names in zip(layers, training, named):
            layer.training = mode
            layer._parameters.update(names)
        for parameter, mode in zip(parameters, constant):
            parameter.stop_gradient = mode


@paddle.jit.not_to_static
@contextmanager
def _recorded(name: str, network: Layer, layers: list[str]) -> Iterator[list[list[Any]]]:
    """What the layers give, pass by pass."""
    outputs, hooks = [[] for _ in layers], []
    try:
        for layer, seen in zip(layers, outputs):
            hooks.append(_named(name, network, layer).register_forward_post_hook(_recorder(seen)))
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()


def _recorder(seen: list[Any]):
    def hook(_: Layer, __: Any, output: Any) -> None:
        # A copy: an activation that works in place would change it.
        seen.append(paddle.assign(output) if is_tensor(output) else output)

    return hook


def _only(name: str, layer: str, seen: list[Any]) -> Tensor:
    if len(seen) != 1:
        raise ValueError(
            f"{name}: layers must name sublayers that run once in a pass of feature_extractor, "
            f"{layer!r} ran {len(seen)} times."
        )
    if not is_tensor(seen[0]):
        raise TypeError(
            f"{name}: layers must name sublayers that give one tensor, {layer!r} gave "
            f"{type(seen[0]).__name__}."
        )
    return seen[0]


def _named(name: str, network: Layer, layer: str) -> Layer:
    """The sublayer of that name, also if it is not the only name it has."""
    found = network if isinstance(layer, str) else None
    for part in str(layer).split("."):
        found = None if found is None else found._sub_layers.get(part)
    if found is None:
        names = [known for known, _ in network.named_sublayers()]
        near = [repr(known) for known in difflib.get_close_matches(str(layer), names) or names[:5]]
        raise ValueError(
            f"{name}: layers must name sublayers of feature_extractor ({', '.join(near)}, …), got {layer!r}."
        )
    return found


class PerceptualLoss(FeatureLoss, fn=F.perceptual_loss):
    def forward(self, input: Tensor, label: Tensor) -> Tensor:
        """Compute the loss of two batches of images."""
        return self._fn(
            self._features("input", input), self._features("label", label), **self._current_settings()
        )


class StyleLoss(FeatureLoss, fn=F.style_loss):
    def forward(self, input: Tensor, label: Tensor) -> Tensor:
        """Compute the loss of two batches of images."""
        return self._fn(
            self._features("input", input), self._features("label", label), **self._current_settings()
        )
