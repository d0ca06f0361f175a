"""Proves that the player notices an answer that breaks what holds of every answer, on literal answers."""

import httpx
import pytest

from . import invariants
from .conversation import a_person

USER = a_person("ada") | {
    "id": "1",
    "meta": {"resourceType": "User", "location": "http://rollbook.test/scim/v2/Users/1"},
}
GROUP = {"schemas": [invariants.GROUP], "id": "admins", "displayName": "Admins"}
ERROR = {"schemas": [invariants.ERROR], "status": "404", "detail": "There is no such user."}
PAGE = {
    "schemas": [invariants.LIST_RESPONSE],
    "totalResults": 1,
    "startIndex": 1,
    "itemsPerPage": 1,
    "Resources": [USER],
}
SCIM_TYPE = {"Content-Type": "application/scim+json; charset=utf-8"}
CREATED = SCIM_TYPE | {"Location": USER["meta"]["location"]}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/Users/1", httpx.Response(200, json=USER, headers=SCIM_TYPE)),
        ("/Users", httpx.Response(201, json=USER, headers=CREATED)),
        ("/Users?count=1", httpx.Response(200, json=PAGE, headers=SCIM_TYPE)),
        ("/Users/1?attributes=userName", httpx.Response(200, json={"id": "1"}, headers=SCIM_TYPE)),
        ("/Groups/admins", httpx.Response(200, json=GROUP, headers=SCIM_TYPE)),
        ("/Users/2", httpx.Response(404, json=ERROR, headers=SCIM_TYPE)),
        ("/Users/1", httpx.Response(204)),
        ("/Schemas/x", httpx.Response(200, json={"id": "x"}, headers=SCIM_TYPE)),
    ],
)
def test_a_good_answer_breaks_none(path, answer):
    assert invariants.broken(path, answer) == []


@pytest.mark.parametrize(
    ("attributes", "complaint"),
    [
        ({"id": None}, "$.id must be there"),
        ({"schemas": []}, "$.schemas must contain"),
        ({"userName": " "}, "$.userName must be there"),
        ({"active": "true"}, "$.active must be a boolean"),
        ({"name": {"givenName": "Ada"}}, "$.name.familyName must be there"),
        ({"name": {"familyName": "L", "givenName": ""}}, "$.name.givenName must be there"),
        ({"name": None}, "$.name.givenName must be there"),
        ({"emails": []}, "$.emails[0].value must be there"),
        ({"emails": [{"type": "work"}]}, "$.emails[0].value must be there"),
        ({"emails": {"value": "ada@x.test"}}, "$.emails[0].value must be there"),
        ({"password": None}, "$.password is never returned"),
        ({"urn:x": [{"Password": "secret"}]}, "$.urn:x[0].Password is never returned"),
    ],
)
def test_a_user_without_what_clients_read_is_told(attributes, complaint):
    alone = httpx.Response(200, json=USER | attributes, headers=SCIM_TYPE)
    listed = httpx.Response(200, json=PAGE | {"Resources": [USER | attributes]}, headers=SCIM_TYPE)

    assert complaint in "\n".join(invariants.broken("/Users/1", alone))
    assert complaint.replace("$", "$.Resources[0]") in "\n".join(invariants.broken("/Users?count=1", listed))


@pytest.mark.parametrize(("user_name", "lines"), [("ada@x.test", 1), ("ada", 0)])
def test_a_user_needs_an_email_only_where_there_is_an_address(user_name, lines):
    user = {name: value for name, value in USER.items() if name != "emails"} | {"userName": user_name}

    assert len(invariants.broken("/Users/1", httpx.Response(200, json=user, headers=SCIM_TYPE))) == lines


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"totalResults": "1"}, "$.totalResults must be an integer"),
        ({"startIndex": "1"}, "$.startIndex must be an integer"),
        ({"itemsPerPage": None}, "$.itemsPerPage must be an integer"),
        ({"itemsPerPage": 2}, "but the page holds 1"),
        ({"Resources": [USER, USER], "itemsPerPage": 2}, "a resource twice"),
        ({"Resources": USER}, "must be an array"),
    ],
)
def test_a_page_that_misleads_a_client_is_told(members, complaint):
    answer = httpx.Response(200, json=PAGE | members, headers=SCIM_TYPE)

    assert complaint in "\n".join(invariants.broken("/Users", answer))


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"schemas": []}, "schemas must be"),
        ({"status": 404}, "status must be the string '404'"),
        ({"status": "400"}, "status must be the string '404'"),
        ({"detail": ""}, "detail must be a text"),
        ({"detail": [{"msg": "x"}]}, "detail must be a text"),
    ],
)
def test_an_error_in_another_form_is_told(members, complaint):
    answer = httpx.Response(404, json=ERROR | members, headers=SCIM_TYPE)

    assert complaint in "\n".join(invariants.broken("/Users/2", answer))


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (httpx.Response(200, json=USER), "content type: expected application/scim+json"),
        (httpx.Response(200, text="<html>", headers=SCIM_TYPE), "not JSON"),
        (httpx.Response(200, json=[USER], headers=SCIM_TYPE), "not a JSON object"),
        (httpx.Response(200), "200 must carry a body"),
        (httpx.Response(404), "404 must carry a SCIM error body"),
        (httpx.Response(204, json=USER, headers=SCIM_TYPE), "204 must not carry a body"),
        (httpx.Response(201, json=USER, headers=SCIM_TYPE), "Location must be the address"),
        (httpx.Response(201, json=USER, headers=SCIM_TYPE | {"Location": "/Users/1"}), "meta.location must be"),
    ],
)
def test_an_answer_in_the_wrong_wrapping_is_told(answer, complaint):
    assert complaint in "\n".join(invariants.broken("/Users/1", answer))
