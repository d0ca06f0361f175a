"""Makes `rollbook_graphiql/vendor/` from an npm folder: the files, their licences, and the list to compare with."""

import hashlib
import json
import re
import sys
from pathlib import Path

VENDOR = Path(__file__).parent / "rollbook_graphiql" / "vendor"

FILES = {
    "graphiql.min.css": "graphiql",
    "graphiql.min.js": "graphiql",
    "react.production.min.js": "react/umd",
    "react-dom.production.min.js": "react-dom/umd",
}

FONTS = ("@fontsource/fira-code", "@fontsource/roboto")
"""The fonts inside GraphiQL's style sheet; these packages are asked for nothing but their licences."""

SAME_LICENSE = {
    "@graphiql/plugin-doc-explorer": "graphiql",
    "@graphiql/plugin-history": "graphiql",
    "@radix-ui/react-use-escape-keydown": "@radix-ui/react-use-layout-effect",
    "@react-aria/utils": "@react-aria/focus",
    "react-compiler-runtime": "react",
    "react-remove-scroll-bar": "react-remove-scroll",
    "toggle-selection": "copy-to-clipboard",
}
"""Packages that come without the text of their licence (all MIT but @react-aria), with one of the same project."""

OF_THE_SAME_REPOSITORY = {"codemirror-graphql", "graphiql", "@graphiql/react", "@graphiql/toolkit"}


def main(modules: Path) -> None:
    """Copy the files, and write LICENSES.txt and MANIFEST.json beside them."""
    VENDOR.mkdir(exist_ok=True)
    for name, folder in FILES.items():
        (VENDOR / name).write_bytes((modules / folder / name).read_bytes())
    (VENDOR / "LICENSES.txt").write_text(licenses(modules), encoding="utf-8")
    (VENDOR / "MANIFEST.json").write_text(json.dumps(manifest(modules), indent=2) + "\n", encoding="utf-8")


def licenses(modules: Path) -> str:
    """The licence of every package that is bundled into GraphiQL's file, equal texts once."""
    bundled = json.loads((modules / "graphiql" / "graphiql.min.js.map").read_text(encoding="utf-8"))["sources"]
    found = {match[1] for path in bundled if (match := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", path))}
    packages = found | OF_THE_SAME_REPOSITORY | {"graphql-language-service", "react-dom", "scheduler", *FONTS}
    texts: dict[str, list[str]] = {}
    for package in sorted(packages):
        texts.setdefault(_license(modules, SAME_LICENSE.get(package, package)), []).append(package)
    return "\n".join(f"==== {', '.join(names)} ====\n\n{text}\n" for text, names in texts.items())


def _license(modules: Path, package: str) -> str:
    (text, *_) = sorted(path for path in (modules / package).iterdir() if re.match(r"licen[sc]e", path.name, re.I))
    return text.read_text(encoding="utf-8").strip()


def manifest(modules: Path) -> dict[str, object]:
    """The version and npm integrity of each package, and the SHA-256 of each file."""
    locked = json.loads((modules / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name.partition("/")[0] for name in FILES.values()} | set(FONTS)
    return {
        "packages": {
            name: {key: locked[f"node_modules/{name}"][key] for key in ("version", "license", "integrity")}
            for name in sorted(packages)
        },
        "files": {
            name: {"sha256": hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()}
            for name in sorted([*FILES, "LICENSES.txt"])
        },
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
