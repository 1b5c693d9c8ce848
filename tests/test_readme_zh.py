"""README_zh.md says what README.md says: the same sections, code, links, tables and numbers, in Chinese."""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import generate
import pytest
from chinese import CHINESE, Untranslated, chinese
from markers import generated

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
README_ZH = (ROOT / "README_zh.md").read_text(encoding="utf-8")


# ----------------------------------------------------------------------------------- what is compared


def differences(readme: str, page: str) -> list[str]:
    """What the Chinese page lacks or has too much, in sentences."""
    ours, theirs = sections(readme), sections(page)
    if [section.level for section in ours] != [section.level for section in theirs]:
        heads = (", ".join(section.title for section in page) for page in (ours, theirs))
        return ["the sections of README.md are {}; those of README_zh.md are {}".format(*heads)]
    return [
        f"section {one.title!r}: {sentence}"
        for one, other in zip(ours, theirs)
        for compare in (code, spans, links, numbers, rows, language)
        for sentence in compare(one, other)
    ]


def code(readme: Section, page: Section) -> list[str]:
    said = missing("the block", *([without_comments(block) for block in s.blocks] for s in (readme, page)))
    notes = [note for block in page.blocks for note in comments(block)]
    return said + [f"the comment {note!r} is not Chinese" for note in notes if is_english(note)]


def spans(readme: Section, page: Section) -> list[str]:
    return missing("the code", *(set(SPAN.findall(section.text)) for section in (readme, page)))


def links(readme: Section, page: Section) -> list[str]:
    pages = {"README.md", "README_zh.md"}  # the link to the other language
    found = (LINK.findall(section.text) for section in (readme, page))
    return missing("the link to", *([link for link in links if link not in pages] for links in found))


def numbers(readme: Section, page: Section) -> list[str]:
    """Those of the text; those of a table are compared row by row."""
    texts = (" ".join(section.paragraphs) for section in (readme, page))
    return missing("the number", *(NUMBER.findall(prose(text)) for text in texts))


def rows(readme: Section, page: Section) -> list[str]:
    shapes = [[[len(row) for row in table] for table in section.tables] for section in (readme, page)]
    if shapes[0] != shapes[1]:
        lengths = [" and ".join(str(len(table)) for table in shape) or "no" for shape in shapes]
        return ["the tables have {} lines, in README_zh.md {}; or a line has other columns".format(*lengths)]
    return [
        f"the row {' | '.join(row)!r}: {sentence}"
        for table, other in zip(readme.tables, page.tables)
        for row, its in zip(table, other)
        for what, pattern in (("the code", SPAN), ("the number", NUMBER))
        for sentence in missing(what, *(pattern.findall(" | ".join(cells)) for cells in (row, its)))
    ]


def language(_: Section, page: Section) -> list[str]:
    cells = [cell for table in page.tables for row in table for cell in row]
    said = [f"{text!r} is not Chinese" for text in [*page.paragraphs, *cells] if is_english(text)]
    return said + ["the heading is not Chinese"] * (page.level > 1 and not HAN.search(page.title))


# ------------------------------------------------------------------------------------ and by what means

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PART = re.compile(r"<!-- (\w+): written by .*?<!-- end of \1 -->", re.DOTALL)
SPAN = re.compile(r"`[^`]*`")
LINK = re.compile(r"\]\(([^)]*)\)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
HAN = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"\*\*[a-z-]+\*\*|[\w.-]*[A-Z\d_][\w.-]*", re.ASCII)  # **torchgan**, IoU, PyTorch, float32


class Section(NamedTuple):
    """What stands under one heading, the heading included."""

    title: str
    level: int
    blocks: list[str]
    text: str  # without the blocks

    @property
    def paragraphs(self) -> list[str]:
        text = re.sub(r"^\|.*\n", "", self.text, flags=re.MULTILINE)
        return re.split(r"\n\n+|\n(?=- )", text.strip())

    @property
    def tables(self) -> list[list[list[str]]]:
        found = re.findall(r"(?:^\|.*\n)+", self.text, re.MULTILINE)
        return [[generate.split(row)[1:-1] for row in table.splitlines()] for table in found]


def sections(page: str) -> list[Section]:
    """What tools write is not compared: only its name stands for it, as code."""
    page = PART.sub(r"`\1`", page)
    blocks = FENCE.findall(page)
    found = []
    for text in re.split(r"^(?=#+ )", FENCE.sub("\0", page), flags=re.MULTILINE)[1:]:
        marks, title = re.match(r"(#+) (.*)", text).groups()
        own = [blocks.pop(0) for _ in range(text.count("\0"))]
        found.append(Section(title, len(marks), own, text.replace("\0", "")))
    return found


def missing(what: str, ours, theirs) -> list[str]:
    """Sentences on what is not in both, or not as often."""
    ours, theirs = Counter(ours), Counter(theirs)
    return [
        *(f"{what} {x} is missing" for x in (ours - theirs).elements()),
        *(f"{what} {x} is not in README.md" for x in (theirs - ours).elements()),
    ]


def prose(text: str) -> str:
    return LINK.sub("]", SPAN.sub("", text))


def is_english(text: str) -> bool:
    """English words stand side by side; in a Chinese text a single one, such as logit, is a term."""
    text = NAME.sub("", prose(text))
    words = re.findall(r"[a-z]+(?:,? [a-z]+)+" if HAN.search(text) else "[a-z]+", text)
    letters = sum(map(len, words))
    return bool(letters) and letters >= len(HAN.findall(text))


def comments(block: str) -> list[str]:
    if not block.startswith("```python"):
        return []
    tokens = tokenize.generate_tokens(io.StringIO(block.strip("`")).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def without_comments(block: str) -> str:
    for note in comments(block):
        block = block.replace(note, "#")
    return block


# -------------------------------------------------------------------------------------------- the tests


def test_it_says_what_the_readme_says():
    assert differences(README, README_ZH) == []


def test_each_page_leads_to_the_other():
    assert "[中文](README_zh.md)" in README
    assert "[English](README.md)" in README_ZH


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("## 开始\n", "", "the sections of README.md are paddle_losses, Start, "),
        ("## 开始\n", "### 开始\n", "the sections of README.md are paddle_losses, Start, "),
        ("## 开始\n", "## Start\n", "section 'Start': the heading is not Chinese"),
        (
            "&& pytest\n",
            "&& pytest -x\n",
            'the block ```bash\npip install -e ".[test]" && pytest\n``` is missing',
        ),
        ("gamma=2.0)(logit", "gamma=3.0)(logit", "section 'Ten lines of use': the block ```python"),
        ("# 函数", "# a function", "the comment '# a function……' is not Chinese"),
        ("、`jit.save` 和", "和", "section 'Ten lines of use': the code `jit.save` is missing"),
        ("(CONTRIBUTING.md)", "(README.md)", "the link to CONTRIBUTING.md is missing"),
        ("1797", "1979", "section 'Digits, by every loss': the number 1797 is missing"),
        ("| 0 | 3.870 |", "| 0 | 3.780 |", "the number 3.870 is missing"),
        ("| 先后次序 | `margin_ranking_loss` | |\n", "", "the tables have 18 lines, in README_zh.md 17"),
        (
            "| 先后次序 | `margin_ranking_loss` |",
            "| 先后次序 | |",
            "the code `margin_ranking_loss` is missing",
        ),
        ("| 先后次序 |", "| an order |", "' an order ' is not Chinese"),
        ("<!-- digits: ", "<!-- figures: ", "the code `digits` is missing"),
    ],
)
def test_what_is_damaged_is_reported(old, new, sentence):
    assert old in README_ZH
    assert sentence in "\n".join(differences(README, README_ZH.replace(old, new, 1)))


def test_what_is_not_translated_is_reported():
    """All of README.md, but for what has no words of its own."""
    told = "\n".join(differences(README, README))
    for section in sections(README):
        for text in section.paragraphs:
            if len(prose(text)) > 60:
                assert repr(text) in told


# --------------------------------------------------------------------- the parts that are translated


def english_cells():
    lines = [line for part in generated(README).values() for line in part.split("\n")]
    return {cell.strip().strip("*") for line in lines for cell in generate.split(line)}


def test_every_part_is_found():
    assert len(generated(README)) == README.count("<!-- end of ")


def test_what_a_tool_writes_anew_is_taken_over():
    assert generate.with_parts(README_ZH, README) == README_ZH
    page = generate.with_parts(README_ZH, README.replace("| 98.2% |", "| 12.3% |"))
    assert page == README_ZH.replace("| 98.2% |", "| 12.3% |")


def test_no_translation_is_stale():
    stale = CHINESE.keys() - english_cells()
    assert not stale, "README.md no longer says this: remove it from tools/chinese.py"


@pytest.mark.parametrize("english", CHINESE)
def test_a_translation_keeps_code_and_numbers(english):
    for pattern in (SPAN, NUMBER):
        assert sorted(pattern.findall(CHINESE[english])) == sorted(pattern.findall(english))
    assert HAN.search(CHINESE[english])


def test_what_has_no_translation_is_an_error(monkeypatch):
    readme = README.replace("| loss | highest score |", "| loss | best score |")
    with pytest.raises(Untranslated, match=r"tools/chinese\.py has no Chinese for 'best score': add it"):
        generate.with_parts(README_ZH, readme)
    monkeypatch.setattr(generate, "targets", lambda: chinese("best score"))
    with pytest.raises(SystemExit, match="no Chinese for 'best score'"):
        generate.main(["--check"])


def test_a_part_without_a_place_is_an_error():
    with pytest.raises(Untranslated, match=r"README_zh\.md has no place for the digits: add <!-- digits"):
        generate.with_parts(README_ZH.replace("<!-- digits: ", "<!-- figures: "), README)


@pytest.mark.parametrize(
    "cell, translated",
    [
        (" `a | b`, 2^24 ", " `a | b`, 2^24 "),
        ("-3.162e+05", "-3.162e+05"),
        (" **no gradient** ", " **没有梯度** "),
        ("raises OSError", "抛出 OSError"),
        ("process ends (signal 6)", "进程终止\uff08信号 6\uff09"),
    ],
)
def test_cells(cell, translated):
    assert chinese(cell) == translated


def test_a_run_on_another_machine_needs_no_new_words():
    line = "Milliseconds, forward and backward, float32, one thread of Xeon(R) @ 2.2GHz, neon, Paddle 3.4:"
    assert "Xeon(R) @ 2.2GHz, neon, Paddle 3.4" in chinese(line)
    assert not is_english(chinese(line))


def test_papers_stay_as_they_are():
    part = "| loss | source |\n|---|---|\n| 1 | R. Girshick, Fast R-CNN, 2015 |\n\n| loss |\n|---|"
    assert generate.in_chinese(part) == part.replace("loss", "损失").replace("source", "出处")
