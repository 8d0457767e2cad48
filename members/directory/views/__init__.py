"""Reading the directory, keeping one's own entry, and introductions."""
