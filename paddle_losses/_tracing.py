"""What ``paddle.jit.to_static(full_graph=False)`` asks of us: it traces bytecode, and not all of it.

Paddle 2.6 breaks its graph, and then loses keyword-only arguments, on ``zip``, ``max``, generator
expressions, comparison of lists, functions of ``math`` and ``tensor is None`` as a condition. Every
Paddle breaks it on ``getattr`` with a default, on methods of strings, and on a comprehension under
Python 3.12 or newer. Code that losses run through avoids all of these; `test_contract.py` traces every
loss and looks for breaks.
"""

from __future__ import annotations

try:  # answers True only while the tracer simulates a call
    from paddle.jit.sot.psdb import in_sot
except ImportError:  # a Paddle without that tracer

    def in_sot() -> bool:
        return False


def given(optional: object) -> bool:
    """Whether an optional argument is there."""
    return optional is not None


__all__ = ["given", "in_sot"]
