"""Inputs with something broken in them, and what must hold of them all."""

import copy
import json
import random
from typing import Any

import leed

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**400, -0.5, 1e308, float("nan"), float("inf"), "", " ", "x", "NaN", "0.5", "\ud800"),
    *("\x00", [], {}, [None], [[]], {"": ""}, {"a": {"b": []}}, [{"name": "Joy"}], {"name": 1, "probability": "x"}),
)


def mangled(data: bytes, seed: int) -> bytes:
    """The bytes with a few places flipped, deleted, doubled, inserted or cut."""
    rng = random.Random(seed)
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(out) + 1)
        size = rng.choice((1, 1, 3, 50))
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size]
            case 3:
                out[at:at] = rng.choice((b'"', b"}", b"]", b"{", b",", b"\n", b"\xff", b"null", b"NaN", b"1e999", b"-"))
            case _:
                del out[max(at, len(out) // 2) :]
    return bytes(out)


def changed(plain: Any, seed: int) -> Any:
    """A copy of plain data with a few values replaced, keys renamed or entries taken away."""
    rng = random.Random(seed)
    made = json.loads(json.dumps(plain))
    for _ in range(rng.choice((1, 1, 2, 4, 10))):
        places = _places(made)
        if not places:
            break
        holder, key = rng.choice(places)
        match rng.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice(["", "x", "type", "time", "name", "id"])] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(rng.choice(VALUES))
    return made


def harmless(given: Any, **options: Any) -> None:
    """Reading and describing gives sentences or a LeedError; a recording can be written and read back."""
    try:
        recording = leed.read(given, **options)
        said = [str(description) for description in leed.describe_all(recording)]
    except leed.LeedError:
        return
    assert len(said) == len(recording)
    assert leed.read(recording.to_json()) == recording


def _places(plain: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    if isinstance(plain, dict):
        found += [(plain, key) for key in plain]
        inner = list(plain.values())
    elif isinstance(plain, list):
        found += [(plain, i) for i in range(len(plain))]
        inner = plain
    else:
        return []
    return found + [place for value in inner for place in _places(value)]
