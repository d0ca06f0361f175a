"""What the provisioning log shows of a body to those who have not asked for a member's own record."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.domain.masking import masked_body, masked_document, masked_filter, masked_query, masked_sentence

AN_ID = "019a0000-0000-7000-8000-000000000001"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_a_resource_keeps_its_shape_and_loses_its_person():
    sent = {
        "schemas": [USER, ENTERPRISE],
        "id": AN_ID,
        "externalId": "00u1abcdef",
        "userName": "Ada@acme.test",
        "name": {"givenName": "Ada", "familyName": "Łoś"},
        "emails": [
            {"value": "ada@acme.test", "type": "work", "primary": True},
            {"value": "a@home.test", "type": "pub"},
        ],
        "active": "False",
        "roles": [{"value": "Admin", "primary": "True"}, {"value": "Owner of the budget"}],
        "photos": ["… 3 more"],
        ENTERPRISE: {"employeeNumber": "77", "manager": {"value": AN_ID, "$ref": f"../Users/{AN_ID}"}, "costCenter": 4},
        "meta": {"resourceType": "User", "location": f"https://x.test/scim/v2/Users/{AN_ID}", "version": 'W/"3"'},
        "nothing": None,
    }

    shown = json.loads(masked_body(json.dumps(sent)) or "")

    assert shown == sent | {
        "externalId": "0•••",
        "userName": "A•••@acme.test",
        "name": {"givenName": "A•••", "familyName": "Ł•••"},
        "emails": [
            {"value": "a•••@acme.test", "type": "work", "primary": True},
            {"value": "a•••@home.test", "type": "p•••"},
        ],
        "roles": [{"value": "Admin", "primary": "True"}, {"value": "O•••"}],
        ENTERPRISE: sent[ENTERPRISE] | {"employeeNumber": "7•••"},  # type: ignore[dict-item]
    }


def test_operations_keep_their_paths_but_not_whom_they_name():
    operations = [
        {"op": "Add", "path": 'emails[value eq "ada@acme.test" and type eq "work"].display', "value": "Ada L"},
        {"op": "remove", "path": f'members[value eq "{AN_ID}"]'},
        {"op": "replace", "value": {"name.givenName": "Ada", 'emails[value eq "ada"].value': "x@acme.test"}},
    ]

    assert masked_document({"Operations": operations})["Operations"] == [
        {"op": "Add", "path": 'emails[value eq "a•••@acme.test" and type eq "work"].display', "value": "A•••"},
        operations[1],
        {"op": "replace", "value": {"name.givenName": "A•••", 'emails[value eq "a•••"].value': "x•••@acme.test"}},
    ]


def test_a_refusal_is_told_without_its_values():
    detail = "An active member of this organization has the userName 'ada@acme.test' already (userName 'Ada')."
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "scimType": "uniqueness"}

    assert masked_document(error | {"detail": detail}) == error | {
        "detail": "An active member of this organization has the userName 'a•••@acme.test' already (userName 'A•••')."
    }
    assert masked_sentence("The client's wish for x@acme.test isn't 'known'.") == (
        "The client's wish for x•••@acme.test isn't 'k•••'."
    )
    # outside of an error, an attribute of that name is anybody's
    assert masked_document({"detail": "Ada", "status": "on leave"}) == {"detail": "A•••", "status": "o•••"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("startIndex=1&count=100&sortBy=name.givenName", "startIndex=1&count=100&sortBy=name.givenName"),
        ("filter=userName+eq+%22ada%40acme.test%22&", 'filter=userName eq "a•••@acme.test"&'),
        ('filter=userName eq "ada" and active eq true', 'filter=userName eq "a•••" and active eq true'),
        ("Filter=userName eq ada", "Filter=userName eq a•••"),
        ('filter=name.givenName sw "Ada and', 'filter=name.givenName sw "A•••"'),
        (f'filter=members.value eq "{AN_ID}"', f'filter=members.value eq "{AN_ID}"'),
        ("who=ada@acme.test&cursor=b64secretless", "who=a•••@acme.test&cursor=b64secretless"),
        ("", ""),
        (None, None),
    ],
)
def test_a_query_keeps_its_question(query, shown):
    encoded = shown if shown == query or not shown else "&".join(_encoded(pair) for pair in shown.split("&"))

    assert masked_query(query) == encoded
    assert masked_query(encoded) == encoded


def _encoded(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return name + equals + (quote(value, safe="") if "•" in value else value)


def test_what_is_no_json_tells_nothing():
    assert masked_body("not JSON, 512 bytes") == "not JSON, 512 bytes"
    assert masked_body('{"userName": "ada') == "•••"
    assert masked_body(None) is None


def test_a_filter_without_quotes_is_masked_too():
    assert masked_filter("userName eq ada.l or title co x") == "userName eq a••• or title co x•••"


_TEXTS = st.text(min_size=1).map(lambda text: "Zoë " + text)
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["value", "name", "detail", "path", "op", "status", "filter"]), inner)
    ),
    max_leaves=12,
)


@given(_DOCUMENTS)
def test_masking_twice_is_masking_once_and_keeps_the_shape(document):
    once = masked_document(document)

    assert masked_document(once) == once
    assert _shape(once) == _shape(document)
    if not _has_message(document):
        assert "Zoë" not in json.dumps(once, ensure_ascii=False)


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return [_shape(inner) for inner in value] if isinstance(value, list) else type(value)


def _has_message(value: object) -> bool:
    """Whether an operation is in it, whose words are its client's own."""
    if isinstance(value, dict):
        return "op" in value or any(map(_has_message, value.values()))
    return any(map(_has_message, value)) if isinstance(value, list) else False
