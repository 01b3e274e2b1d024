"""Quiz: questions made from the tables, to study by or as an exam; the address holds which, so that a class gets the same."""

from __future__ import annotations

import secrets
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer.exports import anki
from ivig_explainer.exports import quiz as sheet
from ivig_explainer.quiz import KINDS, LEVEL_RULE, LEVELS, MIXED, Question
from ivig_explainer.quiz.picture import picture
from ivig_explainer.quiz.rounds import GAPS, Round, ranked
from ivig_explainer.quiz.settings import LAST_SEED, PLACE, USUAL, Settings, fields
from ivig_explainer.references import References
from ivig_explainer.tabs.remembered import remember
from ivig_explainer.widgets import Choices, Form, Markup

if TYPE_CHECKING:
    from ivig_explainer.app import Session

RIGHT, WRONG, MISSED = "✓ Right", "✗ Your answer, not right", "✓ This is the right one"
# Where more stands about a question that is about no condition, by its kind.
ABOUT = {"mechanism": ("mechanism", "How it works"), "contraindication": ("safety", "Side effects"), "reaction": ("safety", "Side effects")}
LONGEST_NAME = 40  # beyond, a button bears the abbreviation
LAYOUT = """
<div class="ivig-quiz-setup" data-part="setup"><div data-slot="intro"></div><div data-slot="start"></div><div data-slot="form"></div></div>
<div class="ivig-quiz-play" data-part="play">
<div data-slot="head"></div><div data-slot="choices"></div><div data-slot="feedback"></div>
</div>
<div data-part="result"><div data-slot="result"></div></div>
"""


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Quiz(session).page


class _Quiz:
    """The widgets of the tab, and the round that is played. Answers stay here, in the kernel of this visitor."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.settings = Settings()
        self.questions: list[Question] = []
        self.round = Round.begin(0)
        self.given: dict[int, int] = {}
        self.form = Form(label="The quiz", fields=list(fields(session.data)), values=dict(USUAL))
        self.intro = Markup(html=_intro())
        self.start = Markup(css_class="ivig-quiz-start")
        self.head = Markup(css_class="ivig-quiz-head")
        self.choices = Choices()
        self.feedback = Markup(css_class="ivig-quiz-feedback")
        self.result = Markup(css_class="ivig-quiz-result")
        children = ("intro", "form", "start", "head", "choices", "feedback", "result")
        self.page = Markup(html=LAYOUT, css_class="ivig-quiz", children={name: getattr(self, name) for name in children})
        self._stage("setup")
        remember(session, PLACE, self.form)
        self._settle()
        self.form.observe(lambda _: self._settle(), "values")
        for part in (self.start, self.head, self.feedback, self.result):
            part.on_action(self._act)
        self.choices.on_action(self._answer)

    def _settle(self) -> None:
        """Show how many questions the form's settings yield; a round of other settings is over."""
        settings = Settings.read(self.form.values)
        if settings != self.settings or not self.questions:
            self.settings, self.questions = settings, settings.questions(self.session.data)
            self._stage("setup")
        self.start.html = _start(self.settings, len(self.questions), fixed=bool(self.form.values.get("seed")))

    def _stage(self, stage: str) -> None:
        self.page.hidden = [part for part in ("setup", "play", "result") if part != stage]

    def _act(self, action: str, value: str) -> None:
        match action:
            case "start" | "again" if self.questions:
                self._begin(range(len(self.questions)))
            case "missed" if self.round.missed:
                self._begin(self.round.missed)
            case "new":
                self._number(secrets.randbelow(LAST_SEED) + 1)
                self._begin(range(len(self.questions)))
            case "setup":
                self._stage("setup")
                self.intro.focus("h2")
            case "finish":
                self._finish()
            case "next":
                self._ask()
            case "card":
                self.session.change(tab="explore", condition=value)
            case "tab":
                self.session.change(tab=value)
            case "copy":
                self.session.frame.copy_address()
                self.session.announce("The address of this quiz was copied")
            case "print" | "anki":
                file = (sheet.printable if action == "print" else anki.deck)(self.session.data, self.questions, self.settings)
                self.session.frame.save(file.name, file.mime, file.content)

    def _number(self, seed: int) -> None:
        self.form.values = {**self.form.values, "seed": seed}

    def _begin(self, places) -> None:
        """Begin a round of the questions at these places."""
        if not self.form.values.get("seed"):
            self._number(secrets.randbelow(LAST_SEED) + 1)
            places = range(len(self.questions))
        self.asked = [self.questions[place] for place in places]
        self.round = Round.begin(len(self.asked), repeats=self.settings.mode == "study")
        self.given = {}
        self.result.html = ""
        self._stage("play")
        self._ask()

    def _ask(self) -> None:
        """Show the question that comes next, or how the round went."""
        if self.round.done:
            self._finish()
            return
        question = self.asked[self.round.place]
        self.head.html = _head(self.round, question, self.settings)
        self.feedback.html = ""
        with self.choices.hold_sync():
            self.choices.verdicts = []
            self.choices.prompt = question.prompt
            self.choices.figure = picture(question.rows)
            self.choices.choices = list(question.choices)
            self.choices.submit = "Check" if self.settings.mode == "study" else "Answer"
        self.choices.focus()

    def _answer(self, action: str, value: str) -> None:
        if action == "none":
            self.session.announce("Choose an answer first")
        if action != "answer" or self.round.done or self.choices.verdicts or not value.isdecimal():
            return
        question, choice = self.asked[self.round.place], int(value)
        if choice >= len(question.choices):
            return
        self.given.setdefault(self.round.place, choice)
        self.round = self.round.answer(choice, question.answer)
        if self.settings.mode == "exam":
            self._ask()
            return
        self.choices.verdicts = _verdicts(question, choice)
        self.head.html = _head(self.round, question, self.settings, answered=True)
        self.feedback.html = _feedback(self.session.data, question, choice, self.round)
        self.session.announce(_said(question, choice))
        self.feedback.focus("[data-action=next]")

    def _finish(self) -> None:
        self.result.html = _result(self.session.data, self.asked, self.given, self.round, self.settings)
        self._stage("result")
        self.session.announce(f"{self.round.score} of {len(self.given)} right")
        self.result.focus("h2")


def _intro() -> str:
    rules = "".join(f"<li><strong>{LEVELS[level]}.</strong> {rule}</li>" for level, rule in LEVEL_RULE.items())
    return (
        '<h2 tabindex="-1">Test yourself</h2>'
        "<p>Every question is made from the tables, which prove one answer right and the others wrong; what they leave open is not "
        "asked. Every answer tells why, with its sources. Nothing of what you answer is stored.</p>"
        f"<details><summary>What the levels mean, and how missed questions come back</summary><ul>{rules}</ul>"
        f"<p>In study mode a question that is missed comes back after {GAPS[0]} others, and once answered rightly again after {GAPS[1]}. "
        "In an exam nothing comes back.</p></details>"
    )


def _start(settings: Settings, found: int, *, fixed: bool) -> str:
    """Return the line under the form: how many questions there are, and what can be done with them."""
    if not found:
        return '<p class="ivig-empty">The tables yield no such question. Choose another level, or more kinds or categories.</p>'
    plural = "" if found == 1 else "s"
    few = f" The tables yield only {found} such question{plural}." if found < settings.size else ""
    which = f"Quiz number {settings.seed}: {found} question{plural}." if fixed else f"A new quiz of {found} question{plural}."
    tools = f"{_button('copy', 'Copy link')}{_files()}" if fixed else ""
    begin = _button("start", "Start", primary=True)
    return f'<p class="ivig-quiz-count">{which}{few}</p><p class="ivig-quiz-tools">{begin}{tools}</p>'


def _files() -> str:
    return _button("print", "Sheet with answer key") + _button("anki", "Anki deck")


def _button(action: str, label: str, value: str = "", *, primary: bool = False) -> str:
    look = ' class="ivig-primary"' if primary else ""
    held = f' data-value="{escape(value, quote=True)}"' if value else ""
    return f'<button type="button"{look} data-action="{action}"{held}>{label}</button>'


def _head(here: Round, question: Question, settings: Settings, *, answered: bool = False) -> str:
    """Return the line above a question: how far, how well, and what sort of question it is."""
    told = len(here.first)
    left = len(here.queue)
    number = told if answered or (not here.done and here.again) else told + 1
    where = f"Question {number} of {here.size}"
    if settings.mode == "study":
        again = " (once more)" if not answered and here.again else ""
        points = f"<span>{here.score} right</span><span>{here.streak} in a row</span><span>{left} to come</span>"
    else:
        again, points = "", ""
    tags = f"<span>{KINDS[question.kind]}</span><span>{escape(question.category)}</span><span>{LEVELS[question.level]}</span>"
    stop = _button("finish", "Finish now") if told else _button("setup", "Change the quiz")
    return (
        f'<p class="ivig-quiz-progress"><strong>{where}{again}</strong>{points}{stop}</p>'
        f'<progress max="{here.size}" value="{told}" aria-label="Questions answered">{told}</progress>'
        f'<p class="ivig-tags">{tags}</p>'
    )


def _verdicts(question: Question, choice: int) -> list[str]:
    """Return for each choice what is to be said of it, or ""."""
    words = [""] * len(question.choices)
    words[question.answer] = RIGHT if choice == question.answer else MISSED
    if choice != question.answer:
        words[choice] = WRONG
    return words


def _said(question: Question, choice: int) -> str:
    return "Right." if choice == question.answer else f"Not right. The answer is: {question.choices[question.answer]}."


def _feedback(data, question: Question, choice: int, here: Round) -> str:
    good = choice == question.answer
    word = '<span data-verdict="✓">✓ Right.</span>' if good else '<span data-verdict="✗">✗ Not right.</span>'
    label = "See the result" if here.done else "Next question"
    return (
        f"<p>{word} {escape(question.explanation)}</p>"
        f'<p class="ivig-quiz-tools">{_button("next", label, primary=True)}{_more(data, question)}</p>{_sources(data, question)}'
    )


def _more(data, question: Question) -> str:
    """Return the button to where more stands: the condition's card, or the tab."""
    if question.condition:
        row = data.conditions.set_index("id").loc[question.condition]
        name = row.abbreviations[0] if row.abbreviations and len(row["name"]) > LONGEST_NAME else row["name"]
        return _button("card", f"Open the card of {escape(name)}", question.condition)
    tab, label = ABOUT[question.kind]
    return _button("tab", f"More on this: {label}", tab)


def _sources(data, question: Question) -> str:
    references = References(data, "source-quiz")
    references.cite(question.sources)
    return f"<details><summary>Sources ({len(question.sources)})</summary>{references.listing()}</details>"


def _result(data, asked: list[Question], given: dict[int, int], here: Round, settings: Settings) -> str:
    """Return how a round went: the score, what is weak, and every mistake with its explanation."""
    if not given:
        return f'<h2 tabindex="-1">No question was answered</h2><p class="ivig-quiz-tools">{_button("setup", "Change the quiz")}</p>'
    good = [given[place] == asked[place].answer for place in given]
    missed = [place for place in given if given[place] != asked[place].answer]
    first = "" if settings.mode == "exam" else " at first try"
    left = f" {here.size - len(given)} were not answered." if len(given) < here.size else ""
    tools = [_button("missed", f"Repeat the {len(missed)} missed", primary=True)] if missed else []
    tools += [_button("new", "New quiz", primary=not missed), _button("again", "Same quiz again"), _button("setup", "Change the quiz")]
    tools += [_button("copy", "Copy link"), _files()]
    by_category = ranked([asked[place].category for place in given], good)
    by_kind = ranked([KINDS[asked[place].kind] for place in given], good)
    review = "".join(map(partial(_reviewed, data, asked, given), missed)) or "<p>None.</p>"
    others = "".join(map(partial(_reviewed, data, asked, given), [place for place in given if place not in missed]))
    rest = f"<details><summary>The {len(given) - len(missed)} answered rightly</summary>{others}</details>" if others else ""
    return (
        f'<h2 tabindex="-1">{sum(good)} of {len(given)} right{first}</h2>'
        f"<p>Quiz number {settings.seed}, {LEVELS[settings.level].lower() if settings.level != MIXED else 'mixed levels'}. "
        f"Longest row of right answers: {here.longest}.{left}</p>"
        f'<p class="ivig-quiz-tools">{"".join(tools)}</p>'
        f'<div class="ivig-quiz-tables">{_table("By category, the weakest first", by_category)}'
        f"{_table('By kind of question', by_kind)}</div>"
        f"<h3>Mistakes</h3>{review}{rest}"
    )


def _table(caption: str, rows: list[tuple[str, int, int]]) -> str:
    lines = "".join(
        f'<tr><th scope="row">{escape(group)}</th><td>{good} of {size}</td>'
        f'<td><progress max="{size}" value="{good}" aria-label="{escape(group, quote=True)}">{good}</progress></td></tr>'
        for group, good, size in rows
    )
    head = '<tr><th scope="col">What</th><th scope="col">Right</th><th scope="col"><span class="ivig-hidden">Share</span></th></tr>'
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{lines}</tbody></table>"


def _reviewed(data, asked: list[Question], given: dict[int, int], place: int) -> str:
    question, choice = asked[place], given[place]
    wrong = "" if choice == question.answer else f'<li data-verdict="✗">✗ Your answer: {escape(question.choices[choice])}</li>'
    return (
        f'<article class="ivig-quiz-review"><h4>{escape(question.prompt)}</h4>{picture(question.rows)}'
        f'<ul>{wrong}<li data-verdict="✓">✓ Right: {escape(question.choices[question.answer])}</li></ul>'
        f'<p>{escape(question.explanation)}</p><p class="ivig-quiz-tools">{_more(data, question)}</p>'
        f"{_review_sources(data, question, place)}</article>"
    )


def _review_sources(data, question: Question, place: int) -> str:
    references = References(data, f"source-quiz-{place}")
    references.cite(question.sources)
    return f"<details><summary>Sources ({len(question.sources)})</summary>{references.listing()}</details>"
