"""The figures of the LEED paper, of any recordings: PNG and SVG, with the numbers as JSON beside each.

``python -m leed_evals figures FILE... -o DIR`` draws them; `leed_evals.figures.command` says what it needs.
"""
