"""What a call of a layer does: check its arguments, add one step to the program, name the result.

A layer is one function with one decorator::

    @layer(FLOATS, in_double=True)
    def sqrt(x: Tensor, name=None):
        return paddle.sqrt(x)

Its signature is fluid's. Parameters annotated ``Tensor`` are Variables when the program is built and their
values when it runs; the others are settings. ``name``, ``act``, ``out`` and ``cond`` are dealt with here and
never reach the body. What the result looks like before it is computed is said by ``shape`` and ``dtype``,
functions of the arguments (see ``_shapes.py``, where each says which arguments it reads); without them it
is like the first input. ``literal`` is the double that every element is, if that is known then, and
``differentiable=False`` says that no gradient passes.

``in_double`` is the arithmetic of ``compat/_arithmetic.py``: the inputs come in float64, a Python literal as
the double that it is, and the result is rounded once.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Callable

import numpy as np
from paddle import Tensor

from ....functional._math import constant
from ..dtypes import ANY
from ..framework import Block, Operator, Variable, default_main_program, new_name, new_result_name
from ._shapes import Shape, like_first

ACTIVATIONS = ("abs", "exp", "log", "relu", "sigmoid", "softmax", "sqrt", "square", "tanh")  # for ``act=``

_layers: dict[str, Callable[..., Variable]] = {}


def layer(
    dtypes: tuple[str, ...],
    shape: Callable[[SimpleNamespace], Shape] = like_first,
    dtype: Callable[[SimpleNamespace], str] = lambda a: a.first.dtype,
    literal: Callable[[SimpleNamespace], float | None] = lambda a: None,
    differentiable: bool = True,
    in_double: bool = False,
) -> Callable[[Callable], Callable[..., Variable]]:
    """Make a layer of a function of tensors. ``dtypes`` are those that its inputs may have."""

    def decorate(kernel: Callable) -> Callable[..., Variable]:
        signature = inspect.signature(kernel)
        tensors = [p.name for p in signature.parameters.values() if p.annotation == "Tensor"]
        assert tensors, f"{kernel.__name__}: no parameter is annotated Tensor (under __future__ annotations)"

        def step(block: Block, out: str | Variable, arguments: Mapping[str, Any]) -> Variable:
            inputs = [arguments[name] for name in tensors]
            check_inputs(kernel.__name__, dict(zip(tensors, inputs)), dtypes)
            settings = {name: value for name, value in arguments.items() if name not in tensors}
            known = SimpleNamespace(first=inputs[0], **arguments)
            with named(kernel.__name__):
                result = _result(block, out, shape(known), dtype(known))
                result.constant = literal(known)
            run = functools.partial(kernel, **settings)
            if in_double:
                run = functools.partial(_in_double, run, [v.constant for v in inputs], result.dtype)
            block.append(Operator(kernel.__name__, run, inputs, [result], differentiable))
            return result

        @functools.wraps(kernel)
        def build(*args: Any, **kwargs: Any) -> Variable:
            arguments = _bind(kernel.__name__, signature, args, kwargs)
            name = arguments.pop("name", None) or new_name(kernel.__name__)
            act = arguments.pop("act", None)
            given = [arguments.pop(key) for key in ("out", "cond") if key in arguments]  # a Variable to fill
            into = next((out for out in given if out is not None), None)
            block = default_main_program().current_block()
            result = step(block, new_result_name(name) if into is None else into, arguments)
            return result if act is None else _activated(kernel.__name__, result, act, name)

        build.step, build.kernel = step, kernel  # for operators, and for other layers
        _layers[kernel.__name__] = build
        return build

    return decorate


def check_inputs(function: str, inputs: Mapping[str, Any], dtypes: tuple[str, ...] = ANY) -> None:
    for argument, variable in inputs.items():
        if not isinstance(variable, Variable):
            raise TypeError(
                f"fluid.layers.{function}: {argument} must be a fluid Variable, "
                f"got {variable!r} ({type(variable).__name__})"
            )
        if variable.dtype not in dtypes:
            raise TypeError(
                f"fluid.layers.{function}: {argument} must be {' or '.join(dtypes)}, "
                f"but {variable.name} is {variable.dtype}; fluid.layers.cast converts it"
            )


@contextlib.contextmanager
def named(function: str) -> Iterator[None]:
    """Say in which layer an error was found."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"fluid.layers.{function}: {error}") from None


def _bind(function: str, signature: inspect.Signature, args: Any, kwargs: Any) -> dict[str, Any]:
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        plain = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        call = f"{function}{signature.replace(parameters=plain)}"
        raise TypeError(f"fluid.layers.{function}: {error}; it is {call}") from None
    bound.apply_defaults()
    return bound.arguments


def _result(block: Block, out: str | Variable, shape: Shape, dtype: str) -> Variable:
    if isinstance(out, str):
        return block.create_var(out, shape, dtype)
    if not isinstance(out, Variable) or out.dtype != dtype:
        raise TypeError(f"the result must go into a {dtype} Variable, got {out!r}")
    return out


def _in_double(
    kernel: Callable[..., Tensor], constants: Sequence[float | None], dtype: str, *values: Tensor
) -> Tensor:
    return kernel(*map(_exact, values, constants)).astype(dtype)


def _exact(value: Tensor, literal: float | None) -> Tensor:
    """``value`` in double: the literal it was made of, if it is one, and still differentiable."""
    wide = value.astype("float64")
    return wide if literal is None else wide + (constant(literal, wide) - wide.detach())


def _activated(function: str, result: Variable, act: str, name: str) -> Variable:
    if act not in ACTIVATIONS:
        raise ValueError(f"fluid.layers.{function}: act must be one of {', '.join(ACTIVATIONS)}, got {act!r}")
    return _layers[act](result, name=name)


def float32(number: float) -> float:
    """``number`` as fluid kept it in a program."""
    return float(np.float32(number))


def whole(number: float) -> int:
    """``number`` beside integers."""
    if number != int(number):
        raise TypeError(f"{number} beside integers would be cut off; cast the Variable to float32 first")
    return int(number)
