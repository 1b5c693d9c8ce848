"""Write the gallery: docs/index.html with every loss, its curve and its gradient.

python tools/gallery.py          write the page and all figures (half a minute)
python tools/gallery.py --page   write the page only
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Callable

import generate
import jinja2
import matplotlib
from gallery_page import figures, texts
from gallery_page.entries import ENTRIES, NOTEBOOKS, Entry
from markupsafe import Markup

from paddle_losses import functional, nn

ROOT = Path(__file__).parent.parent
TEMPLATES = Path(__file__).parent / "gallery_page"
DOCS = ROOT / "docs"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="leave the figures as they are")
    options = parser.parse_args(arguments)
    (DOCS / "figures").mkdir(parents=True, exist_ok=True)
    (DOCS / "index.html").write_text(page(), encoding="utf-8")
    for name, entry in ENTRIES.items():
        if entry.sketch is not None and not options.page:
            figures.draw(entry.sketch, DOCS / "figures" / f"{name}.svg")
    print(f"wrote {DOCS.name}/index.html")


@dataclass(frozen=True)
class Card:
    """One function, as the page shows it."""

    function: Callable
    entry: Entry

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def docstring(self) -> str:
        return inspect.getdoc(self.function)

    @property
    def family(self) -> str:
        return self.function.__module__.rpartition(".")[2]

    @property
    def summary(self) -> Markup:
        return texts.inline(self.docstring.splitlines()[0].replace("``", "`"))

    @property
    def formulas(self) -> list[Markup]:
        return [texts.mathml(formula) for formula in texts.formulas(self.docstring)]

    @property
    def call(self) -> Markup:
        """The signature, without types."""
        parameters = inspect.signature(self.function).parameters.values()
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
        return texts.breakable(f"{self.name}{inspect.Signature(bare)}")

    @property
    def layers(self) -> list[Markup]:
        return [texts.breakable(name) for name in nn.__all__ if getattr(nn, name)._fn is self.function]

    @property
    def paper(self) -> str:
        return generate.source(self.function)[0]

    @property
    def file(self) -> str:
        """The source, at the function where a browser knows text fragments."""
        return f"../paddle_losses/functional/{self.family}.py#:~:text=def%20{self.name}%28"

    @property
    def use(self) -> Markup:
        return texts.inline(self.entry.use)

    @property
    def avoid(self) -> Markup:
        return texts.inline(self.entry.avoid)


@dataclass(frozen=True)
class Family:
    name: str
    title: Markup
    cards: list[Card]

    @property
    def notebook(self) -> str | None:
        return NOTEBOOKS.get(self.name)


def page() -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html").render(families=list(families()), guide=guide())


def families() -> Iterator[Family]:
    functions = [getattr(functional, name) for name in functional.__all__]
    named = [function for name, function in zip(functional.__all__, functions) if function.__name__ == name]
    cards = [Card(function, ENTRIES[function.__name__]) for function in named]
    for name, members in groupby(cards, key=lambda card: card.family):
        title = inspect.getdoc(getattr(functional, name)).splitlines()[0]
        yield Family(name, texts.inline(title), list(members))


def guide() -> Markup:
    """The README's table of which loss is for what."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## Which loss\n\n((?:\|.*\n)+)", readme, re.MULTILINE)
    return texts.block(section[1])


if __name__ == "__main__":
    matplotlib.use("Agg")
    main()
