"""How it is said, in GraphQL: types, resolvers that call the services, and the HTTP door in front of them."""
