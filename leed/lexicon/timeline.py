"""The frames of a language for what is told over time: who changed when, from what to what, after which words."""

from __future__ import annotations

import msgspec


class Timeline(msgspec.Struct, frozen=True):
    """The frames of a timeline.

    {x} is what a person sounds or looks like ("quite sad"), or what was said of that so far; {before} and {x} are two
    of them in order of time. {state} is a phrase with its adverb. {time}, {begin} and {end} are times such as 4:10.
    {quote} is what somebody said, between quotation marks. Frames may put their parts into any order.

    Attributes:
        then: one state after another.
        first: before the first of several states that follow each other at once or without times.
        until, since, between: when.
        throughout, mostly, sometimes: how much of the time.
        rising, falling: a state that grows or fades; {x} is its adjective without an adverb.
        rising_signs, falling_signs: the same where {x} is "signs of" a noun.
        after: {quote} was said just before.
        with_words: {quote} is what was said as it began.
        from_to: from which degree to which; "now" in the present tense where it is the last that is told, and else.
        peak, peak_untimed: the highest degree of a state, and when.
        most: when a state that stays the same was strongest.
        but, but_untimed: a stronger moment of another kind.
        times: an act that was done {n} times.
        speaker, face: one without a name, by its {n}.
        faces: the first faces, in place of their number; a sentence begins with a capital all the same.
        named: a speaker whose {name} would not be taken for one.
        of: before a sentence that does not say whose it is.
        source: before the first sentence of a file, {source}.
        moment, moment_while: before a {sentence} about one moment; {quote} is what was being said.
        nothing: for a recording without scores.
        counted: the shortest that is true: one segment, and {n} of them.
    """

    then: str
    first: str
    until: str
    since: str
    between: str
    throughout: str
    mostly: str
    sometimes: str
    rising: str
    falling: str
    rising_signs: str
    falling_signs: str
    after: str
    with_words: str
    from_to: tuple[str, str]
    peak: str
    peak_untimed: str
    most: str
    but: str
    but_untimed: str
    times: str
    speaker: str
    face: str
    faces: tuple[str, ...]
    named: str
    of: str
    source: str
    moment: str
    moment_while: str
    nothing: str
    counted: tuple[str, str]
