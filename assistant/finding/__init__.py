"""Query to findings: statements and sets, never more than the asker may see."""
