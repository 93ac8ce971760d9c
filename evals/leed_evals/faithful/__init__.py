"""Whether the words are faithful: what they keep of the scores, how varied they are, and how steady.

``python -m leed_evals faithful`` measures and prints; `leed_evals.faithful.command` says what it needs.
"""
