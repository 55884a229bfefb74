"""What clauses carry for the facts of a case."""
