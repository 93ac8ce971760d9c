"""Whether a chat model reads the adverbs of a scale in their order, and which of them it does not tell apart.

``python -m leed_evals adverbs`` asks and prints; `leed_evals.adverbs.command` says what it needs.
"""
