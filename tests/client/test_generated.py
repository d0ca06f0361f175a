"""The generated client is the one of this schema and these operations, and asks for what a caller must know."""

import importlib.util
import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, build_schema, parse, specified_rules, validate
from graphql.validation import NoUnusedFragmentsRule

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "backend" / "rollbook" / "client"
OPERATIONS = sorted((CLIENT / "operations").glob("*.graphql"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def test_the_generated_client_is_current():
    spec = importlib.util.spec_from_file_location("manifest", ROOT / "backend" / "client_generator" / "manifest.py")
    assert spec is not None
    assert spec.loader is not None
    manifest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(manifest)

    assert manifest.MANIFEST.read_text(encoding="utf-8") == manifest.manifest(), "run: make client"


def test_every_operation_fits_the_schema_and_uses_nothing_deprecated(schema: GraphQLSchema):
    document = parse("\n".join(path.read_text(encoding="utf-8") for path in OPERATIONS))

    rules = [rule for rule in specified_rules if rule is not NoUnusedFragmentsRule]

    assert validate(schema, document, [*rules, NoDeprecatedCustomRule]) == []


def test_every_mutation_asks_for_its_refusals():
    text = "\n".join(path.read_text(encoding="utf-8") for path in OPERATIONS)

    mutations = re.findall(r"^mutation (\w+)(.*?)^}", text, re.MULTILINE | re.DOTALL)

    assert len(mutations) > 10
    assert [name for name, body in mutations if "...Refusal" not in body] == []


def test_every_mutation_of_the_api_is_there_but_those_of_a_session(schema: GraphQLSchema):
    text = "\n".join(path.read_text(encoding="utf-8") for path in OPERATIONS)

    named = {name[0].lower() + name[1:] for name in re.findall(r"^mutation (\w+)", text, re.MULTILINE)}

    assert schema.mutation_type is not None
    assert set(schema.mutation_type.fields) - named == {
        "leaveOrganization",
        "removePasskey",
        "revokeOtherSessions",
        "signOut",
    }
