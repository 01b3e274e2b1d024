"""A lecture saved as PowerPoint, opened again by python-pptx, holds what its scenes show."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Pt

from ivig_explainer.app import perform_alone
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.slides import presentation
from ivig_explainer.scenes import Lecture, Scene

ALL = (
    Scene("tab=explore", "chart:categories", title="The evidence", notes="Begin here.\nThen pause."),
    Scene("tab=explore&chart=tree&category=Transplantation", "chart:tree"),
    Scene("tab=explore&chart=access&category=Transplantation", "chart:access"),
    Scene("tab=explore&condition=cidp", "card"),
    Scene("tab=compare&compare=cidp&compare=gbs", "compare"),
    *(Scene(f"tab={tab}") for tab in ("infusion", "mechanism", "safety", "living", "future", "sources")),
)


def opened(data, *scenes: Scene):
    file = presentation(data, perform_alone(data, Lecture("test", "A test", scenes)))
    return Presentation(io.BytesIO(file.content))


@pytest.fixture(scope="module")
def lecture(data):
    return opened(data, *ALL)


def texts(slide) -> list[str]:
    frames = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    cells = [cell.text_frame.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return frames + cells


def charts(slide) -> list:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def titled(lecture, text: str) -> list:
    return [slide for slide in lecture.slides if slide.shapes.title.text_frame.text == text]


class TestSlides:
    def test_every_slide_says_what_it_is(self, lecture):
        """Title, notice, data version and day stand on every slide; the format is 16:9."""
        for slide in lecture.slides:
            assert slide.shapes.title.text_frame.text
            assert NOTICE in texts(slide)
            assert any("Data version" in text for text in texts(slide))
        assert round(lecture.slide_width / lecture.slide_height, 2) == 1.78

    def test_no_slide_is_empty(self, lecture):
        """Beside title, sources and notice each slide shows a chart, a table or text."""
        for slide in lecture.slides:
            assert len(list(slide.shapes)) >= 4 or slide.shapes.title.text_frame.text == "Sources"

    def test_nothing_leaves_the_slide(self, lecture):
        """Every shape lies inside the slide, and what is shown ends above the sources."""
        for slide in lecture.slides:
            for shape in slide.shapes:
                assert 0 <= shape.left <= shape.left + shape.width <= lecture.slide_width + 1
                assert shape.top >= 0
                bottom = sum(row.height for row in shape.table.rows) + shape.top if shape.has_table else shape.top + shape.height
                assert bottom <= lecture.slide_height

    def test_type_is_readable(self, lecture):
        """No text is smaller than 14 points, but for sources."""
        for slide in lecture.slides:
            for shape in slide.shapes:
                frames = [shape.text_frame] if shape.has_text_frame else []
                frames += [cell.text_frame for row in shape.table.rows for cell in row.cells] if shape.has_table else []
                for run in (run for frame in frames for paragraph in frame.paragraphs for run in paragraph.runs):
                    assert run.font.size >= Pt(14) or "[" in shape.text_frame.text or "Data version" in shape.text_frame.text

    def test_notes_are_in_the_notes(self, lecture):
        """The speaker's words come first, then what the chart shows in words."""
        [slide] = titled(lecture, "The evidence")
        notes = slide.notes_slide.notes_text_frame.text
        assert notes.startswith("Begin here.\nThen pause.")
        assert "Conditions in each category" in notes

    def test_sources_are_links_on_the_slide_and_all_of_them_at_the_end(self, data, lecture):
        """The first stand on the slide, every one on the last slides, each a link to where it is."""
        [slide] = titled(lecture, "The evidence")
        links = [r.hyperlink.address for s in slide.shapes if s.has_text_frame for p in s.text_frame.paragraphs for r in p.runs]
        assert sum(bool(link) for link in links) == 3
        listed = [
            run.hyperlink.address
            for slide in titled(lecture, "Sources")
            for shape in slide.shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
            for run in paragraph.runs
            if run.hyperlink.address
        ]
        deck = perform_alone(data, Lecture(scenes=ALL))
        assert set(listed) == {reference.address for slide in deck.slides for reference in slide.references}


class TestCharts:
    def test_bars_are_native_and_hold_the_page_s_numbers(self, data, lecture):
        """The chart of categories is a stacked bar chart with a series for each level, in a workbook that can be edited."""
        [slide] = titled(lecture, "The evidence")
        [chart] = charts(slide)
        [picture] = perform_alone(data, Lecture(scenes=ALL[:1])).slides[0].pictures
        drawn = {trace["name"]: trace["x"] for trace in picture.figure["data"]}
        assert {series.name: [int(v) for v in series.values] for series in chart.plots[0].series} == drawn
        assert list(chart.plots[0].categories) == picture.figure["data"][0]["y"]
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        assert book.active["B1"].value in drawn

    def test_lines_are_native(self, data, lecture):
        """Curves of IgG hold the points of the page's curves."""
        [picture] = perform_alone(data, Lecture(scenes=(Scene("tab=mechanism", "chart:kinetics"),))).slides[0].pictures
        figure = picture.figure
        curve = next(trace for trace in figure["data"] if trace["mode"] == "lines")
        found = [s for slide in lecture.slides for chart in charts(slide) for s in chart.plots[0].series if s.name == curve["name"]]
        assert list(curve["y"]) in [[v for v in series.iter_values() if v is not None] for series in found]

    def test_rows_are_named_by_labels_above_their_marks(self, lecture):
        """A chart of rows has one label a row, and none of its rows is lost when it is split."""
        labels = [
            point.find(".//{*}t").text
            for slide in lecture.slides
            for chart in charts(slide)
            for series in chart.plots[0].series
            if series.name == "Rows"
            for point in series._element.iter("{*}dLbl")
        ]
        assert any(label.startswith("Headache") for label in labels)
        assert any(label.startswith("Thromboembolism") for label in labels)

    def test_every_chart_and_table_can_be_read_aloud(self, lecture):
        """Charts and tables carry a text that stands for them."""
        for slide in lecture.slides:
            for shape in slide.shapes:
                if shape.has_chart or shape.has_table:
                    assert shape._element.xpath(".//p:cNvPr/@descr")[0].startswith(("Chart: ", "Table: "))

    def test_what_powerpoint_cannot_draw_is_a_picture_or_its_table(self, data):
        """A treemap becomes the picture that is handed over; without one its table, every row of it."""
        deck = perform_alone(data, Lecture(scenes=ALL[1:2]))
        dot = bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
        )
        pictured = Presentation(io.BytesIO(presentation(data, deck, lambda _: dot).content))
        assert any(shape.shape_type == 13 for slide in pictured.slides for shape in slide.shapes)
        tabled = Presentation(io.BytesIO(presentation(data, deck).content))
        names = {text for slide in tabled.slides for text in texts(slide)}
        assert set(data.conditions.loc[data.conditions["category"] == "Transplantation", "name"]) <= names


class TestEdges:
    def test_an_empty_lecture_says_so(self, data):
        """It is a file with a cover."""
        assert "This lecture has no scenes." in " ".join(texts(opened(data).slides[0]))

    @pytest.mark.parametrize("chart", ["categories", "tree", "access"])
    def test_an_empty_selection_is_a_slide_that_says_so(self, data, chart):
        """Nothing selected is told in the title, and the file opens."""
        slides = list(opened(data, Scene(f"tab=explore&q=zzzzzz&chart={chart}", f"chart:{chart}")).slides)
        assert len(slides) >= 2
        assert slides[1].shapes.title.text_frame.text

    def test_names_that_break_files_are_text(self, broken):
        """Formulas, markup, line ends, control characters and other scripts are shown as they are, and the file opens."""
        ids = broken.conditions["id"][:3]
        scenes = [Scene(f"tab=explore&condition={i}", "card") for i in ids]
        slides = opened(broken, *scenes, Scene("tab=explore&chart=tree", "chart:tree"), Scene("tab=mechanism")).slides
        found = "\n".join(text for slide in slides for text in texts(slide))
        for name in ("=1+1 0", "@SUM(A1) 3", "<script>alert(1)</script> 5", "免疫グロブリン 9", "الغلوبولين المناعي 10", "abell 8"):
            assert name in found

    def test_a_series_that_begins_like_a_formula_is_text_in_the_workbook(self, data):
        """The workbook behind a chart holds no formula."""
        deck = perform_alone(data, Lecture(scenes=(Scene("tab=mechanism", "chart:kinetics"),)))
        [slide] = deck.slides
        [picture] = slide.pictures
        traces = [trace | {"name": "=1+1"} for trace in picture.figure["data"]]
        spoilt = replace(slide, pictures=(replace(picture, figure=picture.figure | {"data": traces}),))
        file = Presentation(io.BytesIO(presentation(data, replace(deck, slides=(spoilt,))).content))
        [chart] = [chart for slide in file.slides for chart in charts(slide)]
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
