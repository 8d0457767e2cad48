"""Partners and consulting as the public, members and consultants see them."""
