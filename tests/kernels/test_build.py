"""The package is built and works with a compiler, and without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(tmp_path):
    """What a fresh checkout holds, as far as the build reads it."""
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    unwanted = shutil.ignore_patterns("__pycache__", "_kernels.*")
    shutil.copytree(ROOT / "paddle_losses", tmp_path / "paddle_losses", ignore=unwanted)
    return tmp_path


def python(*arguments, cwd, **environment):
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd), **environment},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return result.stdout


def build(source, **environment):
    """What an installation puts into place; wheels are zipped from it."""
    pytest.importorskip("setuptools")
    python("setup.py", "-q", "build", "--build-lib", "installed", cwd=source, **environment)
    return source / "installed"


def libraries(folder):
    return [path.name for path in folder.rglob("_kernels.*")]


def test_without_a_compiler_the_package_is_pure_and_works(source):
    installed = build(source, CC="/nonexistent", CXX="/nonexistent")
    assert libraries(installed) == []
    code = (
        "import paddle, paddle_losses as losses; x = paddle.to_tensor([3.0], stop_gradient=False);"
        "loss = losses.huber_loss(x, paddle.zeros([1])); loss.backward();"
        "print(loss.item(), x.grad.item(), losses.kernels._library.library)"
    )
    assert python("-c", code, cwd=installed).split() == ["2.5", "1.0", "None"]
    assert "none (installed without a compiler)" in python("-m", "paddle_losses", "--info", cwd=installed)


@pytest.mark.skipif(not shutil.which("c++"), reason="no compiler")
def test_with_a_compiler_the_library_lies_in_the_package(source):
    setup = source / "setup.py"
    setup.write_text(setup.read_text(encoding="utf-8").replace('"-O3"', '"-O0"'), encoding="utf-8")  # quick
    installed = build(source)
    assert len(libraries(installed)) == 1
    assert list((installed / "paddle_losses/kernels").glob("_kernels.*"))
    code = "import paddle_losses; print(paddle_losses.kernels._library.library.machine().decode())"
    assert python("-c", code, cwd=installed).strip() in ("baseline", "avx2", "avx512")
