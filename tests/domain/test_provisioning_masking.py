"""What the provisioning log shows of a body to those who have not asked for a member's own record."""

import json
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.domain.explaining import rule_of
from rollbook.domain.masking import masked_body, masked_document, masked_query
from rollbook.domain.masking_texts import masked_filter, masked_path, masked_sentence

from .refusals import refusals
from .test_provisioning_explaining import refused

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
        ("startIndex=ada&externalId=10042", "startIndex=a•••&externalId=1•••"),
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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("userName eq ada.l or title co x", "userName eq a••• or title co x•••"),
        ("userName eq 'ada.lovelace'", "userName eq 'a•••'"),
        ("userName eq ada lovelace", "userName eq a•••"),
        ("userName eq 'O'Brien' and", "userName eq 'O•••' and"),
        ("userName eq Ada co Lovelace and x", "userName eq A••• and x•••"),
        ('userName eq "ada" lovelace" or title pr', 'userName eq "a•••"'),
        ('externalId eq "12345" or externalId eq 12345', 'externalId eq "1•••" or externalId eq 1•••'),
        ('not (emails[type eq "work"].value eq ada)', 'not (emails[type eq "work"].value eq a•••)'),
        ("lovelace", "l•••"),
    ],
)
def test_in_a_filter_stays_what_is_no_value_even_if_it_cannot_be_read(text, shown):
    assert masked_filter(text) == masked_filter(shown) == shown


def test_of_an_address_stay_its_ids_and_what_scim_has():
    for path in (f"/scim/v2/Users/{AN_ID}", "/Groups/admins", "/User", "/Users/.search", f"/Schemas/{USER}", "/"):
        assert masked_path(path) == path
    assert masked_path("/Users/ada@acme.test") == "/Users/a•••@acme.test"
    assert masked_path("/ada/Users/bulkId:ada") == "/a•••/Users/bulkId:a•••"


def test_what_is_said_in_a_refusal_or_note_without_quotation_marks_is_masked():
    said = {
        "The filter is not valid at character 17: and, or, or the end was expected instead of l.o.": "l.o",
        "In the filter, ada without quotes was read as a text.": "ada",
        "There is nothing at /Nobody/ada@acme.test. The resources are at /Users and /Groups.": "ada",
        f"members: left out, because no member of the organization has this id: {AN_ID}, ada and 3 more.": "ada",
        'title must be true or false; it is the string "a" ada".': "ada",
        "Two members of this organization match: 'O\\'Ada' and \"ada\".": "ada",
        "externalId '10042' belongs to": "10042",
        "emails[value eq ada].x: a User has no such attribute.": "ada",
    }
    for text, secret in said.items():
        masked = masked_sentence(text)
        assert secret not in masked.lower(), masked
        assert "•••" in masked
        assert masked_sentence(masked) == masked
    assert AN_ID in masked_sentence([*said][3])
    assert masked_sentence("The token 'Okta' was revoked.") == "The token 'Okta' was revoked."


def test_every_refusal_that_is_masked_has_the_rule_that_it_had():
    for each in refusals():
        masked = masked_sentence(each.text)
        known = [rule_of(refused(text, each.status))[0] for text in (each.text, masked)]
        assert known[0] is known[1], masked


@pytest.mark.parametrize("hostile", ["a" * 200_000, "a@" * 100_000, '"x(' * 60_000, ": " * 99_000, "['" * 99_000])
def test_masking_takes_time_by_the_length_of_a_text_only(hostile):
    begun = process_time()
    for mask in (masked_sentence, masked_filter, masked_path, masked_query):
        mask(hostile + " is not a value;")

    assert process_time() - begun < 15


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
