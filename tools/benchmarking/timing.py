"""Medians of contenders that take turns, so that whatever disturbs the machine disturbs all of them."""

from __future__ import annotations

import gc
import random
import statistics
import time
from dataclasses import dataclass
from typing import Callable


def nothing() -> None:
    pass


@dataclass(frozen=True)
class Contender:
    step: Callable[[], object]
    prepare: Callable[[], object] = nothing  # before every step, untimed


@dataclass(frozen=True)
class Budget:
    """Everyone has ``least`` turns, and then more of them for ``seconds`` of their own, up to ``most``.

    A step of more than ``long`` seconds has two turns at least. A turn is ``steps`` steps in a row: of short
    ones, a single one would show how cold the caches are that the others leave behind.
    """

    seconds: float
    least: int
    steps: int = 1
    most: int = 1000
    long: float = 0.1

    def spent(self, times: list[float]) -> bool:
        least = 2 if min(times, default=0) > self.long else self.least
        return len(times) >= self.most or (len(times) >= least and sum(times) >= self.seconds)


def medians(
    contenders: dict[str, Contender], budget: Budget, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Seconds a step, by name. Every round has a new order: nobody always follows the same one."""

    def turn(name: str) -> float:
        contenders[name].prepare()
        step = contenders[name].step
        started = clock()
        for _ in range(budget.steps):
            step()
        return (clock() - started) / budget.steps

    times = {name: [turn(name)] for name in contenders}
    for own in times.values():
        if own[0] <= budget.long:  # it found cold caches; in a longer one they do not show
            own.clear()
    shuffled = random.Random(0)
    gc.disable()
    try:
        while waiting := [name for name, own in times.items() if not budget.spent(own)]:
            shuffled.shuffle(waiting)
            for name in waiting:
                times[name].append(turn(name))
    finally:
        gc.enable()
    return {name: statistics.median(own) for name, own in times.items()}
