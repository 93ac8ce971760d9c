"""A server on loopback that speaks OpenAI's HTTP API, and answers by rules: chat completions, responses, embeddings.

>>> from urllib.request import urlopen
>>> with FakeOpenAI() as server:
...     with urlopen(f"{server.base_url}/models") as answer:
...         answer.status
200
>>> server.requests[0].path
'/v1/models'
"""

from leed_adapters.fakes.openai.server import FakeOpenAI, Fault, Request

__all__ = ["FakeOpenAI", "Fault", "Request"]
