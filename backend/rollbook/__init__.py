"""Rollbook keeps an organization's member list in step with its identity provider.

The house, from the ground up; each layer may import only the ones below it:

- ``domain``: what is true. Values and rules; no I/O, no framework.
- ``persistence``: how it is kept. The only SQL.
- ``services``: what may be done. One method = one permission = one transaction = one audit event.
- ``graphql`` and ``scim``: how it is said. Two facades over the same services, which never meet.
- ``app``: the one place where the parts are put together. Beside it ``simulator``, a provisioning client.
- ``cli``: the command line.
"""

__version__ = "0.1.0"
