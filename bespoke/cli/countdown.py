"""Time left, from the counts that stages tell in their texts."""

from __future__ import annotations

import re

# Such as "epoch 3 of at most 16", "2 of 8", "1.5 of 7.9 MB".
_COUNT = re.compile(r"(\d+(?:\.\d+)?) of (?:at most )?(\d+(?:\.\d+)?)")
# A text that tells the time left itself is not told another one.
_TOLD = " left"


class Countdown:
    """Share of a stage that is done, and the time that the rest will take at the pace so far.

    Stages with the same words before their count are one stage; a text without a count has no known end.
    """

    def __init__(self) -> None:
        self._words: str | None = None
        self._announced = ("", 0.0)  # the last text without a count, and its time in s
        self._start = (0.0, 0.0)  # count and time in s when the stage began
        self._last = (0.0, 0.0)
        self._total = 0.0

    def tell(self, text: str, now: float) -> None:
        """Take note of what a stage says at a time in s."""
        match = None if _TOLD in text else _COUNT.search(text)
        if match is None:
            self._words, self._announced = None, (text, now)
            return
        done, total = float(match[1]), float(match[2])
        words = text[: match.start()]
        if words != self._words or total != self._total or done < self._last[0]:
            self._words, self._total, self._start = words, total, self._beginning(words, done, now)
        self._last = (done, now)

    def _beginning(self, words: str, done: float, now: float) -> tuple[float, float]:
        """Count and time at which a stage began: its first part was begun when the stage was announced."""
        name, since = self._announced
        return (max(done - 1, 0), since) if name and words.startswith(name) else (done, now)

    @property
    def share(self) -> float | None:
        """Share of the stage that is done; None if it has no known end."""
        if self._words is None or self._total <= 0:
            return None
        return min(self._last[0] / self._total, 1.0)

    def left(self, now: float) -> float | None:
        """Seconds left; None while nothing is known of the pace."""
        gone = self._last[0] - self._start[0]
        if self.share is None or gone <= 0:
            return None
        pace = (self._last[1] - self._start[1]) / gone
        rest = self._total - self._last[0]
        # A part that takes longer than those before it says nothing of those after it.
        return max(pace * rest - (now - self._last[1]), pace * (rest - 1), 0.0)


def clock(seconds: float) -> str:
    """A time span as ``m:ss`` or ``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
