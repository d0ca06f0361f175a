"""Writes the manifest of the settings pages' operations, from which they learn the ids. Run by `make docs`."""

from rollbook.graphql.trusted_documents import MANIFEST, manifest
from rollbook.shipped import FRONTEND_STUB

if __name__ == "__main__":
    operations = FRONTEND_STUB / "operations"
    (operations / MANIFEST).write_bytes(manifest(operations))
