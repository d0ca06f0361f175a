"""The operations of the settings pages, which anybody may name by id instead of sending their text."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

MANIFEST = "manifest.json"
"""The file beside the operations in which the pages find the ids."""


def document_id(text: str) -> str:
    """The id of a document: a digest of its text, so that one id never stands for two."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"


def trusted_documents(folder: Path) -> Mapping[str, str]:
    """The text of every operation in the folder, by its id."""
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.graphql"))
    return {document_id(text): text for text in texts}


def manifest(folder: Path) -> bytes:
    """What the manifest of the folder should hold: the id of every operation by its name."""
    ids = {path.stem: document_id(path.read_text(encoding="utf-8")) for path in folder.glob("*.graphql")}
    return orjson.dumps(ids, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
