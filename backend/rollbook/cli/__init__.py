"""The command line: `rollbook`. Each command translates its options into one call of a service or of the app."""
