"""A round of questions: which comes next, what was answered, and how it went. It knows no screen and no table.

The rule of repetition (after Leitner): a question that is missed comes back after three others, and once it is then answered
rightly, once more after six others. Where fewer are left it comes at their end, and what nothing stands between is not asked
twice running. In an exam nothing comes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

GAPS = (3, 6)  # how many other questions come before a missed one: first, and after it was answered rightly


@dataclass(frozen=True)
class Round:
    """The state of a round of `size` questions; questions are told by their place, 0, 1, ...

    `queue` holds the places still to come, the present one first; `boxes` how often a missed question was answered rightly since;
    `first` the first choice made for each question, by place; `log` whether each answer was right, in order.

    >>> here = Round.begin(2)
    >>> here = here.answer(choice=1, right=0)
    >>> here.place, here.score, here.answer(0, 0).done
    (1, 0, False)
    """

    size: int
    queue: tuple[int, ...]
    repeats: bool = True
    boxes: tuple[tuple[int, int], ...] = ()
    first: tuple[tuple[int, int], ...] = ()
    missed: tuple[int, ...] = ()
    log: tuple[bool, ...] = ()

    @classmethod
    def begin(cls, size: int, *, repeats: bool = True) -> Round:
        """Return a round that has not begun."""
        return cls(size, tuple(range(size)), repeats)

    @property
    def done(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.queue

    @property
    def place(self) -> int:
        """The question that is asked now."""
        return self.queue[0]

    @property
    def again(self) -> bool:
        """Whether the present question was asked before."""
        return self.place in dict(self.first)

    @property
    def score(self) -> int:
        """How many questions were answered rightly at first."""
        return len(self.first) - len(self.missed)

    @property
    def streak(self) -> int:
        """How many answers in a row, up to the last, were right."""
        return next((n for n, right in enumerate(reversed(self.log)) if not right), len(self.log))

    @property
    def longest(self) -> int:
        """The longest such row."""
        best = run = 0
        for right in self.log:
            run = run + 1 if right else 0
            best = max(best, run)
        return best

    def answer(self, choice: int, right: int) -> Round:
        """Return the round after the present question got the answer `choice`, where `right` would be right."""
        place, rest = self.place, self.queue[1:]
        correct = choice == right
        boxes = dict(self.boxes)
        if correct and place in boxes:
            boxes[place] += 1
        elif not correct:
            boxes[place] = 0
        if self.repeats and place in boxes and boxes[place] < len(GAPS) and (rest or not correct):
            gap = GAPS[boxes[place]]
            rest = (*rest[:gap], place, *rest[gap:])
        else:
            boxes.pop(place, None)
        return replace(
            self,
            queue=rest,
            boxes=tuple(sorted(boxes.items())),
            first=self.first if self.again else (*self.first, (place, choice)),
            missed=self.missed if correct or self.again else (*self.missed, place),
            log=(*self.log, correct),
        )


def ranked(groups: Sequence[str], right: Sequence[bool]) -> list[tuple[str, int, int]]:
    """Return for each group how many answers were right and how many there were, the weakest group first.

    >>> ranked(["a", "b", "a"], [True, False, False])
    [('b', 0, 1), ('a', 1, 2)]
    """
    asked, known = Counter(groups), Counter(group for group, good in zip(groups, right, strict=True) if good)
    return sorted(((group, known[group], size) for group, size in asked.items()), key=lambda row: (row[1] / row[2], -row[2], row[0]))
