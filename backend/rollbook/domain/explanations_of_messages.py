"""Refusals of what a message says: its form, its filter or path, and the values in it.

Facts about identity providers are cited by their ids.
"""

from collections.abc import Sequence

from rollbook.domain.explanations import Rule, of_client, of_mappings, of_strict

_NAME = r"(?P<attribute>[^\s;]+)"
_WRONG_FORM = "for {attribute}: another attribute of the directory, or an expression, gives it the right form."
_WRONG_VALUE = "for {attribute}, and see which value the person has there."

FORM: Sequence[Rule] = (
    of_client(r"The body is not JSON", "The body is not JSON, so that nothing of it can be read."),
    of_client(r"The request has no body", "The request needs a body and came without one."),
    of_client(r"The body must be a JSON object", "The body is JSON, but not an object with attributes."),
    of_client(r"The body is nested more than", "The body is nested deeper than any message of SCIM is."),
    Rule(
        r"A body in Content-Encoding (?P<encoding>\S+)",
        "The body was compressed ({encoding}), which SCIM clients do not do by themselves.",
        "Let the proxy between the client and Rollbook send bodies as they are.",
    ),
    of_client(
        r"A body of type (?P<type>\S+) cannot be read",
        "The header Content-Type says {type}, and a body of SCIM is JSON.",
        "Send it as application/scim+json.",
    ),
    of_client(
        r"(?P<method>\S+) is not possible here; possible: (?P<allowed>.+)\.",
        "The address exists, but not for {method}; it takes {allowed}.",
    ),
    of_client(
        r".+ not supported; send single requests", "Rollbook does not have this part of SCIM, as /Schemas tells."
    ),
    of_client(
        r"Discovery cannot be filtered", "The description of Rollbook was asked for with a filter (RFC 7644, 4)."
    ),
    of_strict(r"schemas (?:names|must be an array with)", "The attribute schemas does not name the right schemas."),
    of_client(
        r"Operations must be an array|Operation \S+ must be an object|Operation \S+: (?:op|path) must be",
        "The list of operations has not the form that RFC 7644 gives it.",
    ),
    of_client(r"Operation \S+: \S+ needs a value", "An operation says what to change and not what it shall become."),
    of_strict(r"Operation \S+: the path is empty", "An operation has a path without a character."),
    of_strict(
        r"A remove takes no value", "A remove came with a value, which RFC 7644 does not have: it says what in a path."
    ),
    of_client(r"A remove needs a path", "An operation removes something and does not say what."),
    of_client(
        r"(?:With a schema as its path|Without a path) (?:an operation|the value)",
        "An operation without a path needs an object of attributes as its value, and came with something else.",
    ),
)
"""The body, its type, and the operations in it."""

BULK: Sequence[Rule] = (
    of_client(
        r"failOnErrors must be|method is missing|path is missing|bulkId is missing|data is missing|The bulkId|"
        r"The method \S+ cannot stand|\S+ cannot stand in a bulk request",
        "An operation of a bulk request has not the form that RFC 7644 section 3.7 gives it.",
    ),
    of_client(
        r"bulkId:\S+: no operation of this request creates it",
        "An operation refers to an object that no operation of the request makes.",
    ),
    Rule(
        r"bulkId:\S+: the operation that should have|the request was ended by failOnErrors",
        "It depends on another operation of the same request, which was refused.",
        "Mend the other operation: its entry stands beside this one.",
    ),
    Rule(
        r"Created, but not with all that refers",
        "The object was made, but what refers to other objects of the request could not be written: they were refused.",
        "Mend the other operations: their entries stand beside this one.",
    ),
)
"""Bulk requests, of which each operation has an entry of its own."""

FILTERS: Sequence[Rule] = (
    of_client(
        r"(?:.+: )?[Aa] \S+ has no (?:such attribute|attribute \S+ to filter by)",
        "The filter or path names an attribute that Rollbook does not have. A wider answer could link the wrong "
        "person.",  # C-27, C-28
        "If the attribute stands in an attribute mapping or as the attribute to match by, choose one that /Schemas "
        "lists.",
    ),
    of_client(
        r"(?:.+: )?\S+ has no sub-attribute",
        "The filter or path names a part of an attribute that the attribute does not have.",
        "If it stands in an attribute mapping, choose one that /Schemas lists.",
    ),
    of_client(
        r"(?:.+: )?(?:\S+ has sub-attributes; compare|\S+ cannot be filtered by|Groups are filtered by|Members are "
        r"chosen by|The filter asks)",
        "The filter asks for something by which Rollbook cannot look.",
    ),
    of_client(
        r"(?:.+: )?\S+ is (?:.+; the operator|true or false, without quotes|a text; it cannot be compared|a moment)",
        "The filter compares an attribute with a value of another kind.",
    ),
    of_client(
        r"(?:.+: )?\S*\[ \] cannot stand|.+ has no elements, so",
        "The filter or path looks for one value among several, in an attribute that has only one.",
    ),
    of_client(
        r"(?:.+: )?(?:The|In the) (?:filter|path)",
        "The filter or path is not written as RFC 7644 section 3.4.2.2 says.",
        "A value of the person may have a double quote or a backslash in it, which has to be escaped.",
    ),
    of_client(r"The query has two filters", "The address has two filters, and only one of them could be obeyed."),
    of_client(
        r".+: the path's filter chooses none",
        "The path leads to a value that the member does not have, such as an address of a type that they have none of, "
        "and does not say what a new one would be.",
    ),
)
"""Filters of searches and paths of operations. A filter that is not understood is refused, never ignored."""

PAGES: Sequence[Rule] = (
    of_client(
        r"startIndex and cursor|sortOrder must be|sortBy: |\S+ must be an integer|\S+ must be an array of attribute|"
        r"cursor: a search|The query cannot be read",
        "The search asks for an order or a page in a way that cannot be understood.",
    ),
    Rule(
        r"The cursor is (?:not one of|older than)",
        "The client wanted to go on with a search that it had begun too long ago, or with another one.",
        "Let the client begin the search anew.",
    ),
)
"""How a search is paged and ordered."""

VALUES: Sequence[Rule] = (
    of_mappings(
        r"userName is required",
        "The person came without a userName, by which they are recognized.",
        "for userName: the person has no value in the attribute that it is taken from. Give them one, or choose "
        "another.",
    ),
    of_mappings(
        rf"{_NAME} is blank",
        "The value of {attribute} has spaces only.",
        _WRONG_VALUE,
    ),
    of_mappings(
        rf"{_NAME} has (?P<found>\S+) characters; at most (?P<most>\S+)",
        "The value of {attribute} has {found} characters, and {most} are the most that are kept.",
        _WRONG_VALUE,
    ),
    of_mappings(
        r"(?P<attribute>.+?) holds .*(?:a control character|the character U\+0000)",
        "The value of {attribute} has a character in it that cannot be seen and cannot be kept.",
        "for {attribute}, and type the person's value in the directory anew: such characters come by copying.",
    ),
    of_mappings(
        r"A text contains NUL",
        "A value has a character in it that cannot be kept: NUL, or half of a pair of characters.",
        "for the values of this person, and type them in the directory anew.",
    ),
    of_mappings(
        rf"{_NAME} must be true or false", "{attribute} is a yes or no, and something else was sent.", _WRONG_FORM
    ),
    of_mappings(
        rf"{_NAME} must be (?:an array|an object with)",
        "{attribute} has several values or parts, and came as a single one.",
        _WRONG_FORM,
    ),
    of_strict(rf"{_NAME} must be base64", "{attribute} must be base64, and is not."),
    of_strict(rf"{_NAME} has \S+ primary values", "Several values of {attribute} are primary, and one can be."),
    of_mappings(rf"{_NAME} must be a string", "{attribute} is a text, and came as something else.", _WRONG_FORM),
    of_mappings(r"'.*' is not an e-mail address", "The e-mail address is none.", "for emails."),
    of_client(
        r"\S+\[\S+\](?:\.value)? must be|\S+ must be an object whose value",
        "A member of the group came without the id of a User.",
    ),
    of_strict(r".+ has no attribute \S+; ", "The body has an attribute that no schema of Rollbook has."),
    Rule(
        rf"{_NAME} is read-only",
        "{attribute} is decided by Rollbook, so that no client can change it.",
        "Leave {attribute} out of what is sent.",
        okta="In Okta, take {attribute} out of the app's Provisioning > To App > Attribute Mappings.",
        entra="In Entra, take {attribute} out of the app's Provisioning > Attribute mapping.",
    ),
    Rule(
        rf"{_NAME} cannot be removed",
        "{attribute} must always have a value.",
        "Let the client send a value for {attribute} instead of removing it.",
        okta="In Okta, see that {attribute} has a value for every person in the app's Attribute Mappings.",
        entra="In Entra, give {attribute} a default value in the app's Attribute mapping.",
    ),
    of_client(
        r"schemas follow from the attributes|A member cannot be changed|\S+ cannot be changed; add and remove",
        "The request changes something that follows from other things.",
    ),
    of_strict(r"The name of \S+ cannot be changed", "The request renames a group, whose name is fixed."),
)
"""The values of attributes."""

RULES: Sequence[Rule] = (*FORM, *BULK, *PAGES, *VALUES, *FILTERS)
"""All of them; the first that knows a text explains it."""
