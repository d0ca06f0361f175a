"""The GraphQL facade: its schema, its limits, and what it does over HTTP on both databases."""
