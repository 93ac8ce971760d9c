"""Conversations as the examples of SENTENCES.md tell them."""

from collections.abc import Sequence

import numpy as np

import leed

Row = tuple[float, float, str | None, dict[str, float]]


def voice(rows: Sequence[Row], speaker: str | None = None, *, channel: str | None = None) -> leed.Track:
    """A voice, from (begin, end, text, scores) of each utterance."""
    return track(rows, speaker, modality="prosody", channel=channel)


def track(
    rows: Sequence[Row],
    speaker: str | None = None,
    *,
    modality: str = "prosody",
    granularity: str = "utterance",
    source: str | None = None,
    channel: str | None = None,
) -> leed.Track:
    """A track, from (begin, end, text, scores) of each segment."""
    labels = tuple(dict.fromkeys(label for *_, scores in rows for label in scores))
    return leed.Track(
        labels=labels,
        matrix=np.array([[scores.get(label, np.nan) for label in labels] for *_, scores in rows], np.float32),
        modality=modality,
        granularity=granularity,
        source=source,
        channel=channel,
        speaker=speaker,
        begin=np.array([begin for begin, *_ in rows]),
        end=np.array([end for _, end, *_ in rows]),
        text=tuple(text for _, _, text, _ in rows),
    )


def six_minutes() -> leed.Recording:
    """Example 24: Anna's Anxiety goes from .12 to .41 after "the deadline"; Ben is amused, Caro is bored."""
    anna = [
        (5, 15, "Hello.", {"Calmness": 0.24, "Anxiety": 0.02}),
        (50, 58, "The plan is simple.", {"Calmness": 0.25, "Anxiety": 0.03}),
        (110, 118, "Oh.", {"Calmness": 0.08, "Anxiety": 0.12}),
        (140, 150, "I see.", {"Calmness": 0.05, "Anxiety": 0.16}),
        (170, 180, "That is soon.", {"Calmness": 0.05, "Anxiety": 0.22}),
        (200, 212, "We have much to do.", {"Calmness": 0.03, "Anxiety": 0.30}),
        (250, 262, "I doubt that we will be done in time.", {"Calmness": 0.02, "Anxiety": 0.41}),
        (300, 310, "I hope so.", {"Calmness": 0.02, "Anxiety": 0.36}),
        (345, 358, "Well.", {"Calmness": 0.03, "Anxiety": 0.35}),
    ]
    ben = [
        (16, 24, "Ha.", {"Amusement": 0.33}),
        (60, 70, "Sure, simple.", {"Amusement": 0.35}),
        (95, 105, "the deadline", {"Amusement": 0.30}),
        (130, 150, "Next week.", {"Amusement": 0.31}),
        (185, 195, "Right.", {"Amusement": 0.04}),
        (230, 240, "Hm.", {"Amusement": 0.03}),
        (320, 330, "Yes.", {"Amusement": 0.05}),
    ]
    caro = [
        (30, 40, "Hi.", {"Boredom": 0.17}),
        (120, 128, "So.", {"Boredom": 0.18}),
        (215, 225, "Okay.", {"Boredom": 0.16}),
        (335, 340, "Bye.", {"Boredom": 0.17}),
    ]
    return leed.Recording((voice(anna, "Anna"), voice(ben, "Ben"), voice(caro, "Caro")))
