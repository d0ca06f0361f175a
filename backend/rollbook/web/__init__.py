"""What the doors for browsers and tools share: requests, answers, the session cookie, headers and logs."""
