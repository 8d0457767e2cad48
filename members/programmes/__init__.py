"""With whom the association works together: partners and the MOUs signed with them."""
