"""What every door for browsers has in common."""
