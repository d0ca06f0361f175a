"""What can be downloaded at /exports."""
