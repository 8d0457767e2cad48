"""Official statistics: periods, regions, who sees what, and what an address asks for."""
