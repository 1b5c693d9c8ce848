"""The notebooks run, what they store is such a run, and the first cell installs only what is missing."""

from __future__ import annotations

import importlib.util
import re
import shlex
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient.exceptions import CellExecutionError

import notebooks
from paddle_losses.compat import snippets

PATHS = sorted(notebooks.FOLDER.glob("*.ipynb"))
CHINESE = r"[\u4e00-\u9fff]"

each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def assert_clean(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert not [output for output in outputs(notebook) if output.output_type == "error"]
    assert not [output.text for output in outputs(notebook) if output.get("name") == "stderr"]


def test_there_are_notebooks():
    assert PATHS


# -------------------------------------------------------------------------------- what they contain


@each_notebook
def test_a_run_shows_no_warning_and_what_is_stored(path):
    run, stored = notebooks.execute(path), read(path)
    assert_clean(run)
    assert_clean(stored)

    def kinds(notebook):
        return [[output.output_type for output in cell.outputs] for cell in code_cells(notebook)]

    assert any(kinds(run))
    assert kinds(stored) == kinds(run), "stale: run python tools/notebooks.py"
    assert "restart the kernel" not in nbformat.writes(run), "pip ran, though nothing was missing"


@each_notebook
def test_the_text_is_chinese(path):
    code = re.compile(r"```.*?```|`[^`]*`|\$[^$]*\$|\]\([^)]*\)", re.DOTALL)
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            prose = code.sub("", cell.source)
            assert len(re.findall(CHINESE, prose)) > len(re.findall("[A-Za-z]", prose)), cell.source
        for comment in re.findall(r"(?:^|\s)# (.+)$", cell.source, re.MULTILINE):
            assert re.search(CHINESE, comment), comment


@each_notebook
def test_no_paths_of_the_machine_are_stored(path):
    notebook = read(path)
    for output in outputs(notebook):
        output.get("data", {}).pop("image/png", None)  # base64 may spell anything
    assert not re.findall(r"/(?:root|home|work|tmp)\b|site-packages", nbformat.writes(notebook))


@each_notebook
def test_links_lead_somewhere(path):
    for cell in read(path).cells:
        for target in re.findall(
            r"\]\((?!http)([^)#]+)", cell.source if cell.cell_type == "markdown" else ""
        ):
            assert (path.parent / target).exists(), target


@each_notebook
def test_metadata_is_plain(path):
    notebook = read(path)
    assert notebook.metadata == notebooks.METADATA
    assert not [cell.metadata for cell in notebook.cells if cell.metadata]


def test_the_porting_notebook_has_the_documents_cells_as_they_stand():
    sources = [cell.source for cell in code_cells(read(notebooks.FOLDER / "07_porting_fluid.ipynb"))]
    for number, code in snippets.cells():
        assert code.strip("\n") in sources, f"In [{number}]"


# ----------------------------------------------------------------------------------- the first cell


def run_first_cell(path, missing, folder, monkeypatch, commands):
    """Run it in ``folder`` as IPython would where some modules are missing, but only note the magics."""
    source = TransformerManager().transform_cell(code_cells(read(path))[0].source)
    shell = SimpleNamespace(run_line_magic=lambda *command: commands.append(command))
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else object())
        exec(compile(source, path.name, "exec"), {"get_ipython": lambda: shell})
    return [(magic, *shlex.split(line)) for magic, line in commands]


@each_notebook
@pytest.mark.parametrize(
    "missing, installed",
    [
        ([], []),
        (["paddle_losses"], [".."]),
        (["paddle"], ["..[cpu]"]),
        (["paddle_losses", "paddle"], ["..[cpu]"]),
    ],
)
def test_the_first_cell_leaves_an_installed_paddle_alone(path, missing, installed, monkeypatch):
    commands = run_first_cell(path, missing, path.parent, monkeypatch, [])
    assert commands == [("pip", "install", "-q", name) for name in installed]


@each_notebook
@pytest.mark.parametrize("module, distribution", [("matplotlib", "matplotlib"), ("sklearn", "scikit-learn")])
def test_the_first_cell_installs_what_the_notebook_imports(path, module, distribution, monkeypatch):
    sources = "\n".join(cell.source for cell in code_cells(read(path)))
    if re.search(rf"^(?:import|from) {module}\b", sources, re.MULTILINE):
        commands = run_first_cell(path, [module], path.parent, monkeypatch, [])
        assert commands == [("pip", "install", "-q", distribution)]


@each_notebook
@pytest.mark.parametrize("missing", ["paddle_losses", "paddle"])
def test_without_the_repository_the_first_cell_says_what_to_do(path, missing, monkeypatch, tmp_path):
    commands = []
    with pytest.raises(FileNotFoundError, match=r"setup\.py.*克隆"):
        run_first_cell(path, [missing], tmp_path, monkeypatch, commands)
    assert not commands


@each_notebook
def test_without_the_repository_an_installed_package_will_do(path, monkeypatch, tmp_path):
    assert run_first_cell(path, [], tmp_path, monkeypatch, []) == []


# ------------------------------------------------------------------------------------------ the tool


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path)
    cell = nbformat.v4.new_code_cell("print(6 * 7)", metadata={"execution": {"iopub.status.busy": "now"}})
    broken = nbformat.v4.new_code_cell("print(1 / 0)")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"machine": "x"}), tmp_path / "1.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=[broken]), tmp_path / "2.ipynb")
    return tmp_path


def test_the_tool_stores_a_run(folder, capsys):
    notebooks.main(["1"])
    notebook = read(folder / "1.ipynb")
    assert outputs(notebook) == [{"name": "stdout", "output_type": "stream", "text": "42\n"}]
    assert notebook.metadata == notebooks.METADATA
    assert not notebook.cells[0].metadata
    assert capsys.readouterr().out == "wrote 1.ipynb\n"


def test_the_tool_stores_nothing_of_a_run_that_fails(folder):
    before = (folder / "2.ipynb").read_bytes()
    with pytest.raises(CellExecutionError, match="division by zero"):
        notebooks.main([])
    assert (folder / "2.ipynb").read_bytes() == before
    assert outputs(read(folder / "1.ipynb"))


def test_the_tool_wants_a_name_that_exists(folder, capsys):
    with pytest.raises(SystemExit):
        notebooks.main(["3", "4"])
    assert "no notebook begins with 3 or 4" in capsys.readouterr().err
