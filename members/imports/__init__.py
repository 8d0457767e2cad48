"""How a spreadsheet of members is understood: its columns, its cells, who is there already, and the
few statements that write it all at once."""
