"""Realtime with Hume: sessions over real websockets, which break, and nothing is lost or told twice."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psutil
import pytest
from hume_expression_measurement import AsyncExpressionMeasurementClient, ExpressionMeasurementClient
from hume_expression_measurement.environment import ExpressionMeasurementClientEnvironment
from hume_expression_measurement.types.audio_session_update import AudioSessionUpdate
from hume_expression_measurement.types.session_close import SessionClose
from PIL import Image

import leed
from leed.errors import InputError, OptionError, ServiceError
from leed_adapters import hume
from leed_adapters.fakes.hume import FakeHume, Fault, speech
from leed_adapters.fakes.hume.server import face
from leed_adapters.measuring.live import Live
from tests.support.services import everything_logged, in_a_running_loop

KEY = "hk-0123456789-secret"
TALK = speech((0.5, 2.0), (3.0, 8.0), (9.0, 10.2))[44:]
WHOLE = [(0.5, 2.0), (3.0, 6.0), (3.0, 8.0), (9.0, 10.2)]
FRAME = 3200


def frames(samples: bytes = TALK, size: int = FRAME) -> list[bytes]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, "JPEG")
    return out.getvalue()


JPEG = jpeg()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHume]:
    monkeypatch.setenv("HUME_API_KEY", KEY)
    with FakeHume(api_key=KEY) as service:
        yield service


def heard(service: FakeHume, source: Any = None, **options: Any) -> list[Live]:
    given: dict[str, Any] = {"base_url": service.base_url, "pace": 0, "pause": 0.01, "timeout": 10} | options
    return list(hume.audio_stream(frames() if source is None else source, **given))


def spans(live: list[Live], aspect: str = "expression") -> list[tuple[float | None, float | None]]:
    return [(one.segment.begin, one.segment.end) for one in live if one.segment.aspect == aspect]


# --- the fake, verified by Hume's SDK


def test_the_sdk_talks_with_the_fake(fake: FakeHume) -> None:
    place = ExpressionMeasurementClientEnvironment(base=fake.base_url, production=fake.ws_url)
    with httpx.Client() as http:
        client = ExpressionMeasurementClient(environment=place, api_key=KEY, httpx_client=http)
        with client.audio.connect() as socket:
            socket.send_audio_session_update(AudioSessionUpdate(type="session.update", measurement_timer_ms=2000))
            for frame in frames():
                socket.send_audio_frame(frame)
            socket.send_audio_session_close(SessionClose(type="session.close"))
            kinds = [message.type for message in socket]
        with client.video.connect() as images:
            images.send_image_frame(JPEG)
            images.send_video_session_close(SessionClose(type="session.close"))
            seen = [message.type for message in images]
    assert kinds[:2] == ["session.created", "session.updated"]
    assert (kinds.count("utterance.start"), kinds.count("utterance.end"), kinds[-1]) == (3, 3, "session.closed")
    assert kinds.count("measurement.result") == 5
    assert seen == ["session.created", "measurement.result", "session.closed"]


# --- audio


def test_audio_is_measured_as_it_is_heard(fake: FakeHume) -> None:
    live = heard(fake)
    assert spans(live) == WHOLE
    assert spans(live, "attribute") == WHOLE
    assert live[0].segment.scores == {"amusement": 0.7124, "aesthetic appreciation": 0.4031}
    assert b"".join(fake.realtime.sessions[0]) == TALK


def test_a_stream_is_fed_and_says_when_words_change(fake: FakeHume) -> None:
    stream = leed.Stream()
    live = heard(fake, stream=stream)
    said = [str(one.description) for one in live if one.description is not None]
    assert said
    assert said[0].startswith("They probably sound amused")
    assert stream.now() is not None


def test_an_interval_is_handed_on(fake: FakeHume) -> None:
    heard(fake, interval=2.5)
    assert fake.realtime.settings == [{"type": "session.update", "measurement_timer_ms": 2500}]


@pytest.mark.parametrize("size", [2, 7, 1001, 40_000, 700_000])
def test_pieces_of_any_size_are_taken(fake: FakeHume, size: int) -> None:
    samples = speech((0.1, 0.6))[44:] if size < 100 else TALK
    live = heard(fake, frames(samples, size))
    assert spans(live) == ([(0.1, 0.6)] if size < 100 else WHOLE)
    assert max(map(len, fake.realtime.sessions[0])) <= FRAME


async def test_an_async_source_is_gone_through(fake: FakeHume) -> None:
    async def microphone() -> AsyncIterator[bytes]:
        for frame in frames():
            await asyncio.sleep(0)
            yield frame

    live = [one async for one in hume.audio_stream(microphone(), base_url=fake.base_url, pace=0)]
    assert spans(live) == WHOLE


def test_a_loop_over_a_stream_works_inside_a_running_event_loop(fake: FakeHume) -> None:
    assert spans(in_a_running_loop(lambda: heard(fake))) == WHOLE


def test_who_stops_early_leaves_nothing_running(fake: FakeHume) -> None:
    for one in hume.audio_stream(frames(), base_url=fake.base_url, pace=0):
        assert one.segment.begin == 0.5
        break


# --- connections that break


@pytest.mark.parametrize("code", [1001, 1006, 1011, 1012, 1013])
@pytest.mark.parametrize("after", [1, 12, 26, 45, 70, 95])
def test_what_was_not_answered_is_sent_again_and_nothing_is_told_twice(fake: FakeHume, code: int, after: int) -> None:
    fake.realtime.cuts = [(after, code)]
    live = heard(fake, paced(), pace=0)
    assert len(fake.realtime.sessions) == 2
    told = [(one.segment.begin, one.segment.end, one.segment.extras.get("utterance")) for one in live]
    assert len(told) == len(set(told)) * 2  # expressions and attributes
    assert set(WHOLE) - {(3.0, 6.0)} <= set(spans(live))
    ends = {span[1] for span in spans(live)}
    assert ends <= {span[1] for span in WHOLE}


def paced() -> Iterator[bytes]:
    """Frames that do not run ahead of what a connection can say of them."""
    for frame in frames():
        time.sleep(0.002)
        yield frame


def test_what_is_answered_is_not_sent_again(fake: FakeHume) -> None:
    """The first utterance has ended at 2.25 s: the second session begins behind it."""
    fake.realtime.cuts = [(40, 1012)]
    heard(fake, paced())
    again = sum(map(len, fake.realtime.sessions[1]))
    assert again == len(TALK) - 2 * 32_000


def test_connections_that_break_again_and_again_come_to_an_end(fake: FakeHume) -> None:
    fake.realtime.cuts = [(1, 1011)] * 50
    with pytest.raises(ServiceError, match=r"the connection was closed \(code 1011\), 4 times in a row; try"):
        heard(fake, attempts=4)
    assert len(fake.realtime.sessions) == 4


def test_a_session_that_ends_for_good_is_not_made_anew(fake: FakeHume) -> None:
    fake.realtime.cuts = [(3, 1008)]
    with pytest.raises(ServiceError, match=r"Hume ended the session \(code 1008\)") as raised:
        heard(fake)
    assert (raised.value.status, len(fake.realtime.sessions)) == (1008, 1)


def test_a_frame_that_came_too_fast_is_sent_again(fake: FakeHume) -> None:
    fake.realtime.limited = {10}
    live = heard(fake, slow())
    assert spans(live) == WHOLE
    assert b"".join(fake.realtime.sessions[0]) != b""


def slow() -> Iterator[bytes]:
    for frame in frames():
        yield frame
        time.sleep(0.01)


def test_a_session_that_ended_in_silence_goes_on_when_there_is_more(fake: FakeHume) -> None:
    """Hume's ends after a minute; here after a quarter of a second."""
    fake.realtime.idle = 0.25

    async def microphone() -> AsyncIterator[bytes]:
        half = len(TALK) // FRAME * FRAME // 4
        for frame in frames(TALK[:half]):
            yield frame
        await asyncio.sleep(0.8)
        for frame in frames(TALK[half:]):
            yield frame

    live = heard(fake, microphone())
    assert spans(live) == WHOLE
    assert len(fake.realtime.sessions) == 2


def test_hume_that_never_ends_the_session_is_not_waited_for(fake: FakeHume, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr("leed_adapters.fakes.hume.realtime._Session._closed", nothing)
    monkeypatch.setattr("leed_adapters.fakes.hume.realtime._Session._told", goes_on)
    with pytest.raises(ServiceError, match=r"Hume has not said in 0\.3 s that the session ended"):
        heard(fake, timeout=0.3)


async def goes_on(*_: object) -> bool:
    return True


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_session_that_is_refused_is_asked_for_once(fake: FakeHume, status: int) -> None:
    fake.faults = [Fault("GET", status)] * 3
    with pytest.raises(ServiceError) as raised:
        heard(fake)
    assert (raised.value.status, len(fake.requests)) == (status, 1)
    assert str(raised.value).startswith(f"Hume did not begin a session (status {status}")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_session_that_may_begin_later_is_asked_for_again(fake: FakeHume, status: int) -> None:
    fake.faults = [Fault("GET", status)] * 2
    assert spans(heard(fake)) == WHOLE
    assert len(fake.requests) == 3


def test_a_source_that_fails_is_told_as_it_is(fake: FakeHume) -> None:
    def broken() -> Iterator[bytes]:
        yield frames()[0]
        raise ZeroDivisionError("microphone")

    with pytest.raises(ZeroDivisionError, match="microphone"):
        heard(fake, broken())


# --- images


def seen(service: FakeHume, source: Any, **options: Any) -> list[Live]:
    given: dict[str, Any] = {"base_url": service.base_url, "pace": 0, "pause": 0.01, "timeout": 10} | options
    return [one for one in hume.video_stream(source, **given) if one.segment.aspect == "expression"]


def test_images_are_measured_as_they_are_taken(fake: FakeHume) -> None:
    live = seen(fake, [(0.25, JPEG), (0.75, JPEG)], stream=leed.Stream())
    assert [(one.segment.begin, one.segment.speaker) for one in live] == [(0.25, "face_0"), (0.75, "face_0")]
    assert str(live[0].description).startswith("They ")


def test_images_without_a_time_are_a_third_of_a_second_apart(fake: FakeHume) -> None:
    assert [one.segment.begin for one in seen(fake, [JPEG] * 4)] == pytest.approx([0, 1 / 3, 2 / 3, 1])


@pytest.mark.parametrize("code", [1001, 1006, 1012])
@pytest.mark.parametrize("after", [1, 5, 9])
def test_images_that_were_not_answered_are_sent_again(fake: FakeHume, code: int, after: int) -> None:
    fake.realtime.cuts = [(after, code)]
    live = seen(fake, [(float(i), JPEG) for i in range(10)])
    assert [one.segment.begin for one in live] == [float(i) for i in range(10)]


def test_images_that_failed_or_came_too_fast_are_sent_again(fake: FakeHume) -> None:
    fake.realtime.limited, fake.realtime.broken = {2}, {4}
    live = seen(fake, [(float(i), JPEG) for i in range(6)])
    assert sorted(one.segment.begin or 0.0 for one in live) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_an_image_that_is_none_is_an_issue(fake: FakeHume) -> None:
    stream = hume.video_stream([JPEG, b"\x89PNG", JPEG], base_url=fake.base_url, pace=0)
    assert len([one for one in stream if one.segment.aspect == "expression"]) == 2
    assert [str(issue) for issue in stream.issues] == [
        "0.333333 s: an image was rejected: invalid_image_frame: Not a JPEG."
    ]


def test_what_is_no_image_is_told(fake: FakeHume) -> None:
    with pytest.raises(InputError, match="int is no image: give JPEG bytes, or pairs of seconds and JPEG bytes"):
        seen(fake, [7])


def test_ten_thousand_segments_hold_memory_flat(fake: FakeHume) -> None:
    """Expressions and descriptions of 1,000 images of five faces; what is kept does not grow with what was told."""
    fake.faces = [face(number) for number in range(5)]
    stream = hume.video_stream((JPEG for _ in range(1_000)), stream=leed.Stream(), base_url=fake.base_url, pace=0)
    count = early = 0
    process = psutil.Process()
    for _ in stream:
        count += 1
        if count == 3_000:
            early = process.memory_info().rss
    assert count == 10_000
    assert process.memory_info().rss - early < 4_000_000  # bytes: the fake keeps a pointer to each image


# --- keys


def test_a_key_shows_nowhere(fake: FakeHume) -> None:
    with everything_logged() as lines:
        heard(fake)
        fake.api_key = "another-key-entirely"
        with pytest.raises(ServiceError) as raised:
            heard(fake)
    assert fake.requests[0].headers["x-hume-api-key"] == KEY
    assert "Invalid API key [hidden]" in str(raised.value)
    shown = [str(raised.value), repr(raised.value), repr(raised.value.__cause__)]
    assert lines
    assert not [text for text in (*shown, *lines) if KEY in text]


def test_without_a_key_nothing_is_sent(fake: FakeHume, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUME_API_KEY")
    with pytest.raises(OptionError, match="HUME_API_KEY is not set"):
        heard(fake)
    assert fake.requests == []


def test_the_sdks_async_client_reaches_the_fake_too(fake: FakeHume) -> None:
    place = ExpressionMeasurementClientEnvironment(base=fake.base_url, production=fake.ws_url)

    async def run() -> int:
        async with httpx.AsyncClient() as http:
            client = AsyncExpressionMeasurementClient(environment=place, api_key=KEY, httpx_client=http)
            return len((await client.audio.measure(file=TALK)).utterances)

    assert asyncio.run(run()) == 3
