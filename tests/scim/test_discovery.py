"""/ServiceProviderConfig, /ResourceTypes and /Schemas (RFC 7644 section 4): what they say is true."""

import pytest

from .people import CORE, ENTERPRISE, GROUP, LIST, read, refusal


@pytest.fixture
def server():
    """SQLite alone: nothing here depends on the database."""
    return None


def flat(attributes, prefix=""):
    """The names of attributes and sub-attributes, as Entra flattens them (E-20)."""
    for attribute in attributes:
        yield prefix + attribute["name"]
        yield from flat(attribute.get("subAttributes", ()), f"{prefix}{attribute['name']}.")


async def test_the_configuration_says_what_is_supported(scim):
    config = await read(scim, "/ServiceProviderConfig")

    assert {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    } == {
        "patch": True,
        "bulk": True,
        "filter": True,
        "changePassword": False,
        "sort": True,
        "etag": True,
    }
    assert config["filter"]["maxResults"] == 1000
    (scheme,) = config["authenticationSchemes"]
    assert (scheme["type"], scheme["primary"]) == ("oauthbearertoken", True)
    assert config["meta"] == {
        "resourceType": "ServiceProviderConfig",
        "location": f"{scim.base_url}ServiceProviderConfig",
        "version": config["meta"]["version"],
    }


async def test_the_resource_types_are_listed_and_read_one_by_one(scim):
    listed = await read(scim, "/ResourceTypes")

    assert (listed["schemas"], listed["totalResults"]) == ([LIST], 2)
    told = {each["name"]: (each["id"], each["endpoint"], each["schema"]) for each in listed["Resources"]}
    assert told == {"User": ("User", "/Users", CORE), "Group": ("Group", "/Groups", GROUP)}
    assert listed["Resources"][0]["schemaExtensions"] == [{"schema": ENTERPRISE, "required": False}]
    for each in listed["Resources"]:
        assert each == await read(scim, f"/ResourceTypes/{each['id']}")
        assert (await scim.get(each["endpoint"])).status_code == 200


async def test_the_schemas_are_listed_and_read_one_by_one(scim):
    # E-20
    listed = await read(scim, "/Schemas")

    assert (listed["schemas"], listed["totalResults"], listed["itemsPerPage"]) == ([LIST], 3, 3)
    assert [schema["id"] for schema in listed["Resources"]] == [CORE, ENTERPRISE, GROUP]
    for schema in listed["Resources"]:
        assert schema == await read(scim, f"/Schemas/{schema['id']}")
        assert schema == await read(scim, f"/Schemas/{schema['id'].lower()}")
        assert schema["meta"] == {
            "resourceType": "Schema",
            "location": f"{scim.base_url}Schemas/{schema['id']}",
            "version": schema["meta"]["version"],
        }


async def test_every_attribute_is_fully_described(scim):
    def check(attribute):
        assert attribute["description"].endswith(".")
        assert attribute["type"] in {"string", "boolean", "dateTime", "reference", "binary", "complex"}
        assert isinstance(attribute["multiValued"], bool)
        assert isinstance(attribute["required"], bool)
        assert attribute["mutability"] in {"readOnly", "readWrite", "immutable"}
        assert attribute["returned"] in {"always", "default"}
        assert attribute["uniqueness"] in {"none", "server"}
        assert ("subAttributes" in attribute) is (attribute["type"] == "complex")
        assert ("caseExact" in attribute) is (attribute["type"] in {"string", "reference", "binary"})
        assert None not in attribute.values()
        for sub in attribute.get("subAttributes", ()):
            check(sub)

    for schema in (await read(scim, "/Schemas"))["Resources"]:
        for attribute in schema["attributes"]:
            check(attribute)


async def test_the_attributes_that_identity_providers_map_are_all_listed(scim):
    core, enterprise, group = [(await read(scim, f"/Schemas/{urn}"))["attributes"] for urn in (CORE, ENTERPRISE, GROUP)]

    assert {
        *("id", "externalId", "userName", "displayName", "nickName", "profileUrl", "title", "userType", "active"),
        *("preferredLanguage", "locale", "timezone", "name.formatted", "name.familyName", "name.givenName"),
        *("emails.value", "emails.type", "emails.primary", "phoneNumbers.value", "addresses.streetAddress"),
        *("addresses.formatted", "addresses.locality", "addresses.region", "addresses.postalCode", "addresses.country"),
        *("roles.value", "entitlements.value", "ims.value", "photos.value", "x509Certificates.value", "groups.value"),
    } <= set(flat(core))
    assert set(flat(enterprise)) == {
        *("employeeNumber", "costCenter", "organization", "division", "department"),
        *("manager", "manager.value", "manager.$ref", "manager.displayName"),
    }
    assert set(flat(group)) == {
        *("id", "externalId", "displayName"),
        *("members", "members.value", "members.display", "members.$ref", "members.type"),
    }


async def test_a_password_is_not_promised(scim):
    # E-34
    assert "password" not in set(flat((await read(scim, f"/Schemas/{CORE}"))["attributes"]))


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", f"/Schemas/{CORE}"])
async def test_discovery_cannot_be_filtered(scim, path):
    assert refusal(await scim.get(f"{path}?filter=id%20pr")) == (403, None)
