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
    """Everyone has ``least`` turns, and then more of them for ``seconds`` of their own, up to ``most``."""

    seconds: float
    least: int
    most: int = 1000

    def spent(self, times: list[float]) -> bool:
        return len(times) >= self.most or (len(times) >= self.least and sum(times) >= self.seconds)


def medians(
    contenders: dict[str, Contender], budget: Budget, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Seconds a step, by name. Every round has a new order: nobody always follows the same one."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    shuffled = random.Random(0)
    for contender in contenders.values():  # compilers, caches
        contender.prepare()
        contender.step()
    gc.disable()
    try:
        while waiting := [name for name, own in times.items() if not budget.spent(own)]:
            shuffled.shuffle(waiting)
            for name in waiting:
                contenders[name].prepare()
                started = clock()
                contenders[name].step()
                times[name].append(clock() - started)
    finally:
        gc.enable()
    return {name: statistics.median(own) for name, own in times.items()}
