"""Kewen in chat apps: one desk that answers, one contract that every app's channel keeps."""
