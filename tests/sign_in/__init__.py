"""The doors at /auth."""
