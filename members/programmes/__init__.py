"""With whom the association works together, and what it does for its members: partners and the MOUs
signed with them, consulting."""
