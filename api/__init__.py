"""Kewen over HTTP: one router a file."""
