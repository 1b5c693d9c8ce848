"""Measure the elementary functions of the kernels against those of the C library in 80 bits, in ulps.

    python tools/kernel_accuracy.py

Needs g++ or clang++ on x86, whose long double has eleven bits more than float64.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from sanitize import ROOT, SOURCE, compiler, machine_levels, run


def main() -> int:
    """Build and run for every kind of machine."""
    with tempfile.TemporaryDirectory() as folder:
        for level, flags in machine_levels().items():
            program = str(Path(folder) / level)
            source = str(ROOT / "tools/kernel_accuracy.cpp")
            run([*compiler(), *flags, f"-DISA={level}", f"-I{SOURCE}", source, "-o", program])
            print(level, flush=True)
            subprocess.run([program], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
