"""The attribute table: every attribute of User, EnterpriseUser and Group (RFC 7643 sections 3 and 4).

/Schemas is printed from it, and validation, filters, PATCH paths and projection go by it.
"""

from rollbook.domain.documents import ENTERPRISE
from rollbook.scim.attributes import (
    Attribute,
    AttributeType,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    Uniqueness,
)

ENTERPRISE_URN = ENTERPRISE
USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group"

_READ_ONLY = Mutability.READ_ONLY
_REFERENCE = AttributeType.REFERENCE
_COMPLEX = AttributeType.COMPLEX

_ID = Attribute(
    "id",
    "The resource's identifier, given by Rollbook; it never changes and is never used again.",
    case_exact=True,
    mutability=_READ_ONLY,
    returned=Returned.ALWAYS,
    uniqueness=Uniqueness.SERVER,
)
_SCHEMAS = Attribute(
    "schemas",
    "The schemas that the resource uses.",
    _REFERENCE,
    multi_valued=True,
    case_exact=True,
    mutability=_READ_ONLY,
    returned=Returned.ALWAYS,
    published=False,
)
_META = Attribute(
    "meta",
    "What Rollbook knows about the resource as such.",
    _COMPLEX,
    mutability=_READ_ONLY,
    published=False,
    sub_attributes=(
        Attribute("resourceType", "The kind of resource.", case_exact=True, mutability=_READ_ONLY),
        Attribute("created", "When the resource was created.", AttributeType.DATE_TIME, mutability=_READ_ONLY),
        Attribute("lastModified", "When it last changed.", AttributeType.DATE_TIME, mutability=_READ_ONLY),
        Attribute("location", "The resource's address.", _REFERENCE, case_exact=True, mutability=_READ_ONLY),
        Attribute("version", "The resource's entity tag.", case_exact=True, mutability=_READ_ONLY),
    ),
)


def _many(
    name: str,
    description: str,
    value: Attribute,
    types: tuple[str, ...] = (),
) -> Attribute:
    """A multi-valued attribute with the sub-attributes of RFC 7643 section 2.4."""
    return Attribute(
        name,
        description,
        _COMPLEX,
        multi_valued=True,
        sub_attributes=(
            value,
            Attribute("display", "The value as a person would read it."),
            Attribute("type", "What the value is for.", canonical_values=types),
            Attribute("primary", "Whether this is the preferred one; at most one is.", AttributeType.BOOLEAN),
        ),
    )


_NAME = Attribute(
    "name",
    "The person's name in its parts.",
    _COMPLEX,
    sub_attributes=(
        Attribute("formatted", "The whole name as it is written."),
        Attribute("familyName", "The family name, or last name."),
        Attribute("givenName", "The given name, or first name."),
        Attribute("middleName", "The middle names."),
        Attribute("honorificPrefix", "What stands before the name, such as a title."),
        Attribute("honorificSuffix", "What stands after the name, such as a suffix."),
    ),
)
_ADDRESSES = Attribute(
    "addresses",
    "The person's postal addresses.",
    _COMPLEX,
    multi_valued=True,
    sub_attributes=(
        Attribute("formatted", "The whole address as it is written on a letter."),
        Attribute("streetAddress", "Street, house number and what belongs to them."),
        Attribute("locality", "The city or locality."),
        Attribute("region", "The state or region."),
        Attribute("postalCode", "The postal code."),
        Attribute("country", "The country, as an ISO 3166-1 alpha-2 code."),
        Attribute("type", "What the address is for.", canonical_values=("work", "home", "other")),
        Attribute("primary", "Whether this is the preferred address.", AttributeType.BOOLEAN),
    ),
)
_GROUPS = Attribute(
    "groups",
    "The groups that the person is in; changed through the groups.",
    _COMPLEX,
    multi_valued=True,
    mutability=_READ_ONLY,
    sub_attributes=(
        Attribute("value", "The group's id.", case_exact=True, mutability=_READ_ONLY),
        Attribute(
            "$ref",
            "The group's address.",
            _REFERENCE,
            case_exact=True,
            mutability=_READ_ONLY,
            reference_types=("Group",),
        ),
        Attribute("display", "The group's name.", mutability=_READ_ONLY),
        Attribute("type", "How the person is in it.", mutability=_READ_ONLY, canonical_values=("direct",)),
    ),
)

USER_SCHEMA = Schema(
    USER_URN,
    "User",
    "A person's membership in the organization.",
    (
        _SCHEMAS,
        _ID,
        Attribute(
            "externalId",
            "The provisioning client's own identifier of the person.",
            case_exact=True,
            uniqueness=Uniqueness.SERVER,
        ),
        Attribute(
            "userName",
            "The name by which the identity provider knows the person, mostly an e-mail address.",
            required=True,
            uniqueness=Uniqueness.SERVER,
        ),
        _NAME,
        Attribute("displayName", "The name by which the person is listed."),
        Attribute("nickName", "What the person is called in everyday life."),
        Attribute("profileUrl", "A page about the person.", _REFERENCE, case_exact=True, reference_types=("external",)),
        Attribute("title", "The person's position, such as Vice President."),
        Attribute("userType", "The kind of relation to the organization, such as Contractor."),
        Attribute("preferredLanguage", "Preferred languages, as in the HTTP header Accept-Language."),
        Attribute("locale", "The locale for numbers, dates and currency, such as en-US."),
        Attribute("timezone", "The time zone, such as Europe/Rome."),
        Attribute("active", "Whether the person has access. Without access nothing is lost.", AttributeType.BOOLEAN),
        # E-34: a validator asks every attribute of /Schemas back, and a password is accepted but never kept
        Attribute(
            "password",
            "Accepted and dropped; Rollbook keeps no passwords.",
            case_exact=True,
            mutability=Mutability.WRITE_ONLY,
            returned=Returned.NEVER,
            published=False,
        ),
        _many("emails", "E-mail addresses.", Attribute("value", "The address."), ("work", "home", "other")),
        _many(
            "phoneNumbers",
            "Telephone numbers.",
            Attribute("value", "The number."),
            ("work", "home", "mobile", "fax", "pager", "other"),
        ),
        _many(
            "ims",
            "Instant messaging addresses.",
            Attribute("value", "The address."),
            ("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        ),
        _many(
            "photos",
            "Pictures of the person.",
            Attribute("value", "The picture's address.", _REFERENCE, case_exact=True, reference_types=("external",)),
            ("photo", "thumbnail"),
        ),
        _ADDRESSES,
        _GROUPS,
        _many("entitlements", "What the person is entitled to.", Attribute("value", "The entitlement.")),
        _many(
            "roles",
            "The person's roles. The values admin and user grant that role in Rollbook; others are only kept.",
            Attribute("value", "The role."),
        ),
        _many(
            "x509Certificates",
            "The person's certificates.",
            Attribute("value", "The certificate, DER in base64.", AttributeType.BINARY, case_exact=True),
        ),
        _META,
    ),
)

ENTERPRISE_SCHEMA = Schema(
    ENTERPRISE_URN,
    "EnterpriseUser",
    "What organizations record about the people who work for them.",
    (
        Attribute("employeeNumber", "The number that the organization gave the person."),
        Attribute("costCenter", "The cost center."),
        Attribute("organization", "The organization's name."),
        Attribute("division", "The division."),
        Attribute("department", "The department."),
        Attribute(
            "manager",
            "The person's manager.",
            _COMPLEX,
            sub_attributes=(
                Attribute("value", "The id of the manager's User.", case_exact=True),
                Attribute(
                    "$ref", "The address of the manager's User.", _REFERENCE, case_exact=True, reference_types=("User",)
                ),
                Attribute("displayName", "The manager's name."),
            ),
        ),
    ),
    is_extension=True,
)

GROUP_SCHEMA = Schema(
    GROUP_URN,
    "Group",
    "One of the two groups Admins and Users; being in it is holding that role.",
    (
        _SCHEMAS,
        _ID,
        # E-35, E-47: clients send one; Rollbook's groups have fixed identities and keep none. E-20: Entra maps it
        Attribute("externalId", "Accepted and dropped.", case_exact=True, mutability=_READ_ONLY),
        Attribute("displayName", "The group's name, which cannot be changed.", mutability=_READ_ONLY),
        Attribute(
            "members",
            "The people in the group.",
            _COMPLEX,
            multi_valued=True,
            sub_attributes=(
                Attribute("value", "The id of the member's User.", case_exact=True, mutability=Mutability.IMMUTABLE),
                Attribute(
                    "$ref",
                    "The address of the member's User.",
                    _REFERENCE,
                    case_exact=True,
                    mutability=Mutability.IMMUTABLE,
                    reference_types=("User",),
                ),
                Attribute("display", "The member's name.", mutability=_READ_ONLY),
                Attribute("type", "The kind of member.", mutability=Mutability.IMMUTABLE, canonical_values=("User",)),
            ),
        ),
        _META,
    ),
)

USER = ResourceType("User", "/Users", "A person's membership in the organization.", USER_SCHEMA, (ENTERPRISE_SCHEMA,))
GROUP = ResourceType("Group", "/Groups", "The groups Admins and Users.", GROUP_SCHEMA)

RESOURCE_TYPES = (USER, GROUP)
SCHEMAS = (USER_SCHEMA, ENTERPRISE_SCHEMA, GROUP_SCHEMA)
