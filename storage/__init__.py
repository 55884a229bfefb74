"""What Kewen remembers: conversations, answers, feedback, tickets, curated answers and API keys, in SQL."""
