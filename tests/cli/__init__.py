"""The command line: what each command does, prints, and how it ends."""
