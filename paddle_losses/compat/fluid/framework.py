"""Programs: what old code builds before anything is computed.

A `Program` is a list of `Operator` steps over named `Variable`s. Building one computes nothing; the
executor then runs the steps in order with today's dynamic-graph operations (see ``executor.py``).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Callable

import numpy as np

from . import unique_name
from ._uncovered import Covered


class Variable(Covered):
    """A name for what a program will compute. ``+``, ``-`` and so on are in ``operators.py``.

    Attributes:
        name (str): its name in the program.
        shape (tuple[int]): -1 where the extent is known only when the program runs.
        dtype (str): such as ``"float32"``.
        stop_gradient (bool): no gradient passes through it.
        constant (float|None): the double that every element is, if that is known.
    """

    __array_ufunc__ = None  # NumPy scalars and arrays leave an operator to us

    def __init__(
        self, block: Block, name: str, shape: Sequence[int], dtype: str, stop_gradient: bool = False
    ) -> None:
        self.block = block
        self.name = name
        self._shape = tuple(shape)
        self.dtype = dtype
        self.stop_gradient = stop_gradient
        self.persistable, self.lod_level = False, 0  # for old code to read
        self.constant: float | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    def __repr__(self) -> str:
        return f"<fluid.Variable {self.name}: {self.dtype} {list(self.shape)}>"

    def __bool__(self) -> bool:
        if self.dtype == "bool":
            raise TypeError(
                f"{self!r} is neither true nor false before Executor.run, so it cannot stand in if, and, or, "
                "max or a chain of comparisons; fluid.layers.IfElse decides row by row"
            )
        return True  # as in 1.8.5, for code that asks whether it was given one

    def __iter__(self) -> Iterator[Variable]:
        raise TypeError(f"{self!r} cannot be iterated over: it has no value before Executor.run")

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError(f"{self!r} has no value before Executor.run; fetch it with fetch_list=[…]")


class Operator:
    """One step of a program: values of ``inputs`` go into ``kernel``, results into ``outputs``."""

    def __init__(
        self,
        type: str,
        kernel: Callable[..., Any],
        inputs: Sequence[Variable],
        outputs: Sequence[Variable],
        differentiable: bool = True,
    ) -> None:
        self.type = type
        self.kernel = kernel
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.differentiable = differentiable
        self.block: Block | None = None  # the steps inside this one
        self.place = _caller()

    def run(self, scope: Any) -> None:
        results = self.kernel(*[scope[variable] for variable in self.inputs])
        if len(self.outputs) == 1:
            results = [results]
        for variable, result in zip(self.outputs, results):
            scope[variable] = result

    def __repr__(self) -> str:
        results, arguments = (", ".join(v.name for v in part) for part in (self.outputs, self.inputs))
        return f"{results} = {self.type}({arguments})"


class Block(Covered):
    """The steps of a program, or those inside a block of an ``IfElse``."""

    def __init__(self, program: Program, parent: Block | None = None) -> None:
        self.program = program
        self.parent = parent
        self.ops: list[Operator] = []
        self.vars: dict[str, Variable] = {}

    def var(self, name: str) -> Variable:
        """The Variable called ``name``."""
        if name not in self.vars:
            raise ValueError(f"the program has no variable called {name!r}")
        return self.vars[name]

    def has_var(self, name: str) -> bool:
        return name in self.vars

    def create_var(
        self, name: str, shape: Sequence[int], dtype: str, stop_gradient: bool = False
    ) -> Variable:
        self.vars[name] = Variable(self, name, shape, dtype, stop_gradient)
        return self.vars[name]

    def append(self, operator: Operator) -> Operator:
        for variable in operator.inputs:
            self._check_sees(variable, operator.type)
        self.ops.append(operator)
        return operator

    def _check_sees(self, variable: Variable, reader: str) -> None:
        if variable.block.program is not self.program:
            raise ValueError(f"{reader}: {variable.name} belongs to another Program")
        block: Block | None = self
        while block is not None:
            if block is variable.block:
                return
            block = block.parent
        raise ValueError(
            f"{reader}: {variable.name} exists only in its block of IfElse; hand it out with output()"
        )

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.ops))


class Program(Covered):
    """What `Executor.run` runs. Fill one inside ``with program_guard(program):``."""

    def __init__(self) -> None:
        self._global = self._current = Block(self)

    def global_block(self) -> Block:
        return self._global

    def current_block(self) -> Block:
        return self._current

    @contextlib.contextmanager
    def inner_block(self) -> Iterator[Block]:
        """New steps go into a block of their own until the ``with`` ends."""
        outer = self._current
        self._current = Block(self, outer)
        try:
            yield self._current
        finally:
            self._current = outer

    def __repr__(self) -> str:
        return repr(self._global)


def default_main_program() -> Program:
    """The Program that layers are added to now."""
    return _programs[-1][0]


def default_startup_program() -> Program:
    """The Program with the initial values of the parameters."""
    return _programs[-1][1]


@contextlib.contextmanager
def program_guard(main_program: Program, startup_program: Program | None = None) -> Iterator[None]:
    """Add layers to ``main_program`` until the ``with`` ends."""
    startup_program = default_startup_program() if startup_program is None else startup_program
    for program in (main_program, startup_program):
        if not isinstance(program, Program):
            raise TypeError(f"fluid.program_guard: wants a fluid.Program, got {program!r}")
    _programs.append((main_program, startup_program))
    try:
        yield
    finally:
        _programs.pop()


def new_name(layer: str) -> str:
    """A name for a call of a layer: ``abs_0``."""
    return unique_name.generate(layer)


def new_result_name(name: str) -> str:
    """A name for a result of the call ``name``: ``abs_0.tmp_0``."""
    return unique_name.generate(f"{name}.tmp")


def _caller() -> str:
    """File and line of the code that called the shim, for messages."""
    frame = sys._getframe(1)
    shim = __name__.rpartition(".")[0]
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(shim):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


_programs = [(Program(), Program())]
