"""Evaluations of leed: of published results with its features, and of the wording of its sentences."""
