"""The tests. A package, so that `tests/graphql` and `tests/packaging` do not hide the libraries of those names."""
