"""How fast the portal is, and how that compares with what the machine can do: ``make bench``."""
