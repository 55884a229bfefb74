"""Whole statutes and regulations: read, kept word for word, joined to the corpus as dated versions."""
