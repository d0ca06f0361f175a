"""Requests made up by chance, for tests that need many of them."""

import random

from .people import CORE, ENTERPRISE, PATCH

NAMES = [
    *("userName", "externalId", "active", "name", "emails", "displayName", "title", "roles", "groups", "id", "meta"),
    *(
        "schemas",
        "password",
        "addresses",
        "manager",
        "department",
        "x509Certificates",
        "nothing",
        "USERNAME",
        "members",
    ),
    *("name.givenName", "emails.value", "", ENTERPRISE, f"{ENTERPRISE}:manager.value", f"{CORE}:title", "urn:x:y"),
]
PARTS = ["value", "type", "primary", "display", "$ref", "givenName", "familyName", "Value", "department"]
PATHS = [
    *NAMES,
    *('emails[type eq "work"]', 'emails[type eq "work"].value', "emails[primary eq true].value", "emails[", "emails]"),
    *('emails[type eq "work" or value pr].primary', 'addresses[type eq "home"].locality', 'name[givenName eq "x"]'),
    *("emails[type eq ].x", 'members[value eq "x"]', 'members[value eq "x" or value eq "y"]', "members.value", '"'),
    *('emails[not (type eq "x")].type', 'roles[primary eq "True"].value', 'groups[value eq "admins"]', "x" * 9000),
    *("emails[value gt 5]", r'emails[type eq "\u0000"]', "((((", ENTERPRISE, CORE),
]
FILTERS = [
    *('userName eq "a1@x.test"', 'emails[type eq "work"]', 'emails[type eq "work"].value eq "x"', "active eq true"),
    *('active eq "True"', 'id eq "x"', r'id eq "\u0000"', "externalId eq null", "title pr", 'not (userName eq "x")'),
    *("( active eq true )", 'emails eq "a"', "emails.primary eq true", 'emails[primary eq true].value eq "x"', '"'),
    *('emails[display eq "x" and value eq "y"]', 'displayName eq "é"', "userName eq 5", 'members eq "x"', "]", "and"),
    *('displayName co "A"', 'meta.created gt "2020"', 'emails[value eq "x" and emails[type eq "x"]]', "\U0001f600"),
]
SCALARS = [
    *(None, True, False, "True", "false", "", 0, -1, 1.5, 2**70, "x", "a@b.test", "é", "e\u0301", "\u0000", "\u202e"),
    *("a" * 300, "work", '{"value":"Admin"}', "admin", "admins", "users"),
]
QUERIES = {
    "attributes": ["", "userName,emails.value", "x", "members.value,id", ENTERPRISE, "meta"],
    "excludedAttributes": ["", "emails,name.givenName", "members", "meta.location", f"{ENTERPRISE}:manager"],
    "startIndex": ["", "1", "-4", "9" * 20, "x", "2"],
    "count": ["", "0", "5", "-1", "9" * 20],
}


class Chance(random.Random):
    """Makes up requests."""

    def value(self, depth=0):
        kind = self.random()
        if kind < 0.5 or depth > 3:
            return self.choice(SCALARS)
        if kind < 0.75:
            return [self.value(depth + 1) for _ in range(self.randint(0, 3))]
        return {self.choice(PARTS + NAMES): self.value(depth + 1) for _ in range(self.randint(0, 4))}

    def resource(self):
        body = {self.choice(NAMES): self.value() for _ in range(self.randint(0, 4))}
        return {"schemas": [CORE], **body, "userName": f"user{self.randint(0, 30)}@x.test"}

    def operation(self):
        operation = {"op": self.choice(["add", "replace", "remove", "Add", "Replace", "move"])}
        if self.random() < 0.8:
            operation["path"] = self.choice(PATHS)
        if self.random() < 0.9:
            operation["value"] = self.value()
        return operation

    def patch(self):
        operations = [self.operation() for _ in range(self.choice([1, 1, 1, 2, 3]))]
        return {"schemas": [PATCH], "Operations": operations}

    def query(self):
        query = {name: self.choice(values) for name, values in QUERIES.items() if self.random() < 0.5}
        joined = self.choice([" and ", " or ", " "]).join(self.choice(FILTERS) for _ in range(self.randint(1, 3)))
        return query | ({"filter": joined} if self.random() < 0.8 else {})
