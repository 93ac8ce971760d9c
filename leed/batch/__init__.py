"""Corpora to Parquet: files in, a data set of described segments out, on one machine or many."""
