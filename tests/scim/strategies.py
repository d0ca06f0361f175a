"""What a client might send, made up by Hypothesis: values, bodies, filters and paths, most of them a little wrong."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from .people import CORE, ENTERPRISE, GROUP, PATCH

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

NAMES = (
    *("userName", "externalId", "active", "name", "emails", "displayName", "title", "roles", "groups", "id", "meta"),
    *("schemas", "password", "addresses", "manager", "department", "x509Certificates", "members", "phoneNumbers"),
    *("nothing", "USERNAME", "name.givenName", "emails.value", "manager.value", "", "members.value", "meta.created"),
    *(ENTERPRISE, f"{ENTERPRISE}:manager.value", f"{CORE}:title", "urn:x:y", "urn:", "$ref", "op", "path", "value"),
)
PARTS = ("value", "type", "primary", "display", "$ref", "givenName", "familyName", "Value", "department", "nothing")
WORDS = (
    *(
        "",
        " ",
        "x",
        "work",
        "admin",
        "admins",
        "users",
        "True",
        "false",
        "null",
        "a@b.test",
        "5",
        "-0",
        "1e9",
        "%",
        "_",
    ),
    *("é", "e\u0301", "ß", "İ", "\u202e", "\ufeff", "日本", "\U0001f600", '"', "\\", "'", "\\u0000", "a\tb", "\x7f"),
    *(
        "\0",
        "\ud800",
        "\udfff x",
        "\ue000",
        "\x1b[31m",
        "a" * 257,
        "x" * 9000,
        "2026-01-01T00:00:00Z",
        '{"value":"Admin"}',
    ),
)
NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**70), 10**400, 0.1, -0.0, 1e308, float("inf"), float("nan"))

texts = st.sampled_from(WORDS) | st.text(max_size=6) | st.text(st.characters(categories=["Cc", "Cs", "Mn"]), max_size=3)
names = st.sampled_from(NAMES) | st.sampled_from(PARTS) | texts
scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def mostly(usual: st.SearchStrategy[Any], otherwise: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nine times out of ten the usual, so that what is built of several parts is often right as a whole."""
    # not the smallest number, which Hypothesis tries more often than its share
    return st.integers(0, 9).flatmap(lambda roll: otherwise if roll == 6 else usual)


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """A text or bytes, mostly as they were, else with a stretch left out, said twice, or replaced."""
    text = draw(whole)
    if draw(st.integers(0, 3)) != 2:
        return text
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    stretch = text[start:end]
    junk = draw(st.sampled_from(('"', "[", "]", "(", ")", " ", ".", ":", "\\", "and", "not (", "\0", "\ud800", "é")))
    junk = junk.encode(errors="surrogatepass") if isinstance(text, bytes) else junk
    return text[:start] + draw(st.sampled_from((text[:0], stretch * 2, junk, stretch + junk))) + text[end:]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_literals = mostly(
    st.sampled_from(('"a@x.test"', '"work"', '"Dr"', '"subject@x.test"', '"2026-01-01"', '""', "bare", "null")),
    st.sampled_from(("true", "5", "1.5", '"', "[]")) | texts.map(_quoted) | texts,
)
_operators = mostly(
    st.sampled_from(("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ")), st.sampled_from(("in", "", "pr"))
)


def _comparison(name: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.tuples(name, _operators, _literals).map(" ".join)
        | name.map("{} pr".format)
        | st.builds(
            "{} eq {}".format, st.sampled_from(("active", "primary")), st.sampled_from(("true", "False", '"True"'))
        )
    )


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{} {} {}".format, inner, st.sampled_from(("and", "or", "AND")), inner) | inner.map(
        lambda each: f"not ({each})"
    )


_known = st.sampled_from(("userName", "externalId", "id", "title", "emails", "emails.type", "name.givenName"))
_parts = mostly(st.sampled_from(("value", "type", "primary", "display")), st.sampled_from(PARTS))
_in_elements = st.recursive(_comparison(_parts), _joined, max_leaves=3)
_elements = st.builds(
    "{}[{}]".format,
    mostly(st.sampled_from(("emails", "roles", "members")), st.sampled_from(("groups", "name", "x"))),
    _in_elements,
)
_terms = (
    _comparison(mostly(_known, names))
    | _elements
    | st.builds("{}.value {} {}".format, _elements, _operators, _literals)
)
filters = damaged(st.recursive(_terms, _joined, max_leaves=4))
paths = damaged(mostly(_known, names) | _elements | st.builds("{}.{}".format, _elements, _parts))

_lines = st.sampled_from([word for word in WORDS if word.isprintable() and 0 < len(word) < 256 and "@" not in word])
_many = st.lists(
    st.fixed_dictionaries(
        {"value": _lines}, optional={"type": _lines, "primary": st.booleans() | st.just("True"), "display": _lines}
    ),
    max_size=3,
)
_right = {"userName": _lines, "externalId": _lines, "title": _lines, "active": st.booleans() | st.just("false")}
_right |= {name: _many for name in ("emails", "roles", "phoneNumbers", "ims")}
_right["name"] = st.dictionaries(st.sampled_from(("givenName", "familyName", "formatted")), _lines)
_right[ENTERPRISE] = st.fixed_dictionaries({}, optional={"department": _lines, "manager": _lines})
users = st.builds(
    lambda known, more: {"schemas": [CORE, ENTERPRISE], "userName": "new@x.test"} | known | more,
    st.fixed_dictionaries({}, optional={name: mostly(right, values) for name, right in _right.items()}),
    mostly(st.just({}), st.dictionaries(names, values, max_size=2)),
)
groups = st.builds(
    lambda members, more: {"schemas": [GROUP], "displayName": "Users", "members": members} | more,
    values,
    st.dictionaries(names, values, max_size=2),
)
_operations = st.fixed_dictionaries(
    {"op": mostly(st.sampled_from(("add", "replace", "remove", "Add", "Replace")), values)},
    optional={"path": mostly(paths, values), "value": mostly(_lines | _many | users, values)},
)
patches = st.fixed_dictionaries(
    {
        "schemas": mostly(st.just([PATCH]), values),
        "Operations": mostly(st.lists(_operations, min_size=1, max_size=3), values),
    }
)
_queried = st.fixed_dictionaries(
    {},
    optional={
        "filter": mostly(filters, texts),
        "sortBy": names | paths,
        "sortOrder": st.sampled_from(("ascending", "DESCENDING", "up", "")),
        "startIndex": mostly(st.sampled_from((1, 2, "1", "", "x")), st.sampled_from(NUMBERS) | st.integers()),
        "count": mostly(st.sampled_from((0, 5, "5", "", "٣")), st.sampled_from(NUMBERS) | st.integers()),
        "cursor": mostly(st.just(""), texts | st.binary(max_size=9).map(bytes.hex)),
        "attributes": names | st.lists(names, max_size=3).map(",".join),
        "excludedAttributes": names | st.lists(names, max_size=3).map(",".join),
    },
)
queries = _queried.map(lambda query: {name: str(value) for name, value in query.items()})
searches = _queried.flatmap(
    lambda query: st.fixed_dictionaries(
        {"schemas": st.just([SEARCH])}, optional={name: mostly(st.just(value), values) for name, value in query.items()}
    )
)


bulks = st.fixed_dictionaries(
    {
        "schemas": mostly(st.just([BULK]), values),
        "Operations": mostly(
            st.lists(
                st.fixed_dictionaries(
                    {"method": mostly(st.sampled_from(("POST", "PUT", "PATCH", "DELETE")), values)},
                    optional={
                        "path": mostly(
                            st.sampled_from(("/Users", "/Users/{id}", "/Groups/users", "/Users/bulkId:1")),
                            paths | values,
                        ),
                        "bulkId": mostly(st.sampled_from(("1", "2")), values),
                        "version": mostly(st.just('W/"1"'), values),
                        "data": mostly(users | patches | st.just({"userName": "bulkId:1"}), values),
                    },
                ),
                min_size=1,
                max_size=4,
            ),
            values,
        ),
    },
    optional={"failOnErrors": mostly(st.integers(0, 3), values)},
)


def encoded(query: dict[str, str]) -> str:
    """As a query string, surrogates and all."""
    return "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name, value in query.items())


def written(document: Any) -> bytes:
    """As JSON, surrogates and all."""
    return json.dumps(document).encode()


_RAW = (
    b"\xed\xa0\x80",
    b"\xff",
    b"\xc0\x80",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\\u0000",
    b"\0",
    b"[" * 5000,
    b"1" * 5000,
    b"NaN",
)

bodies = damaged((users | groups | patches | searches | bulks | values).map(written)) | st.builds(
    lambda document, raw, at: (whole := written(document))[: at % len(whole)] + raw + whole[at % len(whole) :],
    users | patches,
    st.sampled_from(_RAW),
    st.integers(0, 200),
)

_segments = st.sampled_from(
    ("Users", "Groups", "users", "admins", ".search", "Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig")
) | st.sampled_from((CORE, "User", "%00", "%ff", "%", "%zz", "%2F", "..", "", "%ED%A0%80", "a" * 9000, "%C3%A9", "?"))
addresses = st.lists(_segments | texts.map(lambda each: quote(each, errors="surrogatepass")), max_size=4).map("/".join)
_raw_parameters = st.sampled_from(
    (
        "filter",
        "filter=",
        "=",
        "&",
        "%00=1",
        "filter=%ff",
        "filter=%",
        "count=%31",
        "aadOptscim062020",
        "x=" + "y" * 9000,
    )
) | queries.map(encoded)
collections = st.sampled_from(("/Users", "/Users", "/Groups"))
query_strings = st.lists(_raw_parameters, max_size=4).map("&".join)
_asked = [("GET", "Users"), ("POST", "Users"), ("GET", "Groups"), ("PUT", "Groups/users"), ("PATCH", "Groups/users")]
_asked += [(method, "Users/{id}") for method in ("GET", "PUT", "PATCH", "DELETE")]
_asked += [("POST", path) for path in (".search", "Users/.search", "Bulk")]
targets = mostly(
    st.sampled_from(_asked),
    st.tuples(st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")), addresses),
)

_header_texts = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)
_tags = ('W/"1"', '"1"', "*", "W/", '"', 'W/"' + "9" * 99 + '"', 'W/"-1"', 'W/"1", W/"2"', ",", 'W/"x"', 'W/"\xb2"')
headers = st.fixed_dictionaries(
    {},
    optional={
        "if-match": mostly(st.sampled_from(_tags), _header_texts),
        "if-none-match": mostly(st.sampled_from(_tags), _header_texts),
        "content-type": mostly(
            st.sampled_from(("application/scim+json", "application/json; charset=utf-16", "", ";", "a/b")),
            _header_texts,
        ),
        "content-length": st.sampled_from(("0", "-1", "9" * 30, "x", "\xb2")),
        "content-encoding": st.sampled_from(("gzip", "identity", "")),
        "accept": _header_texts,
        "user-agent": _header_texts | st.just("x" * 9000),
    },
)
