"""The only views that see every room: home, my page, the desk, branches, health, errors."""
