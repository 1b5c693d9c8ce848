"""``IfElse``: rows where a condition holds go through one block, the others through another."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import paddle
from paddle import Tensor

from .. import unique_name
from .._uncovered import Covered
from ..framework import Block, Operator, Variable, default_main_program, new_name
from ._differentiable import take
from ._layer import check_inputs


class IfElse(Covered):
    """Split rows by a condition, compute each part in a block of its own, and merge the results.

    Inside a block, ``input`` gives only the rows of that block, so a reduction sees only them; other
    Variables are whole. A block that gets no row is not computed.

    Args:
        cond (Variable): bool, [N, 1].
        name (str): for the names of the results.

    Raises:
        TypeError: cond is not a bool Variable.
        ValueError: cond is not [N, 1]; a block is used out of turn or hands nothing out.

    Example:
        >>> import numpy as np
        >>> import paddle_losses.compat.fluid as fluid
        >>> program = fluid.Program()
        >>> with fluid.program_guard(program):
        ...     x = fluid.data("x", [None, 1])
        ...     ie = fluid.layers.IfElse(x > 1)
        ...     with ie.true_block():
        ...         ie.output(ie.input(x) * 10)
        ...     with ie.false_block():
        ...         ie.output(0 - ie.input(x))
        ...     result = ie()
        >>> fluid.Executor().run(program, {"x": np.array([[1], [2]], "float32")}, result)[0].tolist()
        [[-1.0], [20.0]]
    """

    def __init__(self, cond: Variable, name: str | None = None) -> None:
        check_inputs("IfElse", {"cond": cond}, ("bool",))
        if len(cond.shape) != 2 or cond.shape[1] != 1:
            raise ValueError(f"fluid.layers.IfElse: cond must have shape [N, 1], got {list(cond.shape)}")
        self._cond = cond
        self._name = name or new_name("ifelse")
        self._outer = default_main_program().current_block()
        self._side: bool | None = None  # of the block that is open
        self._inputs: dict[str, dict[bool, Variable]] = {}
        self._outputs: dict[bool, list[Variable]] = {True: [], False: []}

    def true_block(self) -> contextlib.AbstractContextManager[None]:
        """The block for the rows where the condition holds."""
        return self._block(True)

    def false_block(self) -> contextlib.AbstractContextManager[None]:
        """The block for the other rows."""
        return self._block(False)

    def input(self, x: Variable) -> Variable:
        """The rows of ``x`` that belong to this block."""
        side = self._open_side("input")
        check_inputs("IfElse.input", {"x": x})
        if x.name not in self._inputs:
            self._inputs[x.name] = self._split(x)
        return self._inputs[x.name][side]

    def output(self, *outs: Variable) -> None:
        """Hand results out of this block."""
        side = self._open_side("output")
        for out in outs:
            check_inputs("IfElse.output", {"each output": out})
            outside = self._outer.create_var(self._new_name("output"), out.shape, out.dtype)
            inner = default_main_program().current_block()
            inner.append(Operator("assign", paddle.assign, [out], [outside]))
            self._outputs[side].append(outside)

    def __call__(self) -> list[Variable]:
        """The results of both blocks, rows in their old order; of a lone block, just its rows."""
        true, false = self._outputs[True], self._outputs[False]
        if self._side is not None:
            raise ValueError("fluid.layers.IfElse: call it after its blocks, not inside one")
        if not true and not false:
            raise ValueError("fluid.layers.IfElse: call it after true_block() or false_block()")
        if not true or not false:
            return true or false
        if len(true) != len(false):
            raise ValueError(
                f"fluid.layers.IfElse: both blocks must have as many outputs, but the true block has "
                f"{len(true)} and the false block {len(false)}"
            )
        return [self._merge(*pair) for pair in zip(true, false)]

    @contextlib.contextmanager
    def _block(self, side: bool) -> Iterator[None]:
        if self._side is not None:
            raise ValueError("fluid.layers.IfElse: a block of it is still open")
        with self._outer.program.inner_block() as block:
            self._side = side
            try:
                yield
            finally:
                self._side = None
        if not self._outputs[side]:
            raise ValueError("fluid.layers.IfElse: each block needs an output()")
        self._outer.append(RowBlock(block, self._cond, side, self._outputs[side]))

    def _open_side(self, method: str) -> bool:
        if self._side is None:
            raise ValueError(f"fluid.layers.IfElse: {method}() belongs inside true_block() or false_block()")
        return self._side

    def _split(self, x: Variable) -> dict[bool, Variable]:
        # Declared like x, though a run will find fewer rows: operators are aligned by what is declared.
        parts = [self._outer.create_var(self._new_name("input"), x.shape, x.dtype) for _ in range(2)]
        self._outer.append(Operator("split_rows", split_rows, [x, self._cond], parts))
        return {True: parts[0], False: parts[1]}

    def _merge(self, true: Variable, false: Variable) -> Variable:
        if true.dtype != false.dtype:
            raise ValueError(
                f"fluid.layers.IfElse: outputs to be merged must have one dtype, got {true.dtype} in the "
                f"true block and {false.dtype} in the false block"
            )
        merged = self._outer.create_var(self._new_name("merged"), true.shape, true.dtype)
        self._outer.append(Operator("merge_rows", merge_rows, [true, false, self._cond], [merged]))
        return merged

    def _new_name(self, what: str) -> str:
        return unique_name.generate(f"{self._name}.{what}")


class RowBlock(Operator):
    """The steps of one block, computed if it has rows; otherwise its outputs are empty."""

    def __init__(self, block: Block, cond: Variable, side: bool, outputs: list[Variable]) -> None:
        super().__init__("if_rows" if side else "else_rows", None, [cond], outputs)
        self.block, self.cond, self.side = block, cond, side

    def run(self, scope: Any) -> None:
        if _rows(scope[self.cond], self.side).shape[0]:
            scope.run(self.block)
        else:
            for output in self.outputs:
                scope[output] = paddle.zeros([0, *(max(n, 0) for n in output.shape[1:])], output.dtype)


def split_rows(x: Tensor, cond: Tensor) -> tuple[Tensor, Tensor]:
    """The rows of ``x`` where ``cond`` holds, and the others."""
    if x.shape[0] != cond.shape[0]:
        raise ValueError(f"the condition has {cond.shape[0]} rows, but the input {x.shape[0]}")
    return tuple(take(x, _rows(cond, side)) for side in (True, False))


def merge_rows(true: Tensor, false: Tensor, cond: Tensor) -> Tensor:
    """The rows of both, each where its condition was."""
    parts = {side: (rows, _rows(cond, side)) for side, rows in ((True, true), (False, false))}
    for rows, places in parts.values():
        if rows.shape[0] != places.shape[0]:
            raise ValueError(
                f"a block with {places.shape[0]} rows has handed out {rows.shape[0]}; a reduction inside a "
                "block leaves one row, so reduce after ie() or use the sum inside the block"
            )
    filled = [(rows, places) for rows, places in parts.values() if rows.shape[0]]
    if len(filled) < 2:  # an empty tensor must stay out of the graph: Paddle 2.6 cannot differentiate it
        return paddle.assign(filled[0][0] if filled else true)
    if true.shape[1:] != false.shape[1:]:
        raise ValueError(
            f"the blocks' rows differ in shape: {list(true.shape[1:])} and {list(false.shape[1:])}"
        )
    order = paddle.argsort(paddle.concat([places for _, places in filled]))
    return take(paddle.concat([rows for rows, _ in filled]), order)


def _rows(cond: Tensor, side: bool) -> Tensor:
    """The numbers of the rows where ``cond`` is ``side``."""
    return paddle.nonzero(cond.flatten() if side else ~cond.flatten()).flatten()
