"""The package as something that is installed and imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(code: str, *options: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT
    )


def test_import_says_nothing():
    # Paddle has a warning of its own about ccache, so it is imported first.
    code = "import warnings, paddle; warnings.simplefilter('error'); import paddle_losses"
    result = run(code)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "paddle_losses" not in result.stderr


def test_import_loads_nothing_heavy():
    code = (
        "import sys, paddle; before = set(sys.modules); import paddle_losses;"
        "print({name.split('.')[0] for name in set(sys.modules) - before} - {'paddle_losses'})"
    )
    loaded = run(code).stdout
    for heavy in ("scipy", "sklearn", "matplotlib", "torch", "ctypes", "setuptools"):
        assert heavy not in loaded


def test_import_does_not_change_paddle():
    code = (
        "import paddle; state = lambda: (paddle.in_dynamic_mode(), paddle.get_default_dtype(),"
        " paddle.get_device(), set(vars(paddle)), set(vars(paddle.nn.functional)));"
        "before = state(); import paddle_losses; assert state() == before"
    )
    result = run(code)
    assert result.returncode == 0, result.stderr


def test_without_paddle_one_sentence_says_what_to_install():
    code = "import sys; sys.modules['paddle'] = None; import paddle_losses"
    result = run(code)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: paddle_losses needs PaddlePaddle")
    assert "pip install paddlepaddle" in last


def test_a_broken_paddle_is_not_called_missing(tmp_path):
    broken = tmp_path / "paddle"
    broken.mkdir()
    (broken / "__init__.py").write_text("import no_such_module_of_paddles")
    result = run(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import paddle_losses")
    assert result.returncode == 1
    assert "no_such_module_of_paddles" in result.stderr.strip().splitlines()[-1]


def test_base_requirements_are_numpy_alone():
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    assert 'install_requires=["numpy"]' in text
