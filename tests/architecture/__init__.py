"""Rules about the code itself: what a reviewer would otherwise say twice."""
