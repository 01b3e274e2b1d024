"""The ready lectures of `data/lectures/`, one file each, as `Lecture.to_json` writes them."""

from __future__ import annotations

from functools import cache

from ivig_explainer.dataset import Dataset
from ivig_explainer.scenes import Lecture

FIRST = "ivig-in-ten-minutes"


@cache
def ready(data: Dataset) -> dict[str, Lecture]:
    """Return the lectures that ship with the data, by id: `FIRST`, then the others by title.

    Raises SceneError where a file is none; `ivig_explainer.validation.check` names the file.
    """
    paths = (data.folder / "lectures").glob("*.json")
    found = [Lecture.from_json(path.read_text(encoding="utf-8")) for path in sorted(paths)]
    return {lecture.id: lecture for lecture in sorted(found, key=lambda lecture: (lecture.id != FIRST, lecture.title))}
