"""The generated parts of a page: each stands between two comments that name the tool that writes it."""

from __future__ import annotations

import re


def between(text: str, begin: str, end: str, part: str) -> str:
    """``text`` with ``part`` between the two comments, instead of what was there."""
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    return f"{head}\n\n{part}\n\n{tail}"


def generated(text: str) -> dict[str, str]:
    """What stands between such comments, by the name in them."""
    pattern = r"<!-- (\w+): written by .*? -->\n\n(.*?)\n\n<!-- end of \1 -->"
    return dict(re.findall(pattern, text, re.DOTALL))
