"""The peak of the memory that a step adds to what the process holds."""

from __future__ import annotations

import gc
from pathlib import Path

from .timing import Contender

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_of(contender: Contender) -> int | None:
    """In bytes; None where the system does not tell."""
    contender.prepare()
    contender.step()
    gc.collect()
    try:
        CLEAR.write_text("5")  # the peak starts anew
    except OSError:
        return None
    before = _held("VmRSS")
    contender.step()
    return _held("VmHWM") - before


def _held(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024
