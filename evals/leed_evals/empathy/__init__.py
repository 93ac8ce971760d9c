"""Whether replies fit better how somebody came across when a chat model is told by LEED.

``python -m leed_evals empathy`` asks and prints; `leed_evals.empathy.command` says what it needs.
"""
