"""What a language model, and any client of /mcp, may use to look into one view of the corpus."""
