"""Run the notebooks from top to bottom and store what they print and draw.

python tools/notebooks.py          run all of notebooks/
python tools/notebooks.py 01 07    run those whose names begin so
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import matplotlib.font_manager  # noqa: F401 - builds its cache here, so no notebook says that it does
import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[""], help="beginnings of file names")
    names = tuple(parser.parse_args(arguments).names)
    paths = [path for path in sorted(FOLDER.glob("*.ipynb")) if path.name.startswith(names)]
    if not paths:
        parser.error(f"no notebook begins with {' or '.join(names)}")
    for path in paths:
        nbformat.write(execute(path), path)
        print(f"wrote {path.name}")


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook after a run in its own folder, with the package of this checkout."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", timeout=600)
    client.resources = {"metadata": {"path": str(path.parent)}}
    client.record_timing, client.coalesce_streams = False, True
    client.extra_arguments = ["--log-level=ERROR"]  # not that kernel and client talk unencrypted
    python_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    client.execute(env={**os.environ, "PYTHONPATH": python_path})
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day
    return notebook


if __name__ == "__main__":
    main()
