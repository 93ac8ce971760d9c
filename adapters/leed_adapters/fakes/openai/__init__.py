"""A server on loopback that speaks OpenAI's HTTP API, and answers by rules: chat completions, responses, embeddings.

>>> from urllib.request import urlopen
>>> with FakeOpenAI() as server:
...     with urlopen(f"{server.base_url}/models") as answer:
...         answer.status
200
>>> server.requests[0].path
'/v1/models'

A script says in place of the rules what chat completions answer:

>>> from openai import OpenAI
>>> with FakeOpenAI(script=lambda body: f"{body['model']} has nothing to say.") as server:
...     with OpenAI(base_url=server.base_url, api_key="none") as client:
...         said = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello"}])
>>> said.choices[0].message.content
'm has nothing to say.'
"""

from leed_adapters.fakes.openai.server import FakeOpenAI, Fault, Request

__all__ = ["FakeOpenAI", "Fault", "Request"]
