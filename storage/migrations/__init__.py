"""Steps from one schema to the next, in order; each is run once in every database."""
