"""Files to download, written while they are sent: the audit trail, and who had access at a moment."""
