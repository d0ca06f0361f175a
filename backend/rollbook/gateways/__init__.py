"""What Rollbook asks of the world outside: identity providers, DNS, mail servers, and the authenticators of people.

Everything here can be replaced in tests; nothing here knows a service or a table.
"""
