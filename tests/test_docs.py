"""What is written down is run: docstrings, README, generated files."""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import re
from pathlib import Path

import generate
import pytest

import paddle_losses as losses
import paddle_losses.compat.fluid as fluid
from paddle_losses import compat, functional, nn, plot

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

FUNCTIONS = [getattr(functional, name) for name in functional.__all__]
COMPAT = [getattr(compat, name) for name in compat.__all__ if hasattr(compat.losses, name)]
FLUID = [fluid.gradients, fluid.Executor.run, fluid.layers.IfElse]
PLOT = [plot.curve, plot.plot_loss, plot.compare]
DOCUMENTED = [*FUNCTIONS, *COMPAT, *FLUID, *PLOT, compat.install, compat.uninstall, losses.set_value_checks]


@pytest.mark.parametrize("thing", DOCUMENTED, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_docstring_examples(thing):
    run_examples(inspect.getdoc(thing), thing.__name__)


def run_examples(text, name):
    runner = doctest.DocTestRunner(verbose=False)
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    assert test.examples, f"{name} has no example"
    report = []
    runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_docstrings_say_what_a_reader_needs(function):
    text = inspect.getdoc(function)
    for section in ("Args:", "Returns:", "Raises:", "Source:", "Example:", ".. math::"):
        assert section in text, f"{function.__name__} has no {section}"
    for name in inspect.signature(function).parameters:
        assert re.search(rf"^    {name} \(.+\): ", text, re.MULTILINE), f"{name} is not explained"
    paper, documents = generate.source(function)
    assert re.search(r"\b1[789]\d\d|\b20\d\d", paper), "the source has no year"
    assert re.fullmatch(r"(S[0-4](, S[0-4])*)?", documents), f"unknown documents: {documents}"


@pytest.mark.parametrize("function", COMPAT, ids=lambda f: f.__name__)
def test_compat_docstrings_name_the_modern_form(function):
    text = inspect.getdoc(function)
    assert re.search(r"Today: ``paddle_losses\.(\w+)``", text)
    modern = re.search(r"Today: ``paddle_losses\.(\w+)``", text)[1]
    assert modern in functional.__all__
    for section in ("Args:", "Returns:", "Raises:", "Example:"):
        assert section in text


@pytest.mark.parametrize("name", nn.__all__)
def test_layers_are_documented(name):
    layer = getattr(nn, name)
    assert f"``{layer.__name__}(" in layer.__doc__


@pytest.mark.parametrize("path, text", generate.targets().items(), ids=lambda x: getattr(x, "name", ""))
def test_generated_files_are_current(path, text):
    assert path.read_text(encoding="utf-8") == text, "run python tools/generate.py"


def test_the_check_of_the_generator_can_fail(capsys, monkeypatch, tmp_path):
    assert generate.main(["--check"]) == 0
    stale = tmp_path / "README.md"
    stale.write_text(README.replace("| `l1_loss` |", "| `l2_loss` |"), encoding="utf-8")
    monkeypatch.setattr(generate, "README", stale)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "targets", lambda: {stale: README})
    assert generate.main(["--check"]) == 1
    assert "README.md is not current" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert stale.read_text(encoding="utf-8") == README


# ------------------------------------------------------------------------------------------- README


def python_blocks():
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_stub_is_python():
    stub = generate.STUB.read_text(encoding="utf-8")
    classes = [node.name for node in ast.parse(stub).body if isinstance(node, ast.ClassDef)]
    assert set(classes) == {getattr(nn, name).__name__ for name in nn.__all__}
    nodes = [node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.Name)]
    names = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    imported = re.findall(r"^from .* import (.*)$", stub, re.MULTILINE)
    known = {*", ".join(imported).split(", "), *classes, *dir(builtins), "FocalLoss", "__all__"}
    assert names <= known


def test_the_readme_has_code():
    assert len(python_blocks()) == 5


@pytest.mark.parametrize("block", python_blocks())
def test_code_of_the_readme_runs(block, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if block.startswith(">>>"):
        run_examples(block, "README")
    else:
        exec(compile(block, "README", "exec"), {})


def test_every_public_name_is_in_the_readme():
    for name in [*functional.__all__, *nn.__all__]:
        assert f"`{name}`" in README


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
