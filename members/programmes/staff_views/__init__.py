"""Partners and consulting at the desk."""
