"""The doors at /auth: how people get into the settings pages, and out again."""
