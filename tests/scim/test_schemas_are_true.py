"""What /Schemas claims of each attribute and sub-attribute of a User is so (RFC 7643 section 7)."""

import pytest

from .people import CORE, ENTERPRISE, ada, bare, created, patch, read, refusal
from .told import Told, everything, flat, told

KEPT = {"userName": "required", "active": "nobody is without it: either someone has access or not"}
"""Attributes that clients write and cannot remove, and why."""


async def found(client, text):
    listed = await client.get("/Users", params={"filter": text, "attributes": "id"})
    assert listed.status_code == 200, (text, listed.text)
    return [user["id"] for user in listed.json()["Resources"]]


def quoted(value):
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


async def test_every_attribute_has_a_value_after_everything_was_written_and_comes_back_as_sent(strict, acme):
    attributes = await told(strict)
    body = everything(attributes, "one", "two")

    posted = await created(strict, body)
    replaced = await strict.put(f"/Users/{posted['id']}", json=everything(attributes, "three"))
    again = await strict.put(f"/Users/{posted['id']}", json=body)

    assert {name: posted[name] for name in body} == body
    assert (replaced.status_code, again.status_code) == (200, 200)
    assert {name: again.json()[name] for name in body} == body
    assert [each.path for each in attributes if not each.values(posted)] == []


async def test_every_attribute_is_written_by_a_patch_to_its_path(strict, acme):
    attributes = [each for each in await told(strict) if each.is_written]
    user = await created(strict, everything(attributes, "one", "two"))

    for each in attributes:
        value = False if each.last["type"] == "boolean" else each.a_value("three")
        if each.sub is None and each.attribute["multiValued"]:
            value = [value]
        answer = await patch(strict, f"/Users/{user['id']}", {"op": "replace", "path": each.path, "value": value})

        assert answer.status_code == 200, (each.path, answer.text)
        if each.attribute["multiValued"] and each.sub is not None:
            assert set(map(str, each.values(answer.json()))) == {str(value)}, each.path
        else:
            assert each.values(answer.json()) == (value if isinstance(value, list) else [value]), each.path


async def test_every_attribute_can_be_filtered_by_with_the_case_rule_that_it_claims(scim, acme):
    attributes = await told(scim)
    user = await created(scim, everything(attributes, "one", "two"))
    groups = "groups."

    for each in attributes:
        if not each.is_leaf:
            assert user["id"] in await found(scim, f"{each.path} pr")
            continue
        alone = not each.name.startswith(groups) and each.last["type"] != "boolean"
        for value in each.values(user):
            texts = [f"{each.path} eq {quoted(value)}"]
            if each.sub is not None and not each.is_single:
                texts.append(f"{each.attribute['name']}[{each.sub['name']} eq {quoted(value)}]")
            if each.name == "groups.$ref":
                # made for each answer, and said to be refused rather than to match nobody
                refused = [refusal(await scim.get("/Users", params={"filter": text})) for text in texts]
                assert refused == [(400, "invalidFilter")] * 2
                continue
            for text in texts:
                ids = await found(scim, text)
                assert user["id"] in ids, text
                assert ids == [user["id"]] or not alone, text
            if isinstance(value, bool):
                continue
            swapped = await found(scim, f"{each.path} eq {quoted(value.swapcase())}")
            assert (user["id"] in swapped) is not each.last["caseExact"], each.path


async def test_every_single_valued_attribute_can_be_sorted_by(scim, acme):
    attributes = await told(scim)
    users = [
        await created(scim, everything(attributes, word) | {"active": word != "one"})
        for word in ("one", "two", "three")
    ]

    for each in [each for each in attributes if each.is_single and each.is_leaf]:
        expected = sorted(each.values(user)[0] for user in users)
        for order, values in (("ascending", expected), ("descending", expected[::-1])):
            listed = await scim.get(
                "/Users", params={"filter": "nickName pr", "sortBy": each.path, "sortOrder": order, "count": 3}
            )
            assert listed.status_code == 200, (each.path, listed.text)
            assert [each.values(user)[0] for user in listed.json()["Resources"]] == values, (each.path, order)


async def test_every_attribute_that_clients_write_can_be_removed_by_a_patch_to_its_path(strict, acme):
    attributes = [each for each in await told(strict) if each.is_written]
    body = everything(attributes, "one", "two")
    user = await created(strict, body)
    path = f"/Users/{user['id']}"

    for each in attributes:
        removed = await patch(strict, path, {"op": "remove", "path": each.path})

        if each.name in KEPT:
            assert refusal(removed) == (400, "mutability"), each.path
            assert each.values(await read(strict, path)) == each.values(user)
            continue
        assert removed.status_code == 200, (each.path, removed.text)
        after = each.values(removed.json())
        # who has no name or no e-mail is shown with one made from userName; none of what was sent is left
        assert not any(value in after for value in each.values(user)), each.path
        assert (await strict.put(path, json=body)).status_code == 200


async def test_what_clients_cannot_write_is_ignored_in_a_body_and_refused_where_it_is_aimed_at(scim, strict, acme):
    read_only = [each for each in await told(scim) if each.attribute["mutability"] == "readOnly"]
    assert {each.attribute["name"] for each in read_only} == {"id", "groups"}
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    for each in read_only:
        sent = each.body(each.a_value("other"))
        lenient = await scim.put(path, json=ada() | sent)
        held = await strict.put(path, json=ada() | sent)
        aimed = await patch(scim, path, {"op": "replace", "path": each.path, "value": each.a_value("other")})

        assert lenient.status_code == 200, each.path
        assert lenient.json() == user, each.path
        assert refusal(held) == (400, "mutability"), each.path
        assert refusal(aimed) == (400, "mutability"), each.path
        assert await read(scim, path) == user


async def test_what_is_required_cannot_be_missing(scim, acme):
    required = [each for each in await told(scim) if each.last["required"]]
    assert [each.path for each in required] == ["userName"]
    user = await created(scim, ada())

    for each in required:
        for value in (None, "absent"):
            body = {name: inner for name, inner in ada(externalId="00u2").items() if name != each.path}
            body |= {each.path: None} if value is None else {}

            assert refusal(await scim.post("/Users", json=body)) == (400, "invalidValue")
            assert refusal(await scim.put(f"/Users/{user['id']}", json=body)) == (400, "invalidValue")
    assert (await read(scim, "/Users"))["Resources"][1:] == [user]


async def test_what_is_unique_is_refused_to_a_second_user(scim, acme):
    unique = [each for each in await told(scim) if each.last["uniqueness"] == "server"]
    assert [each.path for each in unique] == ["id", "externalId", "userName"]
    first, second = await created(scim, ada()), await created(scim, bare("second@x.test", externalId="00u2"))

    assert first["id"] != second["id"]
    for each in unique[1:]:
        taken = each.values(first)[0] if each.last["caseExact"] else each.values(first)[0].swapcase()
        answers = [
            await scim.post("/Users", json=bare("third@x.test") | each.body(taken)),
            await scim.put(f"/Users/{second['id']}", json=bare("second@x.test") | each.body(taken)),
            await patch(scim, f"/Users/{second['id']}", {"op": "replace", "path": each.path, "value": taken}),
        ]

        assert [refusal(answer) for answer in answers] == [(409, "uniqueness")] * 3, each.path
    assert (await read(scim, "/Users"))["Resources"][1:] == [first, second]


async def test_canonical_values_are_kept_in_any_case_and_so_are_others(strict, acme):
    """RFC 7643 section 2.4: they are suggested, so that an unheard-of type loses no value."""
    with_values = [each for each in await told(strict) if "canonicalValues" in each.last and each.is_written]
    assert {each.name for each in with_values} == {
        f"{name}.type" for name in ("emails", "phoneNumbers", "ims", "photos", "addresses")
    }

    for each in with_values:
        kinds = [*each.last["canonicalValues"], each.last["canonicalValues"][0].upper(), "unheard-of"]
        other = next(sub for sub in each.attribute["subAttributes"] if sub["type"] in ("string", "reference"))
        elements = [{other["name"]: f"https://x.test/{kind}", "type": kind} for kind in kinds]
        user = await created(strict, bare(f"{each.name}@x.test") | {each.attribute["name"]: elements})

        assert each.whole(user) == elements


async def test_a_value_of_another_type_is_refused_for_every_attribute(scim, acme):
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"
    wrong = {"string": [5, True, {"x": 1}], "reference": [5, {}], "binary": [5, {}], "boolean": [5, "x", {}]}

    for each in [each for each in await told(scim) if each.is_written]:
        for value in wrong.get(each.last["type"], [5, True]):
            answers = [
                await scim.put(path, json=ada() | each.body(value)),
                await patch(scim, path, {"op": "replace", "path": each.path, "value": value}),
            ]

            assert [refusal(answer) for answer in answers] == [(400, "invalidValue")] * 2, (each.path, value)
    assert await read(scim, path) == user


async def test_one_value_and_several_are_told_apart(strict, acme):
    user = await created(strict, ada())
    path = f"/Users/{user['id']}"

    for each in [each for each in await told(strict) if each.is_written and each.sub is None]:
        value = each.a_value("one")
        value = value if each.attribute["multiValued"] else [value]
        answer = await patch(strict, path, {"op": "replace", "path": each.path, "value": value})

        assert refusal(answer) == (400, "invalidValue"), each.path
    assert await read(strict, path) == user


async def test_what_is_returned_always_is_and_everything_else_as_it_is_asked_for(scim, acme):
    attributes = await told(scim)
    user = await created(scim, everything(attributes, "one"))
    path = f"/Users/{user['id']}"

    for each in [each for each in attributes if each.sub is None]:
        only = await read(scim, f"{path}?attributes={each.path}")
        without = await read(scim, f"{path}?excludedAttributes={each.path}")

        assert each.whole(only) == each.whole(user), each.path
        assert set(only) == {"schemas", "id", each.attribute["name"] if each.urn == CORE else each.urn}
        assert (each.whole(without) is not None) is (each.last["returned"] == "always"), each.path


async def test_a_group_is_as_its_schema_says(scim, acme):
    attributes = await told(scim, "urn:ietf:params:scim:schemas:core:2.0:Group")
    group = await read(scim, "/Groups/admins")
    values = {each.name: Told(CORE, each.attribute, each.sub).values(group) for each in attributes}

    assert [name for name, found in values.items() if not found] == ["externalId"]
    assert values["id"] == ["admins"]
    assert values["displayName"] == ["Admins"]
    assert values["members.value"] == [acme.admin.id]
    for each in attributes:
        assert each.last["mutability"] == {
            **{"id": "readOnly", "externalId": "readOnly", "displayName": "readOnly", "members": "readWrite"},
            **{"members.value": "immutable", "members.$ref": "immutable", "members.type": "immutable"},
            "members.display": "readOnly",
        }.get(each.name), each.name


ENTRA_MAPS = [
    *("userName", "active", "displayName", "title", 'emails[type eq "work"].value', "preferredLanguage"),
    *(
        "name.givenName",
        "name.familyName",
        "name.formatted",
        "externalId",
        "nickName",
        "userType",
        "locale",
        "timezone",
    ),
    *(f'addresses[type eq "work"].{part}' for part in ("formatted", "streetAddress", "locality", "region")),
    *(f'addresses[type eq "work"].{part}' for part in ("postalCode", "country")),
    *(f'phoneNumbers[type eq "{kind}"].value' for kind in ("work", "mobile", "fax")),
    *(f"{ENTERPRISE}:{name}" for name in ("employeeNumber", "department", "manager", "costCenter", "division")),
]
"""Entra's default mapping of a user, and what its attribute list offers besides."""
ENTRA_MAPS_OF_A_GROUP = ["displayName", "externalId", "members"]


async def test_no_attribute_that_entra_maps_is_missing(scim, acme):
    # E-20, E-63
    answer = await scim.get("/Schemas")
    schemas = {schema["id"]: schema["attributes"] for schema in answer.json()["Resources"]}

    core, enterprise, group = schemas.values()
    assert list(schemas) == [CORE, ENTERPRISE, "urn:ietf:params:scim:schemas:core:2.0:Group"]
    users = {name.lower() for name in (*flat(core), *flat(enterprise, f"{ENTERPRISE}:"))}
    groups = {name.lower() for name in flat(group)}
    assert [name for name in ENTRA_MAPS if name.lower() not in users] == []
    assert [name for name in ENTRA_MAPS_OF_A_GROUP if name.lower() not in groups] == []
    assert "null" not in answer.text


@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"])
async def test_nothing_in_discovery_is_null_or_empty(scim, acme, path):
    def check(value, at):
        assert value is not None, at
        assert value != "", at
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, each in inner:
            check(each, f"{at}.{name}")

    check(await read(scim, path), path)
