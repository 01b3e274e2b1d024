"""Scenes and lectures: views to show one after the other, each with a title and speaker notes, as text to keep or to send."""

from __future__ import annotations

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, fields

from ivig_explainer.dataset import Dataset
from ivig_explainer.selection import short
from ivig_explainer.view import LONGEST_QUERY, View

WHOLE = ("tab", "card", "compare")
MOST_SCENES = 60
LONGEST_TITLE = 200
LONGEST_NOTES = 4000
LARGEST_FILE = 500_000
LONGEST_ADDRESS = 6000
_CHART = re.compile(r"chart:[a-z][a-z0-9-]{0,40}")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # neither JSON's readers nor XML's are sure of these


class SceneError(ValueError):
    """Text that is no lecture; the message is a sentence that says what is wrong and what is allowed."""


@dataclass(frozen=True)
class Scene:
    """One view of the page to show: its address, which part of it, a title of one's own and notes.

    `query` is the view's query string. `focus` is "chart:<name>" (a chart of the view), "card" (the open condition),
    "compare" (the conditions side by side) or "tab" (all of it). An empty `title` stands for the finding that the view states.
    `notes` are plain text for who speaks. Raises SceneError.

    >>> Scene("tab=explore&chart=tree", "chart:tree").part
    'tree'
    """

    query: str = ""
    focus: str = "tab"
    title: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        limits = {"query": LONGEST_QUERY, "focus": 60, "title": LONGEST_TITLE, "notes": LONGEST_NOTES}
        for name, longest in limits.items():
            _hold_text(name, getattr(self, name), longest)
        if "\n" in self.title:
            raise SceneError("title has more than one line")
        if self.focus not in WHOLE and not _CHART.fullmatch(self.focus):
            allowed = ", ".join(WHOLE)
            raise SceneError(f"focus {short(self.focus)} is none of {allowed} or chart: and the name of a chart")

    @property
    def part(self) -> str:
        """The name of the chart that is shown, or the focus."""
        return self.focus.removeprefix("chart:")

    def view(self, data: Dataset) -> View:
        """Return the view that the scene shows. Raises SceneError where a part of its address makes no sense."""
        view, dropped = View.from_query(self.query, data)
        if dropped:
            raise SceneError("; ".join(fault.removesuffix(" and was left out") for fault in dropped))
        if self.focus == "card" and not view.condition:
            raise SceneError("the scene shows a card, but its address opens no condition")
        if self.focus == "compare" and not view.compare:
            raise SceneError("the scene compares conditions, but its address names none")
        return view


@dataclass(frozen=True)
class Lecture:
    """Scenes in their order. `id` is a short name such as "neurology". Raises SceneError.

    >>> lecture = Lecture("short", "In short", (Scene("chart=tree", "chart:tree"),))
    >>> Lecture.from_json(lecture.to_json()) == Lecture.from_address(lecture.to_address()) == lecture
    True
    """

    id: str = "lecture"
    title: str = "Lecture"
    scenes: tuple[Scene, ...] = ()

    def __post_init__(self) -> None:
        _hold_text("title", self.title, LONGEST_TITLE)
        _hold_text("id", self.id, _LONGEST_ID)
        if not _ID.fullmatch(self.id):
            raise SceneError(f"id {short(self.id)} is not made of small letters, digits and hyphens")
        if "\n" in self.title:
            raise SceneError("title has more than one line")
        if len(self.scenes) > MOST_SCENES:
            raise SceneError(f"{len(self.scenes)} scenes are too many; a lecture has at most {MOST_SCENES}")

    def check(self, data: Dataset) -> None:
        """Raise SceneError where a scene's address makes no sense with `data`; the sentence names the scene."""
        for number, scene in enumerate(self.scenes, start=1):
            try:
                scene.view(data)
            except SceneError as error:
                raise SceneError(f"scene {number}: {error}") from None

    def to_json(self) -> str:
        """Return the text of a file that keeps the lecture."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Lecture:
        """Read the text of such a file. Raises SceneError: nothing that does not belong there is passed over."""
        if len(text) > LARGEST_FILE:
            raise SceneError(f"the file is larger than {LARGEST_FILE:,} characters")
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise SceneError("the file is not JSON, or not in UTF-8") from None
        return cls(**_known(content, cls, "lecture") | {"scenes": _scenes(content.get("scenes", []))})

    def to_address(self) -> str:
        """Return a compact text for an address: letters, digits, "-" and "_". Raises SceneError where it would be too long."""
        content = [self.id, self.title, [[getattr(scene, f.name) for f in fields(scene)] for scene in self.scenes]]
        packed = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 9)
        text = urlsafe_b64encode(packed).decode().rstrip("=")
        if len(text) > LONGEST_ADDRESS:
            raise SceneError(f"the lecture needs {len(text):,} characters, and an address holds {LONGEST_ADDRESS:,}; save it as a file")
        return text

    @classmethod
    def from_address(cls, text: str) -> Lecture:
        """Read such a text. Raises SceneError."""
        if len(text) > LONGEST_ADDRESS:
            raise SceneError(f"the lecture in the address is longer than {LONGEST_ADDRESS:,} characters")
        try:
            content = json.loads(_unpack(text))
        except (ValueError, RecursionError, zlib.error):
            raise SceneError("the lecture in the address is damaged; perhaps the link was cut off") from None
        if not (isinstance(content, list) and len(content) == 3 and isinstance(content[2], list)):
            raise SceneError("the lecture in the address is damaged; perhaps the link was cut off")
        names = [f.name for f in fields(Scene)]
        if not all(isinstance(parts, list) and len(parts) == len(names) for parts in content[2]):
            raise SceneError("a scene of the lecture in the address is damaged; perhaps the link was cut off")
        scenes = [dict(zip(names, parts, strict=True)) for parts in content[2]]
        return cls(content[0], content[1], _scenes(scenes))


def of_view(view: View, title: str = "What is IVIG used for?") -> Lecture:
    """Return one view as a lecture: its chart and its open card on the tab explore, the comparison, or the whole tab.

    >>> [scene.focus for scene in of_view(View(tab="explore", condition="cidp")).scenes]
    ['chart:categories', 'card']
    """
    query = view.to_query()
    if view.tab == "explore":
        focuses = [f"chart:{view.chart}", *(["card"] if view.condition else [])]
    elif view.tab == "compare" and view.compare:
        focuses = ["compare"]
    else:
        focuses = ["tab"]
    return Lecture("view", title, tuple(Scene(query, focus) for focus in focuses))


def _hold_text(name: str, value: object, longest: int) -> None:
    if not isinstance(value, str):
        raise SceneError(f"{name} is not text")
    if len(value) > longest:
        raise SceneError(f"{name} has {len(value):,} characters; at most {longest:,} are allowed")
    if _CONTROL.search(value):
        raise SceneError(f"{name} holds a control character")


def _known(content: object, kind: type, what: str) -> dict:
    """Return the fields of a JSON object, all of which `kind` must know."""
    if not isinstance(content, dict):
        raise SceneError(f"the {what} is not a JSON object")
    names = [f.name for f in fields(kind)]
    for name in content:
        if name not in names:
            raise SceneError(f"{what} has the field {short(name)}; known are {', '.join(names)}")
    return content


def _scenes(content: object) -> tuple[Scene, ...]:
    if not isinstance(content, list):
        raise SceneError("scenes is not a list")
    if len(content) > MOST_SCENES:
        raise SceneError(f"{len(content)} scenes are too many; a lecture has at most {MOST_SCENES}")
    scenes = []
    for number, fields_of in enumerate(content, start=1):
        try:
            scenes.append(Scene(**_known(fields_of, Scene, "scene")))
        except SceneError as error:
            raise SceneError(f"scene {number}: {error}") from None
    return tuple(scenes)


def _unpack(text: str) -> bytes:
    """Return what was packed, at most `LARGEST_FILE` bytes: a few bytes can be made to unpack to gigabytes."""
    if not re.fullmatch(r"[\w-]*", text, re.ASCII):
        raise ValueError
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), LARGEST_FILE)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError
    return content
