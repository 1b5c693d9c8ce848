"""``fluid.gradients``: a step of the program that differentiates the steps before it.

When it runs, it computes what lies between inputs and targets once more, so that Paddle can differentiate
it. What does not depend on the inputs, or is blocked, keeps the value it has.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import paddle
from paddle import Tensor

from . import unique_name
from .framework import Block, Operator, Variable

_one_at_a_time = threading.Lock()  # paddle.grad has one state for all threads


class Gradients(Operator):
    """The derivatives of targets, weighted by their seeds and summed, with respect to ``sources``."""

    def __init__(
        self,
        block: Block,
        targets: list[tuple[Variable, Variable | None]],
        sources: list[Variable],
        blocked: set[str],
    ) -> None:
        goals = [target for target, _ in targets]
        seeds = [seed for _, seed in targets if seed is not None]
        outputs = [block.create_var(_name(block, v), v.shape, v.dtype) for v in sources]
        super().__init__("gradients", None, [*goals, *sources, *seeds], outputs)
        self.targets, self.sources, self.blocked = targets, sources, blocked
        self.path = _path(block, sources, goals, blocked)

    def run(self, scope: Any) -> None:
        with paddle.enable_grad():
            inner = scope.inside(self.blocked)
            for source in self.sources:
                inner[source] = _differentiable_copy(scope[source])
            for operator in self.path:
                operator.run(inner)
            found = self._differentiate(inner, again=scope.differentiating)
        for output, source in zip(self.outputs, self.sources):
            gradient = found.get(source.name)
            scope[output] = paddle.zeros_like(scope[source]) if gradient is None else gradient

    def _differentiate(self, scope: Any, again: bool) -> dict[str, Tensor | None]:
        pairs = [
            (paddle.assign(scope[target]), None if seed is None else scope[seed])
            for target, seed in self.targets
            if not scope[target].stop_gradient  # or no row of an IfElse leads to a source
        ]
        # An empty source has no gradient to compute.
        sources = {v.name: scope[v] for v in self.sources if not scope[v].stop_gradient}
        if not pairs or not sources:
            return {}
        targets, seeds = map(list, zip(*pairs))
        settings = {"create_graph": again, "retain_graph": True, "allow_unused": True}
        with _one_at_a_time, _order_explained():
            return dict(zip(sources, paddle.grad(targets, list(sources.values()), seeds, **settings)))


def gradients(
    targets: Variable | list[Variable],
    inputs: Variable | list[Variable],
    target_gradients: Variable | list[Variable | None] | None = None,
    no_grad_set: set[Variable | str] | None = None,
) -> list[Variable | None]:
    """Variables for the gradients of ``targets``, weighted and summed over all their elements:
    Σᵢ wᵢ ∂tᵢ / ∂x for each input x.

    Args:
        targets (Variable|list): what is differentiated. One listed twice, with the same weights, counts once.
        inputs (Variable|list): with respect to what.
        target_gradients (Variable|list): weights of the elements of ``targets``; ones where it is None.
        no_grad_set (set): Variables, or their names, that count as constants, besides those with
            ``stop_gradient=True`` now.

    Returns:
        list: one Variable for each input, of its shape and dtype, None where no gradient arrives; ``[]`` if
        a single input gets none.

    Raises:
        TypeError: an argument is no Variable, or not of floating point.
        ValueError: numbers or shapes of targets and target_gradients differ.
        NotImplementedError: the way leads through a Variable that is filled twice, or that has been blocked
            since a gradient among the targets was made.

    Example:
        >>> import numpy as np
        >>> import paddle_losses.compat.fluid as fluid
        >>> program = fluid.Program()
        >>> with fluid.program_guard(program):
        ...     x = fluid.data("x", [2])
        ...     x.stop_gradient = False
        ...     gradient = fluid.gradients(x * x, x)
        >>> fluid.Executor().run(program, {"x": np.array([1, 2], "float32")}, gradient)
        [array([2., 4.], dtype=float32)]
    """
    targets, inputs = _variables("targets", targets), _variables("inputs", inputs)
    seeds = _seeds(targets, target_gradients)
    block = targets[0].block.program.current_block()
    blocked = {variable.name for variable in _seen_variables(block) if variable.stop_gradient}
    blocked |= {getattr(entry, "name", entry) for entry in no_grad_set or ()}
    pairs = {(t.name, getattr(s, "name", None)): (t, s) for t, s in zip(targets, seeds)}.values()
    unique = {source.name: source for source in inputs}.values()
    sources = [source for source in unique if _reaches(block, source, targets, blocked)]
    found: dict[str, Variable] = {}
    if sources:
        step = block.append(Gradients(block, list(pairs), sources, blocked))
        found = {source.name: gradient for source, gradient in zip(sources, step.outputs)}
    result = [found.get(source.name) for source in inputs]
    return [] if len(result) == 1 and result[0] is None else result


# ------------------------------------------------------------------------------ what depends on what


def _reaches(block: Block, source: Variable, targets: list[Variable], blocked: set[str]) -> bool:
    reached = _reached(block, [source], blocked)
    return any(target.name in reached for target in targets)


def _reached(block: Block, sources: list[Variable], blocked: set[str]) -> set[str]:
    """The names of what depends on ``sources`` through steps that have a gradient."""
    reached = {source.name for source in sources} - blocked
    for operator in _seen_operators(block):
        for step in _steps(operator):
            if _leads_on(step, reached):
                reached |= {v.name for v in step.outputs} - blocked
    return reached


def _leads_on(step: Operator, reached: set[str]) -> bool:
    return step.differentiable and any(v.name in reached for v in step.inputs)


def _path(
    block: Block, sources: list[Variable], targets: list[Variable], blocked: set[str]
) -> list[Operator]:
    """The steps that lead from ``sources`` to ``targets``."""
    reached = _reached(block, sources, blocked)
    needed = {target.name for target in targets}
    path = []
    for operator in reversed(list(_seen_operators(block))):
        steps = list(_steps(operator))
        leading = [step for step in steps if _leads_on(step, reached)]
        if any(v.name in needed for step in leading for v in step.outputs):
            needed |= {v.name for step in steps for v in step.inputs}
            path.insert(0, operator)
    _check_written_once(block, path)
    _check_blocked_alike(path, blocked)
    return path


def _check_written_once(block: Block, path: list[Operator]) -> None:
    steps = [step for operator in _seen_operators(block) for step in _steps(operator)]
    written = Counter(v.name for step in steps if step.block is None for v in step.outputs)
    for variable in (v for operator in path for step in _steps(operator) for v in step.inputs):
        if written[variable.name] > 1:
            raise NotImplementedError(
                f"fluid.gradients: {variable.name} is written more than once (out= or cond=), and gradients "
                "through such a Variable are not covered"
            )


def _check_blocked_alike(path: list[Operator], blocked: set[str]) -> None:
    for gradient in (step for step in path if isinstance(step, Gradients)):
        passed = {v.name for operator in gradient.path for step in _steps(operator) for v in step.outputs}
        for name in passed & blocked - gradient.blocked:
            raise NotImplementedError(
                f"fluid.gradients: a gradient that passed through {name} cannot be differentiated now that "
                f"{name} is blocked; set its stop_gradient before the first call"
            )


def _seen_operators(block: Block) -> Iterator[Operator]:
    """The steps until now, as far as ``block`` sees them."""
    if block.parent is not None:
        yield from _seen_operators(block.parent)
    yield from block.ops


def _steps(operator: Operator) -> Iterator[Operator]:
    """The step itself, after those inside it."""
    if operator.block is not None:
        for inner in operator.block.ops:
            yield from _steps(inner)
    yield operator


def _seen_variables(block: Block) -> Iterator[Variable]:
    for operator in _seen_operators(block):
        for step in _steps(operator):
            yield from step.inputs
            yield from step.outputs


# ------------------------------------------------------------------------------------------ arguments


def _variables(argument: str, value: Any) -> list[Variable]:
    values = value if isinstance(value, list) else [value]
    for variable in values:
        if not isinstance(variable, Variable):
            raise TypeError(f"fluid.gradients: {argument} must be Variables, got {variable!r}")
        if not variable.dtype.startswith("float"):
            raise TypeError(
                f"fluid.gradients: {argument} must be of floating point, {variable.name} is {variable.dtype}"
            )
    return values


def _seeds(targets: list[Variable], given: Any) -> list[Variable | None]:
    if given is None:
        return [None] * len(targets)
    seeds = given if isinstance(given, list) else [given]
    _variables("target_gradients", [seed for seed in seeds if seed is not None])
    if len(targets) != len(seeds):
        raise ValueError(
            f"fluid.gradients: {len(targets)} targets, but {len(seeds)} target_gradients; give one each"
        )
    for target, seed in zip(targets, seeds):
        if seed is not None and seed.shape != target.shape:
            raise ValueError(
                f"fluid.gradients: target_gradients must have the shapes of targets; {seed.name} has "
                f"{list(seed.shape)}, {target.name} has {list(target.shape)}"
            )
    return seeds


@contextlib.contextmanager
def _order_explained() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        missing = re.search(r"The Op (\w+?)_(?:double_)?grad doesn't have any grad", str(error))
        if not missing:
            raise
        raise NotImplementedError(
            f"Paddle {paddle.__version__} cannot differentiate the gradient of {missing[1]} once more"
        ) from None


def _differentiable_copy(value: Tensor) -> Tensor:
    copy = paddle.assign(value)
    copy.stop_gradient = False
    return copy


def _name(block: Block, source: Variable) -> str:
    name = f"{source.name}@GRAD"
    return unique_name.generate(name) if block.has_var(name) else name
