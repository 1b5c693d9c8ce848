"""What ``+``, ``-``, ``>``, ``x[0]`` and so on mean on Variables.

A number beside ``+``, ``-`` or ``*``, or behind ``/``, makes one scale step: ``x / 3`` is x times the
float32 of 1/3. Elsewhere it becomes a constant Variable of shape [1]. Of two Variables the right one is cast
to the dtype of the left one, and the shorter shape starts at the first axis if the right side's first extent
is not known (a batch), otherwise it ends at the last. The step goes into the program of the left Variable.
"""

from __future__ import annotations

import functools
from typing import Any, Callable

import numpy as np
import paddle

from . import layers, unique_name
from .dtypes import INTEGERS
from .framework import Block, Operator, Variable
from .layers._layer import float32, whole
from .layers.indexing import as_items, index

# name of the method: layer, and for a number beside the Variable the scale and bias of one step
SCALED = {
    "__add__": ("elementwise_add", lambda number: (1.0, number)),
    "__radd__": ("elementwise_add", lambda number: (1.0, number)),
    "__sub__": ("elementwise_sub", lambda number: (1.0, -number)),
    "__rsub__": ("elementwise_sub", lambda number: (-1.0, number)),
    "__mul__": ("elementwise_mul", lambda number: (number, 0.0)),
    "__rmul__": ("elementwise_mul", lambda number: (number, 0.0)),
    "__truediv__": ("elementwise_div", lambda number: (1.0 / number, 0.0)),
}
PAIRED = {
    "__rtruediv__": "elementwise_div",
    "__pow__": "elementwise_pow",
    "__rpow__": "elementwise_pow",
    "__floordiv__": "elementwise_floordiv",
    "__mod__": "elementwise_mod",
    "__eq__": "equal",
    "__ne__": "not_equal",
    "__lt__": "less_than",
    "__le__": "less_equal",
    "__gt__": "greater_than",
    "__ge__": "greater_equal",
}


def scaled(method: str) -> Callable[[Variable, Any], Variable]:
    name, factors = SCALED[method]
    pair = paired(method, name)

    def apply(self: Variable, other: Any) -> Variable:
        divides_integers = method == "__truediv__" and self.dtype in INTEGERS
        if isinstance(other, np.generic) and method.startswith("__r"):
            other = other.item()
        if not isinstance(other, (int, float)) or divides_integers:
            return pair(self, other)
        other = whole(other) if self.dtype in INTEGERS else other
        return _scale(self, *factors(float(other)))

    return apply


def paired(method: str, name: str) -> Callable[[Variable, Any], Variable]:
    layer = getattr(layers, name)
    reverse = method.startswith("__r")

    def apply(self: Variable, other: Any) -> Variable:
        block = _block(self)
        if not isinstance(other, Variable):
            other = _constant(block, method, other, self.dtype)
        if other.dtype != self.dtype:
            other = astype(other, self.dtype)
        left, right = (other, self) if reverse else (self, other)
        axis = 0 if right.shape[0] == -1 else -1
        return _step(layer, block, x=left, y=right, axis=axis)

    return apply


def neg(self: Variable) -> Variable:
    return _scale(self, -1.0, 0.0)


def astype(self: Variable, dtype: Any) -> Variable:
    """`fluid.layers.cast`"""
    return _step(layers.cast, _block(self), x=self, dtype=dtype)


def getitem(self: Variable, item: Any) -> Variable:
    """Part of the Variable: an index drops its axis, a slice keeps it; what is left has rank 1 or more."""
    items = as_items(item)
    if all(entry == slice(None) for entry in items):
        return self
    return index.step(_block(self), unique_name.generate(f"{self.name}_slice"), {"x": self, "item": items})


def _scale(x: Variable, scale: float, bias: float) -> Variable:
    return _step(layers.scale, _block(x), x=x, scale=scale, bias=bias, bias_after_scale=True)


def _constant(block: Block, method: str, number: Any, dtype: str) -> Variable:
    if not isinstance(number, (int, float, np.number, np.bool_)):
        raise TypeError(f"{method}: wants a fluid Variable or a number, got {number!r}")
    variable = block.create_var(unique_name.generate("tmp"), (1,), dtype, stop_gradient=True)
    value = int(number) if dtype in INTEGERS else float32(number)
    fill = functools.partial(paddle.full, [1], value, dtype)
    block.append(Operator("fill_constant", fill, [], [variable], differentiable=False))
    variable.constant = None if dtype in INTEGERS else float(number)
    return variable


def _step(layer: Any, block: Block, **arguments: Any) -> Variable:
    return layer.step(block, unique_name.generate("tmp"), arguments)


def _block(variable: Variable) -> Block:
    return variable.block.program.current_block()


for _method in SCALED:
    setattr(Variable, _method, scaled(_method))
for _method, _name in PAIRED.items():
    setattr(Variable, _method, paired(_method, _name))
Variable.__neg__ = neg
Variable.__getitem__ = getitem
Variable.astype = astype
