"""The sheet with answer key and the Anki deck, opened again by readers of their own."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ivig_explainer as ivig
from ivig_explainer.exports import anki
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.quiz import printable
from ivig_explainer.quiz import KINDS, MIXED, questions
from ivig_explainer.quiz.settings import Settings

DATA = ivig.load()
SETTINGS = Settings(seed=11, level=MIXED, size=16)
QUESTIONS = SETTINGS.questions(DATA)


class Reader(HTMLParser):
    """Gathers the texts of a page, and what it would ask a server for."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.asked += [value for name, value in attrs if name in ("src", "href") or (name == "rel" and value == "stylesheet")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> tuple[str, list[str]]:
    reader = Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.texts).split()), reader.asked


class TestSheet:
    def test_it_holds_the_questions_and_then_the_key(self):
        """Every prompt before the key, every explanation and the letter of every right answer in it."""
        text, _ = read(printable(DATA, QUESTIONS, SETTINGS).content.decode())
        asked, _, key = text.partition("Answer key")
        for question in QUESTIONS:
            assert " ".join(question.prompt.split()) in asked
            assert " ".join(question.explanation.split()) in key
            assert " ".join(question.explanation.split()) not in asked
            assert f"{'ABCD'[question.answer]}. {question.choices[question.answer]}" in key

    def test_it_carries_notice_version_date_and_sources(self):
        """Whoever finds the sheet knows what it is, how old, and where each answer was read."""
        text, asked = read(printable(DATA, QUESTIONS, SETTINGS).content.decode())
        assert NOTICE in text
        assert f"Data version {DATA.version}" in text
        titles = DATA.sources.set_index("id")["title"]
        assert all(" ".join(titles[source].rstrip(".").split()) in text for question in QUESTIONS for source in question.sources)
        assert asked == []

    def test_markup_in_the_tables_stays_text(self):
        """A name such as <script> is shown, not run."""
        evil = [q.__class__(**{**q.__dict__, "prompt": "<script>alert(1)</script>"}) for q in QUESTIONS[:1]]
        assert b"<script>" not in printable(DATA, evil, SETTINGS).content

    def test_an_empty_quiz_is_a_sheet_too(self):
        """No question, no error."""
        assert b"Answer key" in printable(DATA, [], SETTINGS).content


class TestDeck:
    @staticmethod
    def notes(content: bytes, folder: Path) -> list[tuple]:
        """Return guid, fields and tags of the notes of a deck, read with sqlite as Anki does."""
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            package.extract("collection.anki2", folder)
        base = sqlite3.connect(folder / "collection.anki2")
        found = base.execute("select guid, flds, tags from notes").fetchall()
        decks = json.loads(base.execute("select decks from col").fetchone()[0])
        base.close()
        assert "What is IVIG used for?" in {deck["name"] for deck in decks.values()}
        return [(guid, fields.split("\x1f"), tags.split()) for guid, fields, tags in found]

    def test_each_question_is_a_note_with_its_tags(self, tmp_path):
        """Prompt and choices in front, the right one and why behind, sources and notice below, tags for kind, category, level."""
        notes = self.notes(anki.deck(DATA, QUESTIONS, SETTINGS).content, tmp_path)
        assert len(notes) == len(QUESTIONS)
        for question, (_, (front, back, sources, about), tags) in zip(QUESTIONS, notes, strict=True):
            assert " ".join(question.prompt.split()) in read(front)[0]
            assert all(" ".join(choice.split()) in read(front)[0] for choice in question.choices)
            assert question.explanation in read(back)[0]
            assert sources.count("<li>") == len(question.sources)
            assert read(about)[0].startswith(NOTICE)
            assert [tag.split("::")[1] for tag in sorted(tags)] == ["category", "kind", "level"]
            assert f"ivig::kind::{KINDS[question.kind].lower().replace(' ', '-')}" in tags

    def test_a_card_stays_the_same_through_exports(self, tmp_path):
        """The same case in another quiz has the same id, so that Anki updates it and keeps what was learnt; ids are unique."""
        one = {
            q.id: guid for q, (guid, *_) in zip(QUESTIONS, self.notes(anki.deck(DATA, QUESTIONS, SETTINGS).content, tmp_path), strict=True)
        }
        others = questions(DATA, 12, MIXED, size=200)
        again = {q.id: guid for q, (guid, *_) in zip(others, self.notes(anki.deck(DATA, others, SETTINGS).content, tmp_path), strict=True)}
        shared = set(one) & set(again)
        assert shared
        assert all(one[case] == again[case] for case in shared)
        assert len(set(again.values())) == len(others)


@pytest.mark.parametrize("make", [printable, anki.deck])
def test_any_questions_can_be_saved(make):
    """Questions that are no numbered quiz, such as those that a lecture gathers, need no settings."""
    assert make(DATA, QUESTIONS[:2]).name.startswith(f"ivig-quiz-{DATA.version}-")


@pytest.mark.parametrize("make", [printable, anki.deck])
def test_names_say_what_and_when(make):
    """The file's name holds the quiz's number and the version of the data."""
    name = make(DATA, QUESTIONS, SETTINGS).name
    assert name.startswith(f"ivig-quiz-11-{DATA.version}-")
