"""The ways in which Paddle can run a loss, each taking and returning arrays."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np
import paddle
from cases import Arrays
from paddle.jit.sot.opcode_translator.executor.executor_cache import OpcodeExecutorCache

from paddle_losses.nn import FunctionalLoss

Result = tuple[np.ndarray, dict[str, np.ndarray]]  # the value, and the gradients of its sum


def tensors_of(arrays: Arrays, dtype: str = "float64", differentiable=()) -> dict[str, Any]:
    """Tensors from arrays: floating ones in ``dtype``, integer ones as they are."""
    tensors = {}
    for name, array in arrays.items():
        tensor = paddle.to_tensor(array)
        if array.dtype.kind == "f":
            tensor = tensor.astype(dtype)
        tensors[name] = tensor.detach()
        tensors[name].stop_gradient = name not in differentiable
    return tensors


def eager(function: Callable, arrays: Arrays, settings: dict, dtype: str, differentiable) -> Result:
    tensors = tensors_of(arrays, dtype, differentiable)
    value = function(*tensors.values(), **settings)
    value.sum().backward()
    return value.numpy(), {name: tensors[name].grad.numpy() for name in differentiable}


def traced(layer: FunctionalLoss, arrays: Arrays, dtype: str, differentiable, full_graph: bool) -> Result:
    """Through ``paddle.jit.to_static``: by source (full graph) or by bytecode."""
    forget_graphs()
    tensors = tensors_of(arrays, dtype, differentiable)
    model = MODELS[len(arrays)](layer)
    value = paddle.jit.to_static(model, full_graph=full_graph)(*tensors.values())
    value.sum().backward()
    return value.numpy(), {name: tensors[name].grad.numpy() for name in differentiable}


def forget_graphs() -> None:
    """The bytecode tracer gives up on code after twenty graphs of it, and on 2.6.2 mistakes a Layer for one
    that was at the same address."""
    OpcodeExecutorCache().clear()


def broken_off() -> list[str]:
    """Our functions that the bytecode tracer met on their own in `traced`: a graph broke inside a loss."""
    codes = OpcodeExecutorCache().cache
    return [code.co_name for code in codes if "paddle_losses/functional" in code.co_filename]


class Model(paddle.nn.Layer):
    """A network that ends in a loss, as users trace it."""

    def __init__(self, loss: FunctionalLoss) -> None:
        super().__init__()
        self.loss = loss

    def forward(self, prediction, label):
        return self.loss(prediction * 1, label)


class ModelOfOne(Model):  # to_static knows no *tensors
    def forward(self, prediction):
        return self.loss(prediction * 1)


class ModelOfThree(Model):
    def forward(self, prediction, second, third):
        return self.loss(prediction * 1, second, third)


class ModelOfFour(Model):
    def forward(self, prediction, second, third, fourth):
        return self.loss(prediction * 1, second, third, fourth)


MODELS = {1: ModelOfOne, 2: Model, 3: ModelOfThree, 4: ModelOfFour}


def batch_unknown(arrays: Arrays) -> dict[str, list[int | None]]:
    """The shapes, with the first extent unknown where it is that of the batch, or 1.

    It is that of the batch if the first two tensors share it.
    """
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    first, *others = shapes.values()
    batch = (first[0], 1) if first else ()
    if first and all(shape and shape[0] in batch for shape in others[:1]):
        for shape in [first, *others]:
            if shape and shape[0] in batch:
                shape[0] = None
    return shapes


def saved(layer: FunctionalLoss, arrays: Arrays, dtype: str) -> np.ndarray:
    """Through ``paddle.jit.save`` and ``load``, with an unknown first extent."""
    tensors = tensors_of(arrays, dtype)
    shapes = batch_unknown(arrays)
    specs = [paddle.static.InputSpec(shapes[name], tensor.dtype, name) for name, tensor in tensors.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "loss")
        paddle.jit.save(paddle.jit.to_static(layer, input_spec=specs, full_graph=True), path)
        return paddle.jit.load(path)(*tensors.values()).numpy()


def program(
    function: Callable, arrays: Arrays, settings: dict, dtype: str, differentiable, order: int = 1
) -> Result:
    """In a static ``Program``, with an unknown first extent; gradients of first or second order."""
    feed = {k: a.astype(dtype) if a.dtype.kind == "f" else a for k, a in arrays.items()}
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            data, shapes = {}, batch_unknown(arrays)
            for name, array in feed.items():
                data[name] = paddle.static.data(name, shapes[name], str(array.dtype))
                data[name].stop_gradient = name not in differentiable
            value = function(*data.values(), **settings)
            grads = [value]
            for _ in range(order):
                grads = paddle.static.gradients(grads, [data[name] for name in differentiable])
        results = paddle.static.Executor(paddle.CPUPlace()).run(graph, feed=feed, fetch_list=[value, *grads])
    finally:
        paddle.disable_static()
    return results[0], dict(zip(differentiable, results[1:]))
