"""The catalogue and the rule books as typed records, with the bundled data."""
