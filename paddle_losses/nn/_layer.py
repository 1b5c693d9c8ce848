"""How a function becomes a Layer: what stands before its star goes to ``forward``, the rest to
``__init__``."""

from __future__ import annotations

import inspect
import re
import types
from typing import Any, Callable, ClassVar

import paddle
from paddle import Tensor


class FunctionalLoss(paddle.nn.Layer):
    """Base of the Layers that own nothing but the settings of a loss function.

    ``class HuberLoss(FunctionalLoss, fn=F.huber_loss)`` is the whole definition: signature, docstring
    and ``forward`` are derived from the function. Settings are attributes; a tensor among them is a buffer
    (a parameter if it is one), which follows the Layer to another device and into its ``state_dict``.

    A Layer that owns tensors of the function, instead of taking them at every call, comes from a base that
    says so in ``_keeps`` and ``_adds``.
    """

    _keeps: ClassVar[dict[str, str]] = {}  # tensors that the Layer owns, and what the docs say in their place
    _adds: tuple[inspect.Parameter, ...] = ()  # settings that the function does not have
    _note: str = ""  # what a user must know of what it owns

    _fn: Callable[..., Tensor]
    _name: str = ""
    _settings: tuple[str, ...] = ()
    _passed_on: tuple[str, ...] = ()

    def __init_subclass__(cls, fn: Callable[..., Tensor] | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if fn is None:  # a subclass written by a user keeps what its parent has
            return
        tensors, settings = split_at_star(fn)
        cls._fn, cls._name = staticmethod(fn), fn.__name__
        cls._passed_on = tuple(setting.name for setting in settings)
        tensors = [tensor for tensor in tensors if tensor.name not in cls._keeps]
        settings = [*cls._adds, *settings]
        cls._settings = tuple(setting.name for setting in settings)
        cls.__signature__ = inspect.Signature(settings)
        if "forward" not in vars(cls):
            cls.forward = _forward_of(cls, tensors)
        cls.__doc__ = _doc(cls, fn, settings)

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__()
        signature = inspect.signature(type(self))
        try:
            bound = signature.bind(*positional, **settings)
        except TypeError as error:
            name = type(self).__name__
            raise TypeError(f"{name}: {error}. Settings are keywords: {name}{signature}.") from None
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._settings:
            for store in (self.__dict__, self._buffers, self._parameters):
                store.pop(name, None)
            if hasattr(value, "stop_gradient") and not hasattr(value, "trainable"):
                self.register_buffer(name, value.detach().clone())  # the caller's tensor stays theirs
                return
        super().__setattr__(name, value)

    def forward(self, *tensors: Tensor, **named: Tensor) -> Tensor:
        if not self._name:  # never so, but 2.6 tells traced Layers apart only by what a condition reads
            raise NotImplementedError("FunctionalLoss is a base; use one of its subclasses.")
        return self._fn(*tensors, **named, **self._kept(), **self._current_settings())

    def _kept(self) -> dict[str, Tensor]:
        tensors = {}
        for name in self._keeps:
            tensors[name] = getattr(self, name)
        return tensors

    def _current_settings(self) -> dict[str, Any]:
        settings = {}
        for name in self._passed_on:
            settings[name] = getattr(self, name)
        return settings

    def __getstate__(self) -> dict[str, Any]:
        # Paddle 2.6 cannot pickle a tensor, and 3.3 no parameter.
        buffers = {name: _frozen(tensor) for name, tensor in self._buffers.items()}
        parameters = {name: (*_frozen(p), _how_it_learns(p)) for name, p in self._parameters.items()}
        return {**self.__dict__, "_buffers": buffers, "_parameters": parameters}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name, (array, dtype) in self._buffers.items():
            self._buffers[name] = paddle.to_tensor(array).astype(dtype)
        for name, (array, dtype, learning) in self._parameters.items():
            begin = paddle.nn.initializer.Assign(array)
            parameter = paddle.create_parameter(list(array.shape), dtype, default_initializer=begin)
            for attribute, value in learning.items():
                setattr(parameter, attribute, value)
            self._parameters[name] = parameter

    def extra_repr(self) -> str:
        return ", ".join([f"{name}={getattr(self, name)!r}" for name in self._settings])


def _frozen(tensor: Tensor) -> tuple[Any, str]:
    # float64 holds every value of the dtypes that a tensor here may have.
    return tensor.astype("float64").numpy(), str(tensor.dtype).replace("paddle.", "")


def _how_it_learns(parameter: Tensor) -> dict[str, Any]:
    # What the optimizer reads of a parameter, as its ParamAttr had it.
    names = ("stop_gradient", "optimize_attr", "regularizer", "need_clip", "do_model_average")
    return {name: getattr(parameter, name) for name in names}


def split_at_star(fn: Callable) -> tuple[list[inspect.Parameter], list[inspect.Parameter]]:
    """The parameters of ``fn`` before its ``*`` and after it."""
    parameters = list(inspect.signature(fn).parameters.values())
    settings = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    return [p for p in parameters if p not in settings], settings


def _forward_of(cls: type, tensors: list[inspect.Parameter]) -> Callable[..., Tensor]:
    """A copy of the base's ``forward`` that says what its tensors are called.

    Its code has a name of its own: Paddle's bytecode tracer takes equal code for the same function.
    """
    base = FunctionalLoss.forward
    code = base.__code__.replace(co_name=f"{cls.__name__}_forward")
    forward = types.FunctionType(code, base.__globals__, base.__name__)
    self = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    forward.__signature__ = inspect.Signature([self, *tensors])
    forward.__doc__ = "Compute the loss; the arguments are those of the function."
    return forward


def setting(name: str, annotation: str, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """A setting for `FunctionalLoss._adds`."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _doc(cls: type, fn: Callable, settings: list) -> str:
    construction = ", ".join(s.name if s.default is s.empty else f"{s.name}={s.default!r}" for s in settings)
    call = ", ".join(list(inspect.signature(cls.forward).parameters)[1:])  # without self
    use = f"``{cls.__name__}({construction})({call})``: settings at construction, tensors at the call."
    doc = inspect.getdoc(fn)
    for name, instead in cls._keeps.items():
        instead = f"\n{instead}" if instead else ""
        doc = re.sub(rf"\n    {name} \(.*(\n        .*)*", lambda _, text=instead: text, doc)
    note = f"{cls._note}\n\n" if cls._note else ""
    return f"Layer form of ``paddle_losses.{fn.__name__}``.\n\n{use}\n\n{note}{doc}"
