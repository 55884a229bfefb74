"""Findings to words, in Chinese and English."""
