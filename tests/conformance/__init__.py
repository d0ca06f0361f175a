"""Checks that others wrote, run against a started server; apart from the tests because they need more than Python."""
