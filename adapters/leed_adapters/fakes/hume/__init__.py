"""A server on loopback that speaks Hume's Expression Measurement v1: files, runs, and realtime over websockets.

It finds utterances by loudness, and a face in every JPEG. Verified by Hume's SDK hume-expression-measurement. `FakeEvi`
has a chat with EVI, held and going on; verified by Hume's SDK hume 0.13.

>>> import httpx
>>> from hume_expression_measurement import ExpressionMeasurementClient
>>> from hume_expression_measurement.environment import ExpressionMeasurementClientEnvironment
>>> with FakeHume(api_key="k") as service, httpx.Client() as http:
...     place = ExpressionMeasurementClientEnvironment(base=service.base_url, production=service.ws_url)
...     client = ExpressionMeasurementClient(environment=place, api_key="k", httpx_client=http)
...     answer = client.audio.measure(file=speech((0.5, 2.0)))
>>> [(u.audio_start_ms, u.audio_end_ms) for u in answer.utterances], answer.measurements[0].trigger
([(500, 2000)], 'speech_ended')

``python -m leed_adapters.fakes.hume`` serves it by itself.
"""

from leed_adapters.fakes.hume.chatting import FakeEvi
from leed_adapters.fakes.hume.hearing import speech
from leed_adapters.fakes.hume.server import FakeHume
from leed_adapters.fakes.serving import Fault, Request

__all__ = ["FakeEvi", "FakeHume", "Fault", "Request", "speech"]
