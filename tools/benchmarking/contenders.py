"""How each contender does one step with a loss: forward, or forward and backward with a fresh gradient."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
import sysconfig
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Callable

import numpy as np
import paddle

import paddle_losses as losses

from .rows import Loss
from .timing import Contender
from .torch_losses import torch

FUSED, COMPOSED, PADDLE, FLOOR = "fused", "composed", "Paddle", "floor"
TORCH, COMPILED = "torch", "torch.compile"

SOURCE = Path(__file__).parent / "floor.cpp"


def use_threads(threads: int) -> None:
    paddle.base.core.set_num_threads(threads)
    if torch:
        torch.set_num_threads(threads)


def contenders(
    loss: Loss, data: tuple[np.ndarray, np.ndarray], backward: bool, threads: int, compiled: bool
) -> dict[str, Contender]:
    x, y = (paddle.to_tensor(array) for array in data)
    x.stop_gradient = not backward
    found = {
        FUSED: Contender(paddle_step(loss.ours, x, y), lambda: losses.set_kernels(True)),
        COMPOSED: Contender(paddle_step(loss.ours, x, y), lambda: losses.set_kernels(False)),
        FLOOR: Contender(floor_step(x, y, threads)),
    }
    if loss.paddle:
        found[PADDLE] = Contender(paddle_step(loss.paddle, x, y))
    if torch:
        x, y = (torch.from_numpy(array).clone() for array in data)
        x.requires_grad_(backward)
        found[TORCH] = Contender(torch_step(loss.torch, x, y))
        if compiled:
            torch._dynamo.reset()  # or it gives up after some shapes and numbers of threads
            found[COMPILED] = Contender(torch_step(torch.compile(loss.torch, dynamic=False), x, y))
            found[COMPILED].step()  # here it compiles
    return found


def paddle_step(function: Callable, x: paddle.Tensor, y: paddle.Tensor) -> Callable[[], object]:
    def step() -> None:
        function(x, y).backward()
        x.clear_gradient(False)  # away with it: the next one is fresh, as for everybody

    return partial(function, x, y) if x.stop_gradient else step


def torch_step(function: Callable, x: torch.Tensor, y: torch.Tensor) -> Callable[[], object]:
    def step() -> None:
        function(x, y).backward()
        x.grad = None

    return step if x.requires_grad else partial(function, x, y)


def floor_step(x: paddle.Tensor, y: paddle.Tensor, threads: int) -> Callable[[], object]:
    """Class ids are too few to matter; every other label is read."""
    two = y.data_ptr() if y.shape == x.shape else None
    call, n, backward = floor(), x.size, not x.stop_gradient

    def step() -> None:
        gradient = paddle.empty_like(x) if backward else None
        call(x.data_ptr(), two, gradient.data_ptr() if backward else None, n, threads)

    return step


@cache
def floor() -> Callable:
    """The plain loop, compiled for this machine by the compiler that builds the package."""
    compiler = shlex.split(os.environ.get("CXX") or sysconfig.get_config_var("CXX") or "c++")
    flags = ["-std=c++17", "-O3", "-march=native", "-shared", "-fPIC", "-pthread"]
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "floor.so"
        subprocess.run([*compiler, *flags, str(SOURCE), "-o", str(library)], check=True)
        call = ctypes.CDLL(str(library)).read_and_write
    pointer = ctypes.c_void_p
    call.argtypes = [pointer, pointer, pointer, ctypes.c_int64, ctypes.c_int]
    call.restype = ctypes.c_double
    return call
