"""The member directory: entries that members open themselves, and introductions between them."""
