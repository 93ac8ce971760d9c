"""Embedders that are services: ``openai:MODEL`` and ``litellm:MODEL``, found by `leed.embed.get_embedder`.

Making, copying and pickling one imports neither openai nor litellm; embedding does. Keys come from the environment.
"""
