"""The room of the door: what stands there, what it is handed in, and what the organiser sees."""
