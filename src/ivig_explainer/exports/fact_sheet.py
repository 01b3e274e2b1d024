"""An IVIG fact sheet: two A4 pages about one condition, or about IVIG itself, as HTML that prints as it stands.

How much fits is reckoned here, generously, and what does not fit is counted out loud: no page ever runs over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from ivig_explainer import prose
from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File, named, provenance
from ivig_explainer.exports.blocks import blocks
from ivig_explainer.exports.fit import wrapped
from ivig_explainer.exports.slide import Slide
from ivig_explainer.grading import LEVELS, grade
from ivig_explainer.reactions import frequency, ordered, short
from ivig_explainer.references import Reference, References, references_of

MIME = "text/html;charset=utf-8"
ITSELF = "ivig"  # the name of the sheet about IVIG itself
TEXT_MM, SOURCE_MM = 3.35, 2.45  # sizes of type: 9.5 and 7 points
LINE = 1.32
WIDTH_MM, ROOM_MM = 182.0, 246.0  # of what a page holds, between its head and its foot
HEADING_MM, GAP_MM = 8.6, 0.9
SOURCES_MM = 92.0  # of the second page
SHORTEST, LONGEST = 12, 32  # words that a statement keeps, and that one in `WHOLE` has where room is short
WHOLE = ("Access by country",)  # every country stands on the sheet, in fewer words if need be
WEIGHED, WEIGHTY = (*WHOLE, "Doses that sources give", "What studies found"), 2.5  # sections that give up entries later
CITED_OF_A_REACTION = 2
SECOND = ("What studies found", "Also known")  # sections that begin the second page
SAFETY = "Safety: what everybody who gives IVIG watches for"
LEFT_OUT = ("Sources",)  # the sheet has its own
MADE_AND_GIVEN = ("03", "07", "04", "05")  # of the texts questions-NN in data/prose
QUESTIONS = ("10", "13", "14", "12", "16", "18", "15", "21", "20", "17", "22")
USES_NAMED = 6


@dataclass(frozen=True)
class Entry:
    """One statement; `term` stands before it in bold type."""

    text: str
    references: tuple[Reference, ...] = ()
    term: str = ""

    @property
    def height(self) -> float:
        """The height in millimetres, with room for its citations."""
        words = f"{self.term} {self.text} " + "00,".join("" for _ in self.references)
        return len(wrapped(words, WIDTH_MM / TEXT_MM - 2.5)) * TEXT_MM * LINE + GAP_MM


@dataclass(frozen=True)
class Section:
    """A heading and its entries; `left_out` counts those for which there was no room."""

    title: str
    entries: tuple[Entry, ...]
    left_out: int = 0

    @property
    def height(self) -> float:
        """The height in millimetres."""
        more = TEXT_MM * LINE + GAP_MM if self.left_out else 0
        return HEADING_MM + sum(entry.height for entry in self.entries) + more


def condition_sheet(data: Dataset, card: Slide) -> File:
    """Return the sheet of one condition; `card` is the scene that shows its card."""
    sections, lead = _of_card(card)
    sections.append(Section(SAFETY, tuple(_safety(data))))
    second = [section for section in sections if section.title in (*SECOND, SAFETY)]
    first = [section for section in sections if section not in second]
    return _file(data, card.title, lead, (first, second), "the condition's card")


def ivig_sheet(data: Dataset) -> File:
    """Return the sheet about IVIG itself."""
    overview = (data.folder / "prose" / "overview.md").read_text(encoding="utf-8")
    first = [
        Section("What it is", tuple(_prose(data, overview))),
        Section("What it is used for, and how sure we are", tuple(_uses(data))),
        Section("How it is made and given", tuple(_questions(data, MADE_AND_GIVEN))),
    ]
    second = [Section("Side effects", tuple(_safety(data))), Section("Questions that people ask", tuple(_questions(data, QUESTIONS)))]
    return _file(data, "IVIG fact sheet", "Intravenous immunoglobulin", (first, second), "the page")


def _file(data: Dataset, title: str, lead: str, pages: Sequence[list[Section]], where: str) -> File:
    name = "sheet-" + "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in title.lower()).split()[:8])
    return File(named(data, name.rstrip("-"), "html"), MIME, _html(data, title, lead, pages, where).encode())


# What the sheets say


def _of_card(card: Slide) -> tuple[list[Section], str]:
    """Return the sections of a card in its own order, and the line under its name."""
    sections: dict[str, list[Entry]] = {"In short": []}
    title, above = "In short", {}
    for block in card.blocks:
        if block.kind == "heading" and block.level <= 3:
            title, above = (block.text if block.level == 3 else title), {}
            sections.setdefault(title, [])
        elif block.kind == "heading":
            above = {level: text for level, text in above.items() if level < block.level} | {block.level: block.text}
        else:
            sections[title].append(Entry(block.text, block.references, ", ".join(above.values()) + ":" * bool(above)))
    lead, *short_entries = sections["In short"] or [Entry("")]
    if not lead.text.startswith("Also:"):
        lead, short_entries = Entry(""), [lead, *short_entries]
    sections["In short"] = short_entries
    return [Section(name, tuple(_grouped(some))) for name, some in sections.items() if some and name not in LEFT_OUT], lead.text


def _grouped(entries: list[Entry]) -> list[Entry]:
    """Return entries with neighbours under one term taken together: a dose and all who give it."""
    found: list[Entry] = []
    for entry in entries:
        if found and entry.term and found[-1].term == entry.term:
            both = tuple(dict.fromkeys(found[-1].references + entry.references))
            found[-1] = replace(found[-1], text=f"{found[-1].text} · {entry.text}", references=both)
        else:
            found.append(entry)
    return found


def _safety(data: Dataset) -> Iterable[Entry]:
    """Yield the reactions, the serious first, each with how often it is reported and what is done about it."""
    for row in ordered(data.adverse_reactions).itertuples():
        often = frequency(row.frequency_pct_low, row.frequency_pct_high, row.frequency_basis)
        told = [often, row.prevention if isinstance(row.prevention, str) else ""]
        warning = " (boxed warning)" if row.boxed_warning else ""
        text = "; ".join(part.rstrip(".") for part in told if part) or "no frequency printed"
        yield Entry(f"{text}.", references_of(data, row.sources[:CITED_OF_A_REACTION]), f"{short(row.name)}{warning}, {row.severity}:")


def _uses(data: Dataset) -> Iterable[Entry]:
    """Yield for each category how many conditions it has, and those for which randomised evidence favours IVIG."""
    strengths = grade(data)
    for category, some in data.conditions.groupby("category", sort=True):
        backed = some[some["id"].map(strengths).isin(["strong", "moderate"])]
        names = [row.abbreviations[0] if row.abbreviations else row.name for row in backed.itertuples()]
        rest = f" and {len(names) - USES_NAMED} more" if len(names) > USES_NAMED else ""
        levels = f"{LEVELS['strong'].lower()} or {LEVELS['moderate'].lower()} evidence"
        told = f"; {levels}: {', '.join(names[:USES_NAMED])}{rest}" if names else f"; none with {levels}"
        yield Entry(f"{len(some)} condition{'s' * (len(some) != 1)}{told}.", (), f"{category}:")


def _questions(data: Dataset, numbers: Iterable[str]) -> Iterable[Entry]:
    """Yield the short answers to questions of these numbers, each after its question."""
    for number in numbers:
        for path in sorted((data.folder / "prose").glob(f"questions-{number}-*.md")):
            passage = prose.passage(path.read_text(encoding="utf-8"))
            answer = list(_prose(data, passage.levels["short"]))
            cited = tuple(dict.fromkeys(reference for entry in answer for reference in entry.references))
            yield Entry(" ".join(entry.text for entry in answer), cited, passage.title)


def _prose(data: Dataset, text: str) -> Iterable[Entry]:
    cites = References(data, "sheet")
    html = prose.render(text, cites.cite)
    for block in blocks([html + cites.listing()]):
        yield Entry(block.text, block.references)


# Fitting it on two pages


def _fitted(sections: list[Section], room_mm: float) -> list[Section]:
    """Return sections that fit, entries taken from the end of whichever section is highest; the first of each is only shortened."""
    sections = [section for section in sections if section.entries]
    while sum(section.height for section in sections) > room_mm:
        at = max(range(len(sections)), key=lambda place: (_gives(sections[place]), _spare(sections[place])))
        section = sections[at]
        if section.title in WHOLE and _gives(section):
            sections[at] = replace(section, entries=tuple(_first_words(entry, LONGEST) for entry in section.entries))
        elif _gives(section):
            sections[at] = replace(section, entries=section.entries[:-1], left_out=section.left_out + 1)
        elif (size := len(section.entries[0].text.rstrip(" …").split())) > SHORTEST:
            sections[at] = replace(section, entries=(_first_words(section.entries[0], max(size - 8, SHORTEST)),))
        else:
            break  # nothing is left that could be taken away
    return sections


def _gives(section: Section) -> bool:
    """Whether something can be taken from a section: words of one in `WHOLE`, entries but the first of any other."""
    if section.title in WHOLE:
        return any(_first_words(entry, LONGEST) != entry for entry in section.entries)
    return len(section.entries) > 1


def _spare(section: Section) -> float:
    """Return how readily a section gives up an entry: the higher it is, the sooner, but what weighs more later."""
    return section.height / (WEIGHTY if section.title in WEIGHED else 1)


def _first_words(entry: Entry, most: int) -> Entry:
    words = entry.text.rstrip(" …").split()
    return entry if len(words) <= most else replace(entry, text=" ".join(words[:most]) + " …")


def _cited(sections: Iterable[Section]) -> list[Reference]:
    return list(dict.fromkeys(reference for section in sections for entry in section.entries for reference in entry.references))


def _html(data: Dataset, title: str, lead: str, pages: Sequence[list[Section]], where: str) -> str:
    first = _fitted(list(pages[0]), ROOM_MM)
    second = _fitted(list(pages[1]), ROOM_MM - SOURCES_MM)
    cited = _cited([*first, *second])
    references = cited[: 2 * int((SOURCES_MM - HEADING_MM) / (SOURCE_MM * LINE)) - 2]
    left_out = len(cited) - len(references)
    number = {reference: place for place, reference in enumerate(references, start=1)}
    one = "".join(_section(section, number, where) for section in first)
    two = "".join(_section(section, number, where) for section in second) + _listing(references, left_out, where)
    head = f'<p class="lead">{escape(_line(lead))}</p>' if lead else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main>"
        f"{_page(data, f'<h1>{escape(_line(title, 17))}</h1>{head}', one, 1)}"
        f"{_page(data, f'<p class=again>{escape(_line(title, 12))}, continued</p>', two, 2)}"
        "</main></body></html>\n"
    )


def _line(text: str, points: float = 9.5) -> str:
    """Return text cut to one line of a page."""
    first, *rest = wrapped(text, WIDTH_MM / (points * 0.3528) - 3)
    return first + " …" * bool(rest)


def _page(data: Dataset, head: str, body: str, number: int) -> str:
    return (
        f'<article class="sheet" aria-label="Page {number} of 2"><header>{head}</header><div class="body">{body}</div>'
        f"<footer><p><strong>{escape(NOTICE)}</strong></p><p>{escape(provenance(data))} Page {number} of 2.</p></footer></article>"
    )


def _section(section: Section, number: dict[Reference, int], where: str) -> str:
    entries = "".join(_entry(entry, number) for entry in section.entries)
    more = f"<p class=more>And {section.left_out} more: see {where}.</p>" if section.left_out else ""
    return f"<section><h2>{escape(_line(section.title, 11))}</h2>{entries}{more}</section>"


def _entry(entry: Entry, number: dict[Reference, int]) -> str:
    marks = ",".join(str(number[reference]) for reference in entry.references if reference in number)
    term = f"<b>{escape(entry.term)}</b> " if entry.term else ""
    return f"<p>{term}{escape(entry.text)}{f'<sup>{marks}</sup>' if marks else ''}</p>"


def _listing(references: Sequence[Reference], left_out: int, where: str) -> str:
    if not references:
        return ""
    items = "".join(
        f'<li>{number} <a href="{escape(r.address, quote=True)}">{escape(r.text)}</a></li>' for number, r in enumerate(references, start=1)
    )
    more = f"<li>And {left_out} more: see {escape(where)}.</li>" if left_out else ""
    return f"<section><h2>Sources</h2><ul>{items}{more}</ul></section>"


_STYLE = """
@page { size: A4; margin: 0 }
* { box-sizing: border-box }
body { margin: 0; background: #e6e9ed; color: #1b2430; font: 9.5pt/1.32 Arial, "Liberation Sans", Helvetica, sans-serif }
.sheet { width: 210mm; height: 296.5mm; margin: 4mm auto; padding: 11mm 14mm 8mm; background: #fff; display: flex; flex-direction: column;
  overflow: hidden; break-after: page; break-inside: avoid }
.sheet:last-child { break-after: auto }
header { height: 18mm; border-bottom: 0.6mm solid #08519c; margin-bottom: 2mm; overflow: hidden }
.body { flex: 1; overflow: hidden }
footer { border-top: 0.2mm solid #55606e; padding-top: 1mm; font-size: 8pt; height: 11mm }
h1 { font-size: 17pt; line-height: 1.2; margin: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
h2 { font-size: 11pt; line-height: 1.2; margin: 2.4mm 0 0.8mm; color: #08519c; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
p { margin: 0 0 0.9mm; overflow-wrap: anywhere }
.lead { color: #55606e; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; margin-top: 1mm }
.again { font-size: 12pt; font-weight: bold; color: #55606e }
.more { font-style: italic }
sup { font-size: 6.5pt; line-height: 0; margin-left: 0.3mm }
ul { columns: 2; column-gap: 6mm; margin: 0; padding: 0; list-style: none; font-size: 7pt; line-height: 1.32 }
li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
a { color: #1b2430; text-decoration: none }
@media print { body { background: none } .sheet { margin: 0 } }
"""
