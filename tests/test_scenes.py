"""A lecture survives being kept as a file and as an address, and what is no lecture is refused with a sentence."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.scenes import (
    LARGEST_FILE,
    LONGEST_ADDRESS,
    LONGEST_NOTES,
    LONGEST_TITLE,
    MOST_SCENES,
    Lecture,
    Scene,
    SceneError,
)

LINE = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40)
NOTES = st.lists(LINE, max_size=4).map("\n".join)
scenes = st.builds(
    Scene,
    query=st.sampled_from(["", "tab=explore&chart=tree", "tab=explore&condition=cidp", "tab=living&living.uses.list=london"]),
    focus=st.sampled_from(["tab", "card", "compare", "chart:tree", "chart:uses"]),
    title=LINE,
    notes=NOTES,
)
lectures = st.builds(
    Lecture, id=st.sampled_from(["a", "neurology", "safety-2"]), title=LINE, scenes=st.lists(scenes, max_size=6).map(tuple)
)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def refusal(read: Callable[[object], Lecture], text: object) -> str:
    """Return the sentence with which `text` is refused, or "a lecture"; any other exception fails the test."""
    try:
        read(text)
    except SceneError as error:
        return str(error)
    return "a lecture"


def packed(content: object) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")


def file(**parts) -> str:
    return json.dumps({"id": "x", "title": "X", "scenes": []} | parts)


class TestKeeping:
    @given(lectures)
    def test_a_lecture_survives_its_file(self, lecture):
        """Reading back what was written gives the same lecture, as text and as the bytes of a file."""
        assert Lecture.from_json(lecture.to_json()) == lecture
        assert Lecture.from_json(lecture.to_json().encode()) == lecture

    @given(lectures)
    def test_a_lecture_survives_its_address(self, lecture):
        """Reading back the compact text gives the same lecture; it holds only letters that no address escapes."""
        text = lecture.to_address()
        assert Lecture.from_address(text) == lecture
        assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    def test_what_is_left_out_is_as_usual(self):
        """A scene of a file may name only what is not as usual."""
        assert Lecture.from_json('{"scenes": [{"query": "chart=tree"}]}').scenes == (Scene("chart=tree"),)

    def test_a_lecture_too_long_for_an_address_says_so(self):
        """It is not cut off: the sentence offers the file, which holds all of it."""
        long = Lecture(scenes=tuple(Scene(notes=str(3 ** (7000 + n))) for n in range(MOST_SCENES)))
        assert Lecture.from_json(long.to_json()) == long
        with pytest.raises(SceneError, match="save it as a file"):
            long.to_address()


class TestBadInput:
    @given(st.one_of(st.text(), st.binary()))
    def test_no_text_breaks_the_reader_of_files(self, text):
        """Whatever a file holds, it is a lecture or it is refused with one sentence."""
        assert 0 < len(refusal(Lecture.from_json, text)) < 300

    @given(st.text())
    def test_no_text_breaks_the_reader_of_addresses(self, text):
        """Whatever an address holds, it is a lecture or it is refused with one sentence."""
        assert 0 < len(refusal(Lecture.from_address, text)) < 300

    @given(JSON)
    def test_no_json_breaks_the_readers(self, content):
        """Any JSON of the wrong shape is refused with a sentence."""
        assert refusal(Lecture.from_json, json.dumps(content))
        assert refusal(Lecture.from_address, packed(content))

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("{", "the file is not JSON"),
            ("[]", "the lecture is not a JSON object"),
            ("[" * 100_000, "the file is not JSON"),
            (file(author="me"), "lecture has the field 'author'; known are id, title, scenes"),
            (file(scenes={}), "scenes is not a list"),
            (file(scenes=["tab"]), "scene 1: the scene is not a JSON object"),
            (file(scenes=[{}, {"colour": "red"}]), "scene 2: scene has the field 'colour'; known are query, focus, title, notes"),
            (file(scenes=[{"notes": 3}]), "scene 1: notes is not text"),
            (file(scenes=[{"notes": "x" * (LONGEST_NOTES + 1)}]), "scene 1: notes has 4,001 characters; at most 4,000 are allowed"),
            (file(scenes=[{"notes": "bell \u0007"}]), "scene 1: notes holds a control character"),
            (file(scenes=[{"title": "a\nb"}]), "scene 1: title has more than one line"),
            (
                file(scenes=[{"focus": "chart:<b>"}]),
                "scene 1: focus 'chart:<b>' is none of tab, card, compare or chart: and the name of a chart",
            ),
            (file(scenes=[{}] * (MOST_SCENES + 1)), "61 scenes are too many; a lecture has at most 60"),
            (file(title="x" * (LONGEST_TITLE + 1)), "title has 201 characters; at most 200 are allowed"),
            (file(id="../etc"), "id '../etc' is not made of small letters, digits and hyphens"),
            (file(title=" " * LARGEST_FILE), "the file is larger than 500,000 characters"),
        ],
    )
    def test_the_sentence_says_what_is_wrong(self, text, sentence):
        """Nothing is passed over, and the scene at fault is named."""
        with pytest.raises(SceneError) as caught:
            Lecture.from_json(text)
        assert str(caught.value).startswith(sentence)

    def test_a_small_address_cannot_unpack_to_much(self):
        """A text of a few kB that would unpack to megabytes is refused before it does."""
        bomb = urlsafe_b64encode(zlib.compress(b"[" + b" " * 4_000_000 + b"]", 9)).decode().rstrip("=")
        assert len(bomb) < LONGEST_ADDRESS
        with pytest.raises(SceneError, match="damaged"):
            Lecture.from_address(bomb)

    def test_a_link_that_was_cut_off_is_refused(self):
        """Half of a lecture is no lecture."""
        text = Lecture("short", "In short", (Scene(title="First"), Scene(title="Second"))).to_address()
        for length in range(len(text)):
            with pytest.raises(SceneError, match="damaged"):
                Lecture.from_address(text[:length])


class TestCheck:
    def test_a_scene_whose_address_makes_sense_gives_its_view(self, small):
        """The view is the one of the address."""
        view = Scene("tab=explore&condition=cidp", "card").view(small)
        assert (view.tab, view.condition) == ("explore", "cidp")

    @pytest.mark.parametrize(
        ("scene", "sentence"),
        [
            (Scene("tab=magic"), "scene 2: tab 'magic' is not known here"),
            (Scene("tab=explore", "card"), "scene 2: the scene shows a card, but its address opens no condition"),
            (Scene("tab=explore", "compare"), "scene 2: the scene compares conditions, but its address names none"),
        ],
    )
    def test_a_scene_that_shows_nothing_is_named(self, small, scene, sentence):
        """A lecture is checked as a whole, before it is shown or exported."""
        with pytest.raises(SceneError) as caught:
            Lecture(scenes=(Scene(), scene)).check(small)
        assert str(caught.value) == sentence
