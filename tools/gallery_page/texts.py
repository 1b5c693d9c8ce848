"""Markdown and LaTeX, as the gallery shows them."""

from __future__ import annotations

import re

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markupsafe import Markup, escape

from paddle_losses import functional, nn


def block(text: str) -> Markup:
    return Markup(_markdown().render(text))


def inline(text: str) -> Markup:
    return Markup(_markdown().renderInline(text))


def breakable(code: str) -> Markup:
    """Code that a narrow screen may break within its long names."""
    return Markup(re.sub(r"([(_])|(?<=[a-z])(?=[A-Z])", r"\1<wbr>", str(escape(code))))


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("js-default")
    markdown.add_render_rule("code_inline", _code)
    return markdown


def _code(renderer: RendererHTML, tokens: list, index: int, options: object, env: object) -> str:
    """Code that begins with the name of a function or Layer of the page leads there."""
    text = tokens[index].content
    name = re.match(r"(?:nn\.)?(\w+)", text)
    function = _functions().get(name[1]) if name else None
    code = f"<code>{escape(text)}</code>"
    return f'<a href="#{function}">{code}</a>' if function else code


def _functions() -> dict[str, str]:
    """The function behind each public name."""
    functions = {name: getattr(functional, name).__name__ for name in functional.__all__}
    return functions | {name: getattr(nn, name)._fn.__name__ for name in nn.__all__}


FUNCTION = r"(\\(?:log|ln|cosh|cos|sin|arctan)(?![a-z]))"
# What the converter leaves out or does not know, in LaTeX that it does.
REWRITTEN = {
    r"(?<![\\\w])(?<!rm\{)(input|label|cls|box|resp|others|objects|coord|noobj)(?!\w)": r"\\mathrm{\1}",
    rf"{FUNCTION}(?=\s*(?:\w|\\\w))": r"\1\\,",  # a space before the argument
    rf"(?<=[\w)}}])\s*{FUNCTION}": r"\\,\1",  # and after a factor
    r"(?<!\\)\|(.+?)(?<!\\)\|": r"\\left|\1\\right|",
    r"\\_": "_",  # in words
    r"\\lVert": r"\\left\\|",
    r"\\rVert": r"\\right\\|",
    r"\\[Bb]igl": r"\\left",
    r"\\[Bb]igr": r"\\right",
    r"\\sim": r"\\;\\sim\\;",
    r"\\iff": r"\\;\\iff\\;",
    r" : ": r"\\;:\\;",
}
# In the markup: no space between a function that is an operator and its bracket; and
# a minus that follows =, a bracket or a comma is a sign, without a space after it.
OPERATOR = r"<mo>(max|min|softmax)</mo>"
SIGN = r"(<mo[^>]*>(?:&#x000(?:3D|28|7B|2C);|\[)</mo>)<mo>&#x02212;</mo>"


def mathml(latex: str) -> Markup:
    for pattern, replacement in REWRITTEN.items():
        latex = re.sub(pattern, replacement, latex)
    markup = re.sub(OPERATOR, r'<mo lspace="0.17em" rspace="0">\1</mo>', convert(latex, display="block"))
    return Markup(re.sub(SIGN, r'\1<mo form="prefix">&#x02212;</mo>', markup))


def formulas(docstring: str) -> list[str]:
    """The formulas of the first math directive, in pieces that may stand side by side or below each other."""
    body = re.search(r"^\.\. math::((?:.*\n)(?:(?: {4}.*)?\n)*)", docstring, re.MULTILINE)
    pieces = re.split(r"\n\n|\\qquad|\\quad(?=\\text)", body[1])
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]
