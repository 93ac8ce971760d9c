"""What the model is told about the last message: nothing, the raw numbers, LEED, or the LEED of another case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import leed
from leed.prompts import get_handover, get_policy
from leed_evals.asking.questions import Messages, Question
from leed_evals.empathy.cases import Case

CONDITIONS = ("leed", "numbers", "wrong", "none")
"""How the message is told about; see `messages_of`."""


def messages_of(case: Case, condition: str, other: Case, policy: str = "subtle") -> Messages:
    """Return the chat that is to be answered.

    leed: with LEED, as `leed.inject` puts it in. numbers: with the scores in LEED's place, and the same policy. wrong:
    with the LEED of another case. none: as it is.

    >>> from leed_evals.empathy.cases import read_cases
    >>> fine, job, *_ = read_cases()
    >>> print(messages_of(fine, "leed", job)[-1]["content"])
    I'm fine. Just move it to next week.
    <BLANKLINE>
    [The user sounds very sad and quite tired.]
    >>> print(messages_of(fine, "numbers", job)[-1]["content"].splitlines()[-1])
    [prosody: Sadness 0.46, Tiredness 0.31, Calmness 0.05]
    """
    messages = case.messages
    if condition == "none":
        return tuple(messages)
    if condition == "numbers":
        return _with_numbers(messages, case.expression, policy)
    whose = other if condition == "wrong" else case
    return tuple(_plain(message) for message in leed.inject(messages, whose.expression, policy=policy))


def _with_numbers(
    messages: list[dict[str, str]], expression: Mapping[str, Mapping[str, float]], policy: str
) -> Messages:
    handover = get_handover("inline")
    told = "; ".join(f"{modality}: {_listed(scores)}" for modality, scores in expression.items())
    first = {**messages[0], "content": f"{messages[0]['content']}\n\n{get_policy(policy)(handover)}".strip()}
    last = {**messages[-1], "content": handover(told, text=messages[-1]["content"])}
    return (first, *messages[1:-1], last)


def _listed(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{label} {score:.2f}" for label, score in scores.items())


def _plain(message: Mapping[str, Any]) -> dict[str, str]:
    return {"role": str(message["role"]), "content": str(message["content"])}


def replies_wanted(cases: Sequence[Case], wrong: Sequence[Case], policy: str) -> list[Question]:
    """Return the chats to be answered: each case in each condition."""
    return [
        Question(
            messages_of(case, condition, other, policy),
            {"kind": "reply", "case": case.name, "condition": condition}
            | ({"expression_of": other.name} if condition == "wrong" else {}),
        )
        for case, other in zip(cases, wrong, strict=True)
        for condition in CONDITIONS
    ]
