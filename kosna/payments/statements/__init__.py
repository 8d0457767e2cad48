"""Bank files: what their columns hold (``columns``), what their cells mean (``cells``), and what
each of their rows says (``reading``). Nothing here touches a table."""
