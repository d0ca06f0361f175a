"""The ways out, tried against servers of our own on this machine: identity providers, name servers, mail servers."""
