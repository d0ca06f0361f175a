"""The audit of the GraphQL-over-HTTP specification, as the npm package graphql-http has it."""
