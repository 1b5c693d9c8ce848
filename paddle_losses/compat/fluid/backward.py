"""``fluid.gradients``: a step of the program that differentiates the steps before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import paddle
from paddle import Tensor

from . import unique_name
from .framework import Block, Operator, Program, Variable


class Gradients(Operator):
    """Sums of the derivatives of ``targets``, weighted by ``seeds``, with respect to ``sources``."""

    def __init__(
        self,
        targets: list[Variable],
        sources: list[Variable],
        seeds: list[Variable | None],
        blocked: set[str],
    ) -> None:
        block = sources[0].block
        outputs = [block.create_var(_name(block, v), v.shape, v.dtype) for v in sources]
        given = [seed for seed in seeds if seed is not None]
        super().__init__("gradients", None, [*targets, *sources, *given], outputs)
        self.targets, self.sources, self.seeds, self.blocked = targets, sources, seeds, blocked

    def run(self, scope: Any) -> None:
        sources = [scope[source] for source in self.sources]
        pairs = [
            (scope[target], None if seed is None else scope[seed])
            for target, seed in zip(self.targets, self.seeds)
            if not scope[target].stop_gradient  # or no row of an IfElse leads to a source
        ]
        found = self._differentiate(pairs, sources, scope) if pairs else [None] * len(sources)
        for output, source, gradient in zip(self.outputs, sources, found):
            scope[output] = paddle.zeros_like(source) if gradient is None else gradient

    def _differentiate(self, pairs: Any, sources: list[Tensor], scope: Any) -> list[Tensor | None]:
        targets, seeds = zip(*pairs)
        program = self.outputs[0].block.program
        return paddle.grad(
            list(targets),
            sources,
            grad_outputs=list(seeds),
            retain_graph=True,
            create_graph=self._is_differentiated_again(program),
            allow_unused=True,
            no_grad_vars=[scope[v] for v in _blocked_values(program, self.blocked, scope)],
        )

    def _is_differentiated_again(self, program: Program) -> bool:
        later = [op for op in program.global_block().ops if isinstance(op, Gradients) and op is not self]
        reached = _reached(program, [v.name for v in self.outputs], set())
        return any(target.name in reached for op in later for target in op.targets)


def gradients(
    targets: Variable | list[Variable],
    inputs: Variable | list[Variable],
    target_gradients: Variable | list[Variable] | None = None,
    no_grad_set: set[Variable | str] | None = None,
) -> list[Variable | None]:
    """Variables for the gradients of ``targets``, summed over all their elements.

    Args:
        targets (Variable|list): what is differentiated.
        inputs (Variable|list): with respect to what.
        target_gradients (Variable|list): weights of the elements of ``targets``; ones if None.
        no_grad_set (set): Variables, or their names, that count as constants, besides those with
            ``stop_gradient=True`` now.

    Returns:
        list: one Variable for each input, None where no gradient arrives; ``[]`` if a single input gets
        none.

    Raises:
        TypeError: an argument is no Variable, or not of floating point.
        ValueError: numbers or shapes of targets and target_gradients differ.
    """
    targets, inputs = _variables("targets", targets), _variables("inputs", inputs)
    seeds = _variables("target_gradients", target_gradients) if target_gradients else [None] * len(targets)
    _check_seeds(targets, seeds)
    program = targets[0].block.program
    blocked = {v.name for v in _all_variables(program) if v.stop_gradient}
    blocked |= {getattr(entry, "name", entry) for entry in no_grad_set or ()}
    unique = {source.name: source for source in inputs}
    sources = [source for source in unique.values() if _reaches(program, source, targets, blocked)]
    made: dict[str, Variable] = {}
    if sources:
        step = program.current_block().append(Gradients(targets, sources, seeds, blocked))
        made = {source.name: gradient for source, gradient in zip(sources, step.outputs)}
    result = [made.get(source.name) for source in inputs]
    return [] if len(result) == 1 and result[0] is None else result


def _reaches(program: Program, source: Variable, targets: list[Variable], blocked: set[str]) -> bool:
    if source.name in blocked:
        return False
    reached = _reached(program, [source.name], blocked)
    return any(target.name in reached - {source.name} for target in targets)


def _reached(program: Program, names: list[str], blocked: set[str]) -> set[str]:
    """The names of what depends on ``names`` through steps that have a gradient."""
    reached = set(names)
    for operator in _all_operators(program.global_block()):
        if operator.differentiable and any(v.name in reached for v in operator.inputs):
            reached |= {v.name for v in operator.outputs} - blocked
    return reached


def _all_operators(block: Block) -> Iterator[Operator]:
    for operator in block.ops:
        inner = getattr(operator, "block", None)
        if inner is not None:
            yield from _all_operators(inner)
        yield operator


def _all_variables(program: Program) -> Iterator[Variable]:
    yield from program.global_block().vars.values()
    for operator in _all_operators(program.global_block()):
        yield from operator.outputs


def _blocked_values(program: Program, blocked: set[str], scope: Any) -> Iterable[Variable]:
    return {v.name: v for v in _all_variables(program) if v.name in blocked and v in scope}.values()


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


def _check_seeds(targets: list[Variable], seeds: list[Variable | None]) -> None:
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


def _name(block: Block, source: Variable) -> str:
    name = f"{source.name}@GRAD"
    return unique_name.generate(name) if block.has_var(name) else name
