"""The contract of the services and of both databases below them: every test here runs on SQLite and on PostgreSQL."""
