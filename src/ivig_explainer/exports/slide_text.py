"""Text on slides: sizes, colours, places, and boxes of words and of sources."""

from __future__ import annotations

from collections.abc import Sequence

from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Inches, Pt

from ivig_explainer.exports.about import legal
from ivig_explainer.exports.fit import wrapped

TEXT_PT, SMALL_PT, SOURCE_PT = 16, 14, 10
LINE = 1.22  # height of a line, in multiples of its type size
WIDTH_IN, HEIGHT_IN, EDGE_IN = 13.333, 7.5, 0.5
INSIDE_IN = WIDTH_IN - 2 * EDGE_IN
TITLE_IN, TOP_IN, BOTTOM_IN = 0.35, 1.45, 6.12  # where the title starts, and where what is shown starts and ends
INK, MUTED, RULE, OUTLINE, HOLLOW = "1B2430", "55606E", "DFE4EA", "33414F", "D3DAE2"
NO_BREAK_SPACE = "\u00a0"


def set_font(file) -> None:
    """Let the theme name a font that every office program has, so that text takes the room that was reckoned for it."""
    theme = file.slide_masters[0].part.part_related_by(RT.THEME)
    theme._blob = theme.blob.replace(b'typeface="Calibri"', b'typeface="Arial"')


def describe(shape, text: str) -> None:
    """Give a shape the text that stands for it where it cannot be seen."""
    (properties,) = shape._element.xpath(".//p:cNvPr")[:1]
    properties.set("descr", legal(text))


def put(shape, top: float, height: float) -> None:
    """Place a shape between the edges of the slide; inches."""
    shape.left, shape.top, shape.width, shape.height = Inches(EDGE_IN), Inches(top), Inches(INSIDE_IN), Inches(height)


def text_box(page, lines: Sequence[str], top: float, height: float, size: int, *, bold: bool = False):
    """Add a box of lines, in `size` points, and return it; inches."""
    box = page.shapes.add_textbox(0, 0, 0, 0)
    put(box, top, height)
    write(box.text_frame, lines, size, bold=bold)
    return box


def source_list(page, lines: Sequence[tuple[str, str]], top: float, height: float) -> None:
    """Write sources, each a link to where it is."""
    box = text_box(page, [text for text, _ in lines], top, height, SOURCE_PT)
    for paragraph, (_, address) in zip(box.text_frame.paragraphs, lines, strict=True):
        paragraph.font.color.rgb = RGBColor.from_string(MUTED)
        if address:
            paragraph.runs[0].hyperlink.address = legal(address)


def write(frame, lines: Sequence[str], size: int, *, bold: bool = False, colour: str | None = INK) -> None:
    """Write lines into an empty frame, each a paragraph, in `size` points."""
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        paragraph.alignment = 1  # at the left; the title's own layout centres it

        run = paragraph.add_run()
        run.text = legal(line).replace("\n", " ") or NO_BREAK_SPACE  # an empty run is as high as one of 18 pt
        run.font.size = Pt(size)
        run.font.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)


def first_that_fit(lines: Sequence[str], height: float, size: int) -> list[str]:
    """Return as many lines as fit into `height` inches, at least one."""
    shown, used = [], 0.0
    for line in lines:
        used += len(wrapped(line, (INSIDE_IN * 72 - 20) / size)) * size * LINE / 72
        if used > height:
            break
        shown.append(line)
    return shown or list(lines[:1])


def cut(text: str, room_em: float) -> str:
    """Return text cut to one line, which ends in "…" where something was cut off."""
    first, *rest = wrapped(text, room_em)
    return f"{first} …" if rest else text
