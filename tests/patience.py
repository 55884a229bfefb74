"""How long what comes is waited for."""

PATIENCE_S = 200.0
"""Longer than a machine that does much else holds anything up, and less than the limit of a test."""
