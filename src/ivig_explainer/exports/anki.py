"""A quiz as an Anki deck: one question a card, tagged by kind, category and level.

A card keeps its identity through later exports: it is that of the case, whatever wrong answers stood beside it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from html import escape

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File
from ivig_explainer.exports.quiz import FOREST, letter, stem
from ivig_explainer.quiz import KINDS, LEVELS, Question
from ivig_explainer.quiz.picture import picture
from ivig_explainer.quiz.settings import Settings
from ivig_explainer.references import address, in_words

DECK = 1_727_240_311  # drawn once: Anki tells decks and kinds of note apart by such numbers
MODEL = 1_493_508_772
MIME = "application/octet-stream"
_STYLE = f"""
.card {{ background: #fff; color: #1b2430; font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.45; text-align: left; }}
.nightMode.card {{ background: #141a21; color: #e8edf3; }}
.small {{ font-size: 13px; }}
ol {{ list-style: upper-alpha; }}
{FOREST}
"""


def deck(data: Dataset, questions: Sequence[Question], settings: Settings | None = None) -> File:
    """Return the deck as a file that Anki imports; importing a newer one updates the cards and keeps what was learnt."""
    # Imported here: a visitor who saves no deck need not wait for it.
    import genanki

    model = genanki.Model(
        MODEL,
        "IVIG question",
        fields=[{"name": name} for name in ("Question", "Answer", "Sources", "About")],
        templates=[
            {
                "name": "Question",
                "qfmt": "{{Question}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Answer}}<div class="small">{{Sources}}{{About}}</div>',
            }
        ],
        css=_STYLE,
    )
    cards = genanki.Deck(DECK, "What is IVIG used for?", description=f"{NOTICE} {_about(data)}")
    for question in questions:
        note = genanki.Note(
            model=model,
            guid=genanki.guid_for("ivig-explainer", question.id),
            fields=[_front(question), _back(question), _sources(data, question), escape(f"{NOTICE} {_about(data)}")],
            tags=_tags(question),
        )
        cards.add_note(note)
    stream = io.BytesIO()
    genanki.Package(cards).write_to_file(stream)
    return File(f"{stem(data, settings)}.apkg", MIME, stream.getvalue())


def _about(data: Dataset) -> str:
    return f"Data version {data.version}, checked {data.created}; exported on {date.today().isoformat()}; licence CC BY 4.0."


def _front(question: Question) -> str:
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in question.choices)
    return f"<p>{escape(question.prompt)}</p>{picture(question.rows)}<ol>{choices}</ol>"


def _back(question: Question) -> str:
    right = escape(f"{letter(question.answer)}. {question.choices[question.answer]}")
    return f"<p><strong>{right}</strong></p><p>{escape(question.explanation)}</p>"


def _sources(data: Dataset, question: Question) -> str:
    rows = data.sources.set_index("id").loc[list(question.sources)]
    links = "".join(f'<li><a href="{escape(address(row), quote=True)}">{escape(in_words(row))}</a></li>' for _, row in rows.iterrows())
    return f"<ul>{links}</ul>"


def _tags(question: Question) -> list[str]:
    """Return tags, which may hold no blank."""
    parts = {"kind": KINDS[question.kind], "category": question.category, "level": LEVELS[question.level]}
    return [f"ivig::{what}::{word.lower().replace(' & ', '-').replace(' ', '-')}" for what, word in parts.items()]
