"""Filters on users, from the text in the address to the people who are found (RFC 7644 section 3.4.2.2)."""

from datetime import datetime, timedelta, timezone

import pytest

from rollbook.scim.filter_text import MAX_DEPTH, MAX_LENGTH
from tests.log import with_notes

from .people import CORE, ENTERPRISE, GROUP, bare, created, patch, read, refusal

PEOPLE = {
    "ada": bare(
        "ada@x.test",
        externalId="00u-Ada",
        displayName="Ada Lovelace",
        name={"givenName": "Ada", "familyName": "Lovelace"},
        title="Countess",
        emails=[
            {"value": "ada@x.test", "type": "work", "primary": True},
            {"value": "ada@home.test", "type": "home"},
        ],
        phoneNumbers=[{"value": "+44 20", "type": "mobile"}, {"value": "7", "type": "work"}],
        addresses=[{"locality": "London", "type": "work"}, {"locality": "Paris", "type": "home"}],
        **{ENTERPRISE: {"department": "R&D", "employeeNumber": "0042", "manager": {"value": "M-9"}}},
    ),
    "bob": bare("Bob@x.test", title="count", emails=[{"value": "bob@home.test", "type": "home"}], active=False),
    "cleo": bare(
        "cleo",
        displayName='say "hi" \\ there',
        nickName="100%_sure",
        profileUrl="https://x.test/Cleo",
        phoneNumbers=[{"value": "+44 20", "type": "work"}],
        **{ENTERPRISE: {"department": "Ops"}},
    ),
    "dé": bare(
        "dé@x.test",
        displayName="Dé [x] (y)",
        phoneNumbers=[{"type": "fax"}],
        x509Certificates=[{"value": "QUJD"}],
        **{ENTERPRISE: {"manager": {"displayName": "Max"}}},
    ),
}
ALL = ["admin", *PEOPLE]
ACTIVE = ["admin", "ada", "cleo", "dé"]

FOUND = [
    # every operator
    ('userName eq "ADA@X.TEST"', ["ada"]),
    ('userName ne "ada@x.test"', ["admin", "bob", "cleo", "dé"]),
    ('userName co "X.test"', ["ada", "bob", "dé"]),
    ('userName sw "CL"', ["cleo"]),
    ('userName ew "acme.test"', ["admin"]),
    ('userName gt "bob@x.test"', ["cleo", "dé"]),
    ('userName ge "bob@x.test"', ["bob", "cleo", "dé"]),
    ('userName lt "ada@x.test"', ["admin"]),
    ('userName le "ada@x.test"', ["admin", "ada"]),
    ("title pr", ["ada", "bob"]),
    # absent values: they compare with nothing, and ne is what eq is not
    ("not (title pr)", ["admin", "cleo", "dé"]),
    ("title eq null", ["admin", "cleo", "dé"]),
    ("title ne null", ["ada", "bob"]),
    ('title ne "Countess"', ["admin", "bob", "cleo", "dé"]),
    ('title lt "zzz"', ["ada", "bob"]),
    # case counts where the schema says so
    ('externalId eq "00u-Ada"', ["ada"]),
    ('externalId eq "00U-ADA"', []),
    ('externalId co "u-a"', []),
    ('profileUrl ew "/Cleo"', ["cleo"]),
    ('profileUrl ew "/cleo"', []),
    ('title eq "COUNTESS"', ["ada"]),
    ('userName eq "DÉ@X.TEST"', ["dé"]),
    ('userName eq "de\u0301@x.test"', ["dé"]),
    # parts, of what was made up as well (O-12)
    ('name.familyName eq "lovelace"', ["ada"]),
    ('name.givenName eq "A"', ["admin"]),
    # multi-valued attributes: any of the values
    ('emails eq "ada@home.test"', ["ada"]),
    ('emails co "@home."', ["ada", "bob"]),
    ('emails.type eq "HOME"', ["ada", "bob"]),
    ("emails.primary eq true", ["admin", "ada", "dé"]),
    ("emails pr", ["admin", "ada", "bob", "dé"]),
    ("emails.display pr", []),
    # present is what has any part, also without a value
    ("phoneNumbers pr", ["ada", "cleo", "dé"]),
    ("phoneNumbers.value pr", ["ada", "cleo"]),
    ("phoneNumbers eq null", ["admin", "bob"]),
    (f"{ENTERPRISE}:manager pr", ["ada", "dé"]),
    (f"{ENTERPRISE}:manager.value pr", ["ada"]),
    (f"{ENTERPRISE}:manager eq null", ["admin", "bob", "cleo"]),
    ("addresses ne null", ["ada"]),
    ("name eq null", []),
    ("groups eq null", ["bob"]),
    ('x509Certificates co "UJ"', ["dé"]),
    ('x509Certificates eq "qujd"', []),
    ('phoneNumbers.value eq "+44 20"', ["ada", "cleo"]),
    ('addresses.locality eq "PARIS"', ["ada"]),
    ('groups.value eq "admins"', ["admin"]),
    ('groups.display eq "users"', ACTIVE),
    # one of the values with everything at once
    ('emails[type eq "home"]', ["ada", "bob"]),
    ('emails[type eq "home" and value co "bob"]', ["bob"]),
    ('emails[not (type eq "work")]', ["ada", "bob"]),
    ('emails[type eq "work" or primary eq true]', ["admin", "ada", "dé"]),
    ('phoneNumbers[type eq "work" and value sw "+44"]', ["cleo"]),
    ('addresses[type eq "work" and locality eq "Paris"]', []),
    ('groups[value eq "users"]', ACTIVE),
    # E-13: a value path whose part is compared
    ('emails[type eq "work"].value eq "ada@x.test"', ["ada"]),
    ('emails[type eq "work"].value eq "ada@home.test"', []),
    ('phoneNumbers[type eq "work"].value ne "7"', ["cleo"]),
    ('emails[primary eq true].value ew "@x.test"', ["ada", "dé"]),
    # qualified names, and E-19: an extension's attribute without its URN
    (f'{CORE}:userName eq "cleo"', ["cleo"]),
    (f'{CORE.upper()}:EMAILS.VALUE eq "ada@x.test"', ["ada"]),
    (f'{CORE}:emails[type eq "work"].value eq "ada@x.test"', ["ada"]),
    (f'{ENTERPRISE}:department eq "r&d"', ["ada"]),
    (f"{ENTERPRISE}:department pr", ["ada", "cleo"]),
    (f'{ENTERPRISE}:manager eq "M-9"', ["ada"]),
    (f'{ENTERPRISE}:manager.value eq "m-9"', []),
    ('manager eq "M-9"', ["ada"]),
    ('department sw "o"', ["cleo"]),
    # booleans and moments
    ("active eq false", ["bob"]),
    ("active ne true", ["bob"]),
    ("active pr", ALL),
    ('meta.created gt "2020-01-01T00:00:00Z"', ALL),
    ('meta.lastModified lt "2020-01-01T00:00:00.5+01:00"', []),
    ('meta.resourceType eq "User"', ALL),
    ('meta.resourceType eq "user"', []),
    ('meta.resourceType eq "Group"', []),
    ("meta pr", ALL),
    # the schemas of a resource, as an example of section 3.4.2.2 asks for them
    (f'schemas eq "{ENTERPRISE}"', ["ada", "cleo", "dé"]),
    (f'schemas ne "{ENTERPRISE}"', ["admin", "bob"]),
    (f'schemas eq "{CORE}"', ALL),
    ('schemas co ":enterprise:"', ["ada", "cleo", "dé"]),
    (f'schemas eq "{GROUP}"', []),
    ("schemas pr", ALL),
    ("schemas eq null", []),
    # logic: not binds tightest, then and, then or
    ('userName eq "cleo" or userName eq "ada@x.test" and active eq false', ["cleo"]),
    ('(userName eq "cleo" or userName eq "ada@x.test") and active eq true', ["ada", "cleo"]),
    ('not (userName eq "cleo" or title pr)', ["admin", "dé"]),
    ("NOT (title PR) AND nickName Pr", ["cleo"]),
    ('active eq true and not (emails[type eq "work"])', ["cleo"]),
    # any character, and none is special
    (r'displayName eq "say \"hi\" \\ there"', ["cleo"]),
    (r'userName eq "\u0063leo"', ["cleo"]),
    ('displayName co "[x] (y)"', ["dé"]),
    ('nickName co "%_"', ["cleo"]),
    ('nickName co "0_s"', []),
    ('userName sw "%"', []),
    ('userName eq "\' or 1=1 --"', []),
    ('userName eq ""', []),
    # E-14: a value without quotes
    ("userName eq cleo", ["cleo"]),
    ("externalId eq 00u-Ada", ["ada"]),
    ("employeeNumber eq 0042", ["ada"]),
    # what is no id is nobody's
    ('id eq "nobody"', []),
    ('id eq "01900000-0000-7000-8000-000000000000"', []),
    ("id pr", ALL),
]
"""By filter: who is found, in the order of their making."""

REFUSED = [
    *("", "  ", "garbage", "userName", "userName eq", 'userName eq "ada', 'userName is "ada"', 'userName eq "a" and'),
    *('(userName eq "a"', "not userName pr", 'userName eq "a" userName eq "b"', r'userName eq "\u0000"', '"a" eq "a"'),
    *('nothing eq "x"', 'name.nothing eq "x"', 'emails[nothing eq "x"]', 'urn:unknown:userName eq "x"'),
    *('name eq "Ada"', 'addresses eq "London"', 'userName[type eq "x"]', 'name[givenName eq "Ada"]'),
    *('emails[emails[type eq "work"]]', 'emails[type eq "work"].nothing eq "x"', 'emails[type eq "work"].value'),
    *("userName eq true", "title gt null", "active eq null and active gt true", "active gt true", 'active co "t"'),
    *(
        'active eq "yes"',
        'meta.created gt "yesterday"',
        'meta.created co "2020"',
        "meta.version pr",
        "meta.location pr",
    ),
    *('meta.created gt "0001-01-01T00:00:00+14:00"', 'meta.created lt "9999-12-31T23:59:59-14:00"', 'meta eq "x"'),
    *(f'x509Certificates.value {operator} "A"' for operator in ("gt", "ge", "lt", "le")),
    *('x509Certificates[value gt "A"]', 'x509Certificates ge "A"', "password pr", 'schemas[value eq "x"]'),
]
"""Filters that say nothing, or what no user has."""


@pytest.fixture
async def ids(scim, acme):
    """The ids of the people by name."""
    return {"admin": acme.admin.id} | {name: (await created(scim, body))["id"] for name, body in PEOPLE.items()}


async def found(client, text):
    answer = await client.get("/Users", params={"filter": text, "attributes": "id"})
    assert answer.status_code == 200, (text, answer.text)
    listed = answer.json()
    assert listed["totalResults"] == listed["itemsPerPage"] == len(listed["Resources"])
    return [user["id"] for user in listed["Resources"]]


async def test_a_filter_finds_exactly_whom_it_describes(scim, ids):
    names = {member_id: name for name, member_id in ids.items()}

    for text, expected in FOUND:
        assert [names[member_id] for member_id in await found(scim, text)] == expected, text


async def test_a_filter_that_cannot_be_decided_is_refused_and_shows_nobody(scim, ids):
    for text in REFUSED:
        answer = await scim.get("/Users", params={"filter": text})

        assert refusal(answer) == (400, "invalidFilter"), text
        assert "Resources" not in answer.json()


async def test_a_user_is_found_by_id_and_by_their_status_of_now(scim, ids):
    assert await found(scim, f'id eq "{ids["ada"]}"') == [ids["ada"]]
    assert await found(scim, f'id eq "{ids["ada"].upper()}"') == []
    assert await found(scim, f'id eq "{ids["ada"]}" and active eq false') == []

    await patch(scim, f"/Users/{ids['ada']}", {"op": "replace", "path": "active", "value": False})

    assert await found(scim, f'id eq "{ids["ada"]}" and active eq false') == [ids["ada"]]


async def test_a_user_is_found_by_the_moments_that_are_shown_of_them(scim, ids):
    for name in ("created", "lastModified"):
        moment = (await read(scim, f"/Users/{ids['cleo']}"))["meta"][name]
        local = datetime.fromisoformat(moment).astimezone(timezone(timedelta(hours=2))).isoformat()

        for text in (f'meta.{name} eq "{moment}"', f'meta.{name} eq "{local}"'):
            assert ids["cleo"] in await found(scim, text), text
        for text in (
            *(f'meta.{name} {operator} "{moment}"' for operator in ("ne", "lt", "gt")),
            *(f'meta.{name} {operator} "{moment[:-1]}999Z"' for operator in ("eq", "ge", "gt")),
        ):
            assert ids["cleo"] not in await found(scim, f'id eq "{ids["cleo"]}" and {text}'), text
        for text in (
            *(f'meta.{name} {operator} "{moment}"' for operator in ("le", "ge")),
            *(f'meta.{name} {operator} "{moment[:-1]}001Z"' for operator in ("ne", "le", "lt")),
            f'meta.{name} le "9999-12-31T23:59:59.999999Z"',
        ):
            assert ids["cleo"] in await found(scim, f'id eq "{ids["cleo"]}" and {text}'), text


async def test_nobody_of_another_organization_is_found(scim, ids, globex):
    for text in ("id pr", f'id eq "{globex.admin.id}"', 'userName sw "g@"', f'not (id eq "{ids["ada"]}")'):
        assert globex.admin.id not in await found(scim, text), text


async def test_what_a_lenient_filter_means_is_noted_and_by_the_letter_refused(scim, strict, services, acme, ids):
    # E-14, E-19, E-33
    notes = {
        "externalId eq 00u-Ada": "In the filter, 0••• without quotes was read as a text.",
        'manager eq "M-9"': f"manager was read as {ENTERPRISE}:manager.",
        'active eq "True" and userName sw "ada"': 'active: the text "True" was read as the boolean true.',
    }

    for text, note in notes.items():
        assert await found(scim, text) == [ids["ada"]]
        (request, *_) = await with_notes(services, acme)
        assert request.notes == (note,)

        assert refusal(await strict.get("/Users", params={"filter": text})) == (400, "invalidFilter")


async def test_a_refusal_says_what_is_wrong(scim):
    for text, detail in [
        ('dispalyName eq "Ada"', "A User has no attribute dispalyName to filter by."),
        ('active eq "5"', 'active is true or false, without quotes; it cannot equal the string "5".'),
        ('meta.created gt "soon"', "meta.created is a moment such as 2026-11-24T09:30:00Z; soon is none."),
        ("emails.primary gt true", "emails.primary is true or false; the operator gt does not apply to it."),
        ('x509Certificates gt "A"', "x509Certificates.value is binary; the operator gt does not apply to it."),
        ('name eq "Ada"', "name has sub-attributes; compare one of them."),
        ('userName eq "ada', "In the filter, the text from character 13 on has no closing quote."),
    ]:
        answer = await scim.get("/Users", params={"filter": text})

        assert answer.json()["detail"] == detail


async def test_a_filter_is_read_to_a_depth_and_a_length(scim, ids):
    deep = "(" * MAX_DEPTH + 'userName eq "cleo"' + ")" * MAX_DEPTH
    negated = "not (" * MAX_DEPTH + 'userName eq "cleo"' + ")" * MAX_DEPTH
    mixed = "id pr and (title pr or not (" * (MAX_DEPTH // 2) + 'userName ne "cleo"' + "))" * (MAX_DEPTH // 2)
    long = 'userName eq "cleo"'.ljust(MAX_LENGTH)

    assert await found(scim, deep) == await found(scim, negated) == await found(scim, long) == [ids["cleo"]]
    assert (await scim.get("/Users", params={"filter": mixed})).status_code == 200
    for text in (f"({deep})", f"not ({negated})", f"not ({mixed})", f"{long} ", "(" * 8000):
        assert refusal(await scim.get("/Users", params={"filter": text})) == (400, "invalidFilter")


async def test_a_filter_may_have_as_many_terms_as_it_has_room_for(scim, ids):
    for term in ('title eq "x"', "title eq x", 'emails[type eq "x"]', 'nickName co "x"', "not (id pr)"):
        terms = [term] * ((MAX_LENGTH - 30) // (len(term) + 4))

        assert await found(scim, " or ".join([*terms, 'userName eq "cleo"'])) == [ids["cleo"]], term
