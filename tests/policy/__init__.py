"""Who may do what, as every door answers it: one table for reads, one for changes, one for SCIM."""
