"""A language model at the wheel: it plans, uses the tools, and answers as claims that are proven."""
