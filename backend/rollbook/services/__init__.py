"""What may be done: one method = one permission = one transaction = one audit event. Both facades call these."""

from rollbook.services.bundle import Services

__all__ = ["Services"]
