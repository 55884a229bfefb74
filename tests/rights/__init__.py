"""What is hidden is told by no channel."""
