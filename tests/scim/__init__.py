"""SCIM as it goes over the wire: conversations with provisioning clients, and the player that holds them."""
