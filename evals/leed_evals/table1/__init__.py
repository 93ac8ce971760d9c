"""The paper's Table 1: how well classifiers tell what was expressed from scores, from words, and from both.

``python -m leed_evals table1`` measures and prints; `leed_evals.table1.command` says what it needs.
"""
