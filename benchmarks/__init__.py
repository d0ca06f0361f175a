"""What is measured of Rollbook: never a test, always side by side in one run."""
