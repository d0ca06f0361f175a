"""A provisioning client that plays an identity provider against any SCIM 2.0 service provider, over real HTTP.

It knows nothing of Rollbook's own server: what it sends and expects is what the identity provider documents. The fact
ids beside each exchange (O-30) name the observation on which it rests.
"""
