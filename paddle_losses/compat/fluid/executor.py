"""Run a program: feed arrays in, compute its steps with dynamic-graph operations, fetch arrays out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import paddle
from paddle import Tensor

from ...functional._precision import full_precision
from ._uncovered import Covered
from .framework import Block, Operator, Program, Variable, default_main_program


class CPUPlace(Covered):
    """The CPU, where old programs are computed."""

    def __repr__(self) -> str:
        return "CPUPlace"


class Executor(Covered):
    """Runs programs. ``place`` is ``fluid.CPUPlace()``."""

    def __init__(self, place: CPUPlace | None = None) -> None:
        if not isinstance(place, (CPUPlace, type(None))):
            raise TypeError(f"fluid.Executor: place must be fluid.CPUPlace(), got {place!r}")
        self.place = place or CPUPlace()
        self._closed = False

    def run(
        self,
        program: Program | None = None,
        feed: dict[str, Any] | None = None,
        fetch_list: Sequence[Variable | str] | Variable | str | None = None,
        feed_var_name: str = "feed",
        fetch_var_name: str = "fetch",
        scope: None = None,
        return_numpy: bool = True,
        use_program_cache: bool = False,
        return_merged: bool = True,
        use_prune: bool = False,
    ) -> list[np.ndarray] | list[Tensor]:
        """Compute every step of ``program`` and return what ``fetch_list`` names.

        Args:
            program (Program): the default main program if None.
            feed (dict): an array for each input, by its name.
            fetch_list (list): Variables or their names.
            feed_var_name, fetch_var_name, use_program_cache, return_merged, use_prune: they told the old
                executor how to go about it, and change nothing here.
            scope: not covered.
            return_numpy (bool): NumPy arrays, or Paddle tensors.

        Returns:
            list: one array for each entry of ``fetch_list``; none has rank 0.

        Raises:
            TypeError: an argument is of another kind.
            ValueError: what is fed does not fit what was declared, or nothing has a fetched name.
            RuntimeError: a step cannot be computed; the message says where the program was built.

        Example:
            >>> import numpy as np
            >>> import paddle_losses.compat.fluid as fluid
            >>> program = fluid.Program()
            >>> with fluid.program_guard(program):
            ...     x = fluid.data("x", [None, 1])
            ...     mean = fluid.layers.reduce_mean(x)
            >>> fluid.Executor().run(program, {"x": np.array([[1], [2]], "float32")}, [mean])
            [array([1.5], dtype=float32)]
        """
        if self._closed:
            raise RuntimeError("fluid.Executor.run: this executor has been closed")
        if scope is not None:
            raise NotImplementedError("fluid.Executor.run: scope is not covered; leave it out")
        block = _program(program).global_block()
        wanted = [_fetched(block, entry) for entry in _as_list(fetch_list)]
        with _eager_on_cpu():
            values = _compute(block, feed)
            results = [values[variable] for variable in wanted]
            return [result.numpy() for result in results] if return_numpy else results

    def close(self) -> None:
        """Nothing can be run with this executor any more."""
        self._closed = True


class Scope:
    """The values of a run: of all of it, or of what is computed once more to be differentiated."""

    def __init__(self, outer: Scope | None = None, blocked: frozenset[str] = frozenset()) -> None:
        self._outer = outer
        self._blocked = blocked  # names that are not computed anew
        self._values: dict[str, Tensor] = {}

    @property
    def differentiating(self) -> bool:
        return self._outer is not None

    def inside(self, blocked: set[str]) -> Scope:
        """A scope in which everything but ``blocked`` can be computed anew."""
        return Scope(self, self._blocked | blocked)

    def run(self, block: Block) -> None:
        """Compute the steps of ``block``."""
        for operator in block.ops:
            _run(operator, self)

    def __setitem__(self, variable: Variable, value: Tensor) -> None:
        if variable.name in self._blocked:
            return
        if 0 in value.shape:  # no gradient flows through nothing, and Paddle 2.6 crashes there
            value = value.detach()
        # fluid had no tensors of rank 0
        self._values[variable.name] = value.reshape([1]) if value.ndim == 0 else value

    def __getitem__(self, variable: Variable) -> Tensor:
        if variable.name in self._values:
            return self._values[variable.name]
        if self._outer is not None:
            return self._outer[variable]
        raise ValueError(f"{variable.name} has no value; feed it: feed={{{variable.name!r}: array}}")


@full_precision
def _compute(block: Block, feed: dict[str, Any] | None) -> Scope:
    scope = Scope()
    for name, value in _checked(feed).items():
        if block.has_var(name):  # like the old executor, which ignored other names
            scope[block.var(name)] = _fed(block.var(name), value)
    with paddle.no_grad():
        scope.run(block)
    return scope


class StepError(RuntimeError):
    """What went wrong in a step, and where that step was built."""


def _run(operator: Operator, scope: Scope) -> None:
    try:
        operator.run(scope)
    except StepError:  # of a step inside this one
        raise
    except Exception as error:
        raise StepError(f"{operator!r}, built in {operator.place}: {error}") from error


def _fed(variable: Variable, value: Any) -> Tensor:
    if isinstance(value, list):
        raise TypeError(
            f"feed of {variable.name}: wants an array, got a list; np.array(…, {variable.dtype!r})"
        )
    if np.isscalar(value):
        value = np.array([value], variable.dtype)
    array = value.numpy() if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.name != variable.dtype:
        raise ValueError(
            f"feed of {variable.name}: wants {variable.dtype}, got {array.dtype.name}; "
            f".astype({variable.dtype!r}) converts it"
        )
    fits = [wanted in (-1, got) for wanted, got in zip(variable.shape, array.shape)]
    if array.ndim != len(variable.shape) or not all(fits):
        raise ValueError(
            f"feed of {variable.name}: wants shape {list(variable.shape)} (-1 is any extent), got "
            f"{list(array.shape)}; .reshape(…) gives it another"
        )
    return paddle.to_tensor(array)


def _fetched(block: Block, entry: Variable | str) -> Variable:
    if isinstance(entry, Variable):
        if entry.block is not block:
            raise ValueError(
                f"fetch_list: {entry.name} is not part of this program, or only of a block of its IfElse"
            )
        return entry
    if isinstance(entry, str):
        return block.var(entry)
    hint = "; no gradient reaches that input, perhaps its stop_gradient is True" if entry is None else ""
    raise TypeError(f"fetch_list: wants Variables or their names, got {entry!r}{hint}")


def _program(program: Program | None) -> Program:
    if program is None:
        return default_main_program()
    if not isinstance(program, Program):
        raise TypeError(f"fluid.Executor.run: program must be a fluid.Program, got {program!r}")
    return program


def _checked(feed: dict[str, Any] | None) -> dict[str, Any]:
    if not isinstance(feed, (dict, type(None))):
        raise TypeError(f"fluid.Executor.run: feed must be a dictionary of arrays, got {feed!r}")
    return feed or {}


def _as_list(fetch_list: Any) -> list[Any]:
    if fetch_list is None:
        return []
    return list(fetch_list) if isinstance(fetch_list, (list, tuple)) else [fetch_list]


@contextlib.contextmanager
def _eager_on_cpu() -> Iterator[None]:
    """Dynamic graph and CPU for the length of a run, whatever the surroundings are."""
    device, static = paddle.get_device(), not paddle.in_dynamic_mode()
    if static:
        paddle.disable_static()
    if device != "cpu":
        paddle.set_device("cpu")
    try:
        yield
    finally:
        if device != "cpu":
            paddle.set_device(device)
        if static:
            paddle.enable_static()
