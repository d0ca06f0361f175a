"""The settings pages in a real browser, against a real server."""
