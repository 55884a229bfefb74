"""The language model's side of the assistant: its endpoint and what an endpoint gets wrong."""
