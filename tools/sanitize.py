"""Build the native library with AddressSanitizer and UndefinedBehaviorSanitizer, and drive it.

    python tools/sanitize.py

The driver is tools/sanitize_driver.cpp. Needs g++ or clang++ with its sanitizers.
"""

from __future__ import annotations

import os
import platform
import re
import runpy
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "paddle_losses/kernels/source"
SANITIZERS = (
    "-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer"
)


def main() -> int:
    """Build, run for every machine level; 1 if anything was found."""
    levels = machine_levels()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = Path(name)
        objects = pool.map(lambda item: compiled(*item, folder), jobs(levels).items())
        driver = folder / "driver"
        run([*compiler(), *SANITIZERS.split(), *map(str, objects), "-pthread", "-o", str(driver)])
        return max(pool.map(lambda level: subprocess.run([str(driver), level]).returncode != 0, levels))


def jobs(levels: dict[str, list[str]]) -> dict[str, tuple[Path, list[str]]]:
    """Source and flags of every object."""
    found = {level: (SOURCE / "kernels.cpp", [f"-DISA={level}", *flags]) for level, flags in levels.items()}
    defined = [f"-D{name}={count}" for name, count in losses().items()] + ["-DWORTH_A_THREAD=262144"]
    if "avx2" in levels:
        defined.append("-DWITH_X86_LEVELS")
    found["driver"] = (ROOT / "tools/sanitize_driver.cpp", [*levels["baseline"], f"-I{SOURCE}", *defined])
    return found


def machine_levels() -> dict[str, list[str]]:
    """Their flags, those of setup.py."""
    with mock.patch("setuptools.setup"):
        setup = runpy.run_path(str(ROOT / "setup.py"))
    levels = {"baseline": []}
    if platform.machine() in ("x86_64", "AMD64"):
        levels.update(avx2=setup["AVX2"], avx512=setup["AVX512"])
    return {level: [*setup["FLAGS"], *flags] for level, flags in levels.items()}


def losses() -> dict[str, int]:
    """How many losses every entry knows, from the tables of their names."""
    files = {"ELEMENTWISE_LOSSES": "_elementwise", "SOFTMAX_LOSSES": "_softmax", "BOX_LOSSES": "_boxes"}
    return {name: table_length(SOURCE.parent / f"{file}.py") for name, file in files.items()}


def table_length(file: Path) -> int:
    body = re.search(r"^LOSSES = \((.+?)\)", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    return len(re.findall(r'"\w+"', body))


def compiled(name: str, job: tuple[Path, list[str]], folder: Path) -> Path:
    source, flags = job
    target = folder / f"{name}.o"
    run(
        [*compiler(), *flags, "-O1", "-fno-inline", *SANITIZERS.split(), "-c", str(source), "-o", str(target)]
    )
    return target


def compiler() -> list[str]:
    return shlex.split(os.environ.get("CXX") or sysconfig.get_config_var("CXX") or "c++")


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
