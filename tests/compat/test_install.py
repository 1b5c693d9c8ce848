"""``import paddle.fluid`` on request only, and old scripts run as they are."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import paddle
import pytest

import paddle_losses.compat.fluid as fluid
from paddle_losses import compat
from paddle_losses.compat.fluid import _script

ROOT = Path(__file__).parent.parent.parent


def state():
    names = {name for name in sys.modules if name.startswith("paddle.fluid")}
    return names, list(sys.meta_path), hasattr(paddle, "fluid"), list(sys.path), list(sys.argv)


@pytest.fixture(autouse=True)
def unchanged():
    before = state()
    yield
    compat.uninstall()
    assert state() == before


# --------------------------------------------------------------------------------------- install


def test_nothing_happens_unless_asked_for():
    code = (
        "import sys, paddle, paddle_losses, paddle_losses.compat;"
        "print([n for n in sys.modules if 'fluid' in n.split('.')], hasattr(paddle, 'fluid'),"
        " [f for f in sys.meta_path if type(f).__module__.startswith('paddle_losses')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout.strip() == "[] False []", result.stderr


def test_install_and_uninstall():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("paddle.fluid")
    compat.install()
    import paddle.fluid as installed
    import paddle.fluid.layers as layers
    from paddle.fluid import Executor
    from paddle.fluid.framework import Program
    from paddle.fluid.layers import reduce_mean

    assert installed is fluid is paddle.fluid and layers is fluid.layers
    assert (Executor, Program, reduce_mean) == (fluid.Executor, fluid.Program, fluid.layers.reduce_mean)
    compat.uninstall()
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'paddle.fluid'"):
        importlib.import_module("paddle.fluid")
    assert installed.layers is layers  # what has been imported stays usable


def test_in_a_notebook_it_says_what_it_did():
    assert repr(compat.install()) == "import paddle.fluid works until paddle_losses.compat.uninstall()"


def test_as_a_context_manager():
    with compat.install():
        assert importlib.import_module("paddle.fluid") is fluid
        with compat.install():
            pass
        assert importlib.import_module("paddle.fluid") is fluid, "the inner block did not install"
    assert not hasattr(paddle, "fluid")


def test_a_context_ends_with_an_error():
    with pytest.raises(KeyError), compat.install():
        raise KeyError
    assert not hasattr(paddle, "fluid")


def test_twice_and_without():
    compat.uninstall()
    compat.install()
    compat.install()
    compat.uninstall()
    assert not hasattr(paddle, "fluid")


@pytest.mark.parametrize(
    "line, name",
    [
        ("from paddle.fluid.layers import fc", "fluid.layers.fc"),
        ("from paddle.fluid.initializer import Constant", "fluid.initializer.Constant"),
        ("import paddle.fluid.optimizer as o; o.Adam(0.1)", "fluid.optimizer.Adam"),
        ("import paddle.fluid as fluid; fluid.optimizer.Adam(0.1)", "fluid.optimizer.Adam"),
        ("from paddle.fluid import optimizer; optimizer.Adam(0.1)", "fluid.optimizer.Adam"),
        (
            "import paddle.fluid.contrib.mixed_precision as m; m.decorate()",
            "fluid.contrib.mixed_precision.decorate",
        ),
        ("import paddle.fluid.LoDTensor", "fluid.LoDTensor"),
    ],
)
def test_modules_and_names_that_are_not_covered(line, name):
    with (
        compat.install(),
        pytest.raises((ImportError, AttributeError), match=rf"{name} is not covered .*; today: "),
    ):
        exec(line, {})


def test_modules_that_never_were():
    with (
        compat.install(),
        pytest.raises(ModuleNotFoundError, match=r"fluid\.zzz is not covered .* no public name"),
    ):
        importlib.import_module("paddle.fluid.zzz")


def test_names_in_the_modules_of_1_8_5():
    with compat.install():
        from paddle.fluid.layers.control_flow import IfElse
        from paddle.fluid.layers.ops import exp

    assert (IfElse, exp) == (fluid.layers.IfElse, fluid.layers.exp)


def test_a_paddle_that_still_has_fluid_is_found_before_its_import(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    with pytest.raises(RuntimeError, match=r"still has a paddle.fluid of its own"):
        compat.install()


def test_a_paddle_that_still_has_fluid_is_left_alone(monkeypatch):
    own = object()
    monkeypatch.setattr(paddle, "fluid", own, raising=False)
    with pytest.raises(RuntimeError, match=r"still has a paddle.fluid of its own"):
        compat.install()
    compat.uninstall()
    assert paddle.fluid is own


# --------------------------------------------------------------------------------------- scripts


def write(folder, text, encoding="utf-8"):
    script = folder / "old.py"
    script.write_text(text, encoding=encoding)
    return script


def test_after_a_script_nothing_is_installed(tmp_path):
    before = state()
    assert _script.main([str(write(tmp_path, "import paddle.fluid"))]) == 0
    assert state() == before


def test_uninstall_in_a_fresh_process():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = "from paddle_losses import compat; compat.uninstall()"
    assert subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True).returncode == 0


def test_a_linked_script_imports_from_its_own_folder(tmp_path, capsys):
    folder = tmp_path / "real"
    folder.mkdir()
    link = tmp_path / "link.py"
    link.symlink_to(write(folder, "import sys; print(sys.path[0])"))
    assert _script.main([str(link)]) == 0
    assert capsys.readouterr().out == f"{folder}\n"


@pytest.mark.parametrize("found, wanted", _script.LOOKALIKES.items())
def test_every_lookalike(tmp_path, capsys, found, wanted):
    source = {"'": f"x = {found}a{found}", '"': f"x = {found}a{found}"}.get(wanted, f"x = 1\ny = x{found}")
    if _script.main([str(write(tmp_path, source))]):
        assert f"is not what Python takes for {wanted!r}" in capsys.readouterr().err
    else:
        assert wanted == " "  # some Pythons take a wide space at the end of a line


def test_other_characters_keep_pythons_message(tmp_path, capsys):
    assert _script.main([str(write(tmp_path, "x = 1 € 2"))]) == 1
    assert "line 1, column 7: invalid character '€' (U+20AC)" in capsys.readouterr().err


def test_a_script_runs_unedited(tmp_path, capsys):
    (tmp_path / "helper.py").write_text("value = 7.0")
    script = write(
        tmp_path,
        "import sys\n"
        "import numpy as np\n"
        "import paddle.fluid as fluid\n"
        "from helper import value\n"
        "if __name__ == '__main__':\n"
        "    x = fluid.data('x', [None, 1])\n"
        "    exe = fluid.Executor(fluid.CPUPlace())\n"
        "    print(sys.argv[1:], exe.run(feed={'x': np.ones([2, 1], 'float32')}, fetch_list=[x * value]))\n",
    )
    assert _script.main([str(script), "--fast", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("['--fast', '1'] [array([[7.],")
    sys.modules.pop("helper")


def test_the_document_as_a_script_in_a_process():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = str(ROOT / "paddle_losses" / "compat" / "document_s1.py")
    command = [sys.executable, "-W", "ignore", "-m", "paddle_losses.compat.fluid", script]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [example.printed for example in compat.EXAMPLES]


def test_what_a_script_ends_with(tmp_path):
    with pytest.raises(SystemExit) as stop:
        _script.main([str(write(tmp_path, "import sys; sys.exit(3)"))])
    assert stop.value.code == 3
    with pytest.raises(ZeroDivisionError) as error:
        _script.main([str(write(tmp_path, "1 / 0"))])
    assert [entry.path.name for entry in error.traceback][-2:] == ["_script.py", "old.py"]


@pytest.mark.parametrize(
    "text, line, column, found",
    [
        ("x = 1\ny = fluid.data(‘pred’, [3])", 2, 16, "‘"),
        ("print(“L1 Loss:”)", 1, 7, "“"),
        ("名字 = ‘值’", 1, 6, "‘"),
        ("x = (1，2)", 1, 7, "，"),
        ("def f（x）:\n    return x", 1, 6, "（"),
        ("x = 1\u00a0+ 2", 1, 6, "\\xa0"),
        ("x = 2 − 1", 1, 7, "−"),
    ],
)
def test_lookalikes_are_shown_with_line_and_column(tmp_path, capsys, text, line, column, found):
    script = write(tmp_path, text)
    assert _script.main([str(script)]) == 1
    message = capsys.readouterr().err
    assert message.startswith(
        f"{script}, line {line}, column {column}: '{found}' is not what Python takes for "
    )


def test_lookalikes_in_strings_and_comments_are_fine(tmp_path, capsys):
    script = write(tmp_path, "# “引号”，（括号）\nprint('“你好”，')")
    assert _script.main([str(script)]) == 0
    assert capsys.readouterr().out == "“你好”，\n"


def test_other_mistakes_keep_pythons_message(tmp_path, capsys):
    assert _script.main([str(write(tmp_path, "x = (1\n"))]) == 1
    assert "line 1, column 5: '(' was never closed" in capsys.readouterr().err or sys.version_info < (3, 10)
    assert _script.main([str(write(tmp_path, "def f():\nreturn 1\n"))]) == 1
    assert "line 2, column" in capsys.readouterr().err


def test_files_that_cannot_be_read(tmp_path, capsys):
    assert _script.main([str(tmp_path / "none.py")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'none.py'}: No such file or directory\n"
    assert _script.main([str(write(tmp_path, "# 中文\n", "gbk"))]) == 1
    assert "UTF-8" in capsys.readouterr().err
    assert _script.main([str(write(tmp_path, "# coding: klingon\n"))]) == 1
    assert "klingon" in capsys.readouterr().err
    assert _script.main([str(write(tmp_path, "x = 1\0\n"))]) == 1
    err = capsys.readouterr().err
    assert "null bytes" in err and "None" not in err
    assert _script.main([str(write(tmp_path, "# coding: gbk\nprint('中文')\n", "gbk"))]) == 0
    assert capsys.readouterr().out == "中文\n"


def test_help(capsys):
    with pytest.raises(SystemExit):
        _script.main(["--help"])
    assert "unedited" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stop:
        _script.main([])
    assert stop.value.code == 2
