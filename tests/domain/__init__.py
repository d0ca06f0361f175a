"""The rules that need no database, tested as pure functions."""
