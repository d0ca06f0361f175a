"""The settings page as files: vendored code is as listed, operations fit the schema, nothing breaks the strict CSP."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, OperationDefinitionNode, build_schema, parse, validate

from rollbook.domain.sso import SignInProblem
from rollbook.graphql.cost import cost_of
from rollbook.graphql.limits import Measure, list_sizes
from rollbook.graphql.trusted_documents import MANIFEST, manifest

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend_stub"
VENDOR = FRONTEND / "vendor"
OPERATIONS = sorted((FRONTEND / "operations").glob("*.graphql"))
SCRIPTS = sorted((FRONTEND / "app").rglob("*.js"))
STYLES = sorted((FRONTEND / "styles").glob("*.css"))
MOST_COST = 2_000
MOST_COMPRESSED = 200_000


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def test_vendored_files_are_the_ones_in_the_manifest():
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))

    hashes = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    present = {path.name for path in VENDOR.iterdir()} - {"MANIFEST.json", "README.md"}

    assert hashes == {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in present}


def test_every_vendored_package_is_pinned_licensed_and_rebuildable():
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
    licenses = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    recipe = (VENDOR / "README.md").read_text(encoding="utf-8")

    packages = manifest["packages"]
    used = {package for entry in manifest["files"].values() for package in entry["packages"]}

    assert used == set(packages)
    assert set(re.findall(r"^==== (\S+) ====$", licenses, re.MULTILINE)) == set(packages)
    for name, entry in {**packages, **manifest["tools"]}.items():
        assert f"{name}@{entry['version']}" in recipe
        assert entry["integrity"].startswith("sha512-")


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_operation_file_holds_one_valid_operation_of_its_name(path: Path, schema: GraphQLSchema):
    document = parse(path.read_text(encoding="utf-8"))

    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]

    assert [node.name.value for node in operations if node.name] == [path.stem]
    assert validate(schema, document) == []
    assert validate(schema, document, [NoDeprecatedCustomRule]) == []


def test_no_operation_costs_much(schema: GraphQLSchema):
    costs = {}
    for path in OPERATIONS:
        document = parse(path.read_text(encoding="utf-8"))
        size = Measure(document, {}, list_sizes(schema)).operation(path.stem)
        costs[path.stem] = cost_of(document, path.stem, nodes=size.nodes, root_fields=size.top)

    assert {name: cost for name, cost in costs.items() if cost > MOST_COST} == {}


def test_the_manifest_names_the_id_of_every_operation():
    folder = FRONTEND / "operations"

    assert (folder / MANIFEST).read_bytes() == manifest(folder), "to write it: make docs"


def test_every_mutation_asks_for_its_typed_errors():
    mutations = [
        path for path in OPERATIONS if re.search(r"^mutation ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    silent = [path.stem for path in mutations if "... on UserError" not in path.read_text(encoding="utf-8")]

    assert len(mutations) > 0
    assert silent == []


def test_the_page_uses_every_operation_and_no_other():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)

    used = set(re.findall(r"(?:run|mutate|stream|useQuery)\(\"(\w+)\"", code)) | set(
        re.findall(r"operation: \"(\w+)\"", code)
    )

    assert used == {path.stem for path in OPERATIONS}


def test_the_page_has_words_for_every_reason_why_a_sign_in_fails():
    code = (FRONTEND / "app/screens/sign-in-problems.js").read_text(encoding="utf-8")

    told = re.findall(r"^  (\w+): \{$", code, re.MULTILINE)

    assert told == sorted(SignInProblem)


def imports(path: Path) -> list[tuple[str, str]]:
    """What a script imports from where, at once or when it is needed."""
    code = path.read_text(encoding="utf-8")
    later = re.findall(r"\(await import\(\"([^\"]+)\"\)\)\.(\w+)", code)
    return re.findall(r"import \{([^}]*)\} from \"([^\"]+)\"", code) + [(name, target) for target, name in later]


def at_once(path: Path) -> set[Path]:
    """The modules that must be there before the script runs."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            targets = re.findall(
                r"^import .*?\"([^\"]+)\";", module.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
            )
            waiting.extend((module.parent / target).resolve() for target in targets)
    return found - {path}


def test_every_import_names_a_file_and_what_it_exports():
    broken = []
    for path in SCRIPTS:
        for names, target in imports(path):
            module = (path.parent / target).resolve()
            exported = module.read_text(encoding="utf-8") if module.is_file() else ""
            for name in filter(None, (name.strip() for name in names.split(","))):
                if not re.search(
                    rf"export (async )?(function|const|class) {name}\b|export\{{[^}}]*\b{name}\b", exported
                ):
                    broken.append(f"{path.name}: {name} from {target}")

    assert broken == []


def test_what_the_first_paint_waits_for_is_fetched_all_at_once():
    page = (FRONTEND / "index.html").read_text(encoding="utf-8")

    fetched = re.findall(r'<link rel="modulepreload" href="/([^"]+)">', page)

    needed = [path.relative_to(FRONTEND).as_posix() for path in at_once(FRONTEND / "app/main.js")]
    assert fetched == sorted(needed)


def test_every_stylesheet_is_linked_and_every_script_is_used():
    page = (FRONTEND / "index.html").read_text(encoding="utf-8")
    used = {(path.parent / target).resolve() for path in SCRIPTS for _, target in imports(path)}

    linked = set(re.findall(r'<link rel="stylesheet" href="/styles/([^"]+)">', page))

    assert linked == {path.name for path in STYLES}
    assert {path.name for path in set(SCRIPTS) - used} == {"main.js", "theme.js"}


def test_all_files_together_are_small():
    files = [path for path in FRONTEND.rglob("*") if path.is_file()]

    sizes = {path.relative_to(FRONTEND).as_posix(): len(gzip.compress(path.read_bytes())) for path in files}

    assert sum(sizes.values()) < MOST_COMPRESSED, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_the_page_needs_nothing_that_the_strict_policy_forbids():
    page = (FRONTEND / "index.html").read_text(encoding="utf-8")
    code = {path.name: path.read_text(encoding="utf-8") for path in SCRIPTS}

    inline = re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    unsafe = [name for name, text in code.items() if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text)]

    assert inline == []
    assert unsafe == []


def test_no_file_of_the_page_names_a_foreign_host():
    files = [FRONTEND / "index.html", VENDOR / "kit.js", VENDOR / "colors.css", *SCRIPTS, *STYLES]

    hosts = {host for path in files for host in re.findall(r"https?://([\w.-]+)", path.read_text(encoding="utf-8"))}

    assert hosts == {"www.w3.org"}  # the names of XML namespaces, which are never fetched


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_lives_there(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("/* ")
    assert [line for line in lines if len(line) > 120] == []


def test_the_twelve_journeys_are_there():
    folder = ROOT / "tests/browser"
    listed = re.findall(r" (test_\w+)\.(test_\w+)$", (folder / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)

    lost = [
        f"{module}.{name}"
        for module, name in listed
        if f"def {name}(" not in (folder / f"{module}.py").read_text(encoding="utf-8")
    ]

    assert len(listed) == 12
    assert lost == []
