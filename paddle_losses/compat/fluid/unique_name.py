"""Names of Variables that nobody named: ``abs_0.tmp_0``, ``tmp_3``."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

_counters: Counter[str] = Counter()


def generate(key: str) -> str:
    """``key`` with the next number: ``fc_0``, ``fc_1``, …"""
    _counters[key] += 1
    return f"{key}_{_counters[key] - 1}"


def switch(new_generator: Counter[str] | None = None) -> Counter[str]:
    """Count from 0 again (or go on with ``new_generator``); returns the counters until now."""
    global _counters
    old, _counters = _counters, Counter() if new_generator is None else new_generator
    return old


@contextlib.contextmanager
def guard(new_generator: Counter[str] | None = None) -> Iterator[None]:
    """Count from 0 inside the block."""
    old = switch(new_generator)
    try:
        yield
    finally:
        switch(old)
