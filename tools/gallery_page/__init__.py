"""What the gallery says and draws, and how its page looks."""
