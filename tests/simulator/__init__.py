"""The provisioning client, held against a small SCIM server of its own that can be told to misbehave."""
