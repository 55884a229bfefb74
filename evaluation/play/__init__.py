"""A person as the language model: prompts to files, replies from files, replay by content."""
