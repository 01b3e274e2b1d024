"""A quiz as a sheet to print: the questions, then on a new page the answers, each with its reason and its sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File
from ivig_explainer.quiz import KINDS, LEVELS, Question
from ivig_explainer.quiz.picture import picture
from ivig_explainer.quiz.settings import Settings
from ivig_explainer.references import address, in_words

FOREST = """
.ivig-forest { max-width: 34rem; }
.ivig-forest p { margin: 0.4rem 0 0; }
.ivig-forest-track { height: 1.1rem; position: relative; }
.ivig-forest-track b { border-left: 1px dashed currentColor; bottom: 0; position: absolute; top: -1.4rem; }
.ivig-forest-track i { border-top: 2px solid currentColor; position: absolute; top: 50%; }
.ivig-forest-track u { background: currentColor; height: 10px; margin: -4px 0 0 -5px; position: absolute; top: 50%; width: 10px; }
.ivig-forest-axis { border-top: 1px solid currentColor; font-size: 0.85rem; height: 1.4rem; position: relative; }
.ivig-forest-axis span { position: absolute; transform: translateX(-50%); }
.ivig-forest-sides { display: flex; font-size: 0.85rem; justify-content: space-between; }
"""
_STYLE = """
body { font: 11pt/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; }
ol.questions > li { break-inside: avoid; margin-bottom: 1.1rem; }
ol.choices { list-style: upper-alpha; } ol.choices li { margin: 0.2rem 0; }
.small { font-size: 0.85rem; } .answers { break-before: page; }
"""


def printable(data: Dataset, questions: Sequence[Question], settings: Settings | None = None) -> File:
    """Return the sheet as one HTML file that needs nothing else."""
    title = "IVIG quiz" + (f" number {settings.seed}, {LEVELS.get(settings.level, 'mixed levels').lower()}" if settings else "")
    sources = list(dict.fromkeys(source for question in questions for source in question.sources))
    numbers = {source: number for number, source in enumerate(sources, start=1)}
    about = (
        f'<p class="small">{escape(NOTICE)}<br>What is IVIG used for? Data version {escape(data.version)}, checked '
        f"{escape(data.created)}; printed from the page on {date.today().isoformat()}; licence CC BY 4.0.</p>"
    )
    asked = "".join(map(_asked, questions))
    answers = "".join(_answered(question, numbers) for question in questions)
    page = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}{FOREST}</style></head><body><main><h1>{escape(title)}</h1>{about}"
        f'<ol class="questions">{asked}</ol><section class="answers"><h2>Answer key</h2><ol class="questions">{answers}</ol>'
        f'<h2>Sources</h2><ol class="small">{"".join(_source(data, source) for source in sources)}</ol>{about}</section>'
        "</main></body></html>"
    )
    return File(f"{stem(data, settings)}.html", "text/html;charset=utf-8", page.encode())


def stem(data: Dataset, settings: Settings | None) -> str:
    """Return the name of a file about a quiz, without its ending: which quiz, of what data, when."""
    number = f"-{settings.seed}" if settings else ""
    return f"ivig-quiz{number}-{data.version}-{date.today().isoformat()}"


def letter(place: int) -> str:
    """Return the letter of a choice.

    >>> letter(0), letter(3)
    ('A', 'D')
    """
    return "ABCDEFGHI"[place]


def _asked(question: Question) -> str:
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in question.choices)
    kind = f'<span class="small">({KINDS[question.kind]})</span>'
    return f'<li>{escape(question.prompt)} {kind}{picture(question.rows)}<ol class="choices">{choices}</ol></li>'


def _answered(question: Question, numbers: dict[str, int]) -> str:
    right = f"{letter(question.answer)}. {question.choices[question.answer]}"
    cited = ", ".join(str(numbers[source]) for source in question.sources)
    return f'<li><strong>{escape(right)}</strong><br>{escape(question.explanation)} <span class="small">[{cited}]</span></li>'


def _source(data: Dataset, source: str) -> str:
    row = data.sources[data.sources["id"] == source].iloc[0]
    return f"<li>{escape(in_words(row))} {escape(address(row))}</li>"
