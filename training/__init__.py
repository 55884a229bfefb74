"""Data, fitting and model cards of the learned parts; each module is one command with a fixed seed."""
