"""A question in its talk, read into one typed query."""
