"""What the association announces, and what its members tell each other."""
