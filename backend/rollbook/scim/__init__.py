"""How it is said, in SCIM 2.0: translation between RFC 7643 resources and the services, and nothing else.

A request passes through `application` (the answer's frame), `authentication` (token -> actor), `router` (path ->
endpoint) and one endpoint of `users`, `groups`, `search`, `bulk` or `discovery`. The attribute table of `schemas` is
what all of validation, filters, PATCH paths, projection and discovery go by; `tolerance` is the one place for what
identity providers get wrong.
"""
