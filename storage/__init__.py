"""What Kewen remembers: conversations, answers, feedback and API keys, in SQL."""
