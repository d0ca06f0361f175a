"""How a sign-in is refused: with a problem, and a text for people. What is logged of it names nobody but by id."""

from collections.abc import Mapping

from rollbook.domain.errors import SignInRefused
from rollbook.domain.sso import SignInProblem

P = SignInProblem
_TEXTS: Mapping[SignInProblem, str] = {
    P.ACCESS_ENDED: "Your access to this organization has ended. Ask one of its admins to let you in again.",
    P.ATTEMPT_EXPIRED: "This sign-in is over, or another one was begun after it. Begin it anew.",
    P.CANCELLED: "The sign-in was cancelled, or the identity provider did not let you through.",
    P.EMAIL_NOT_VERIFIED: "The identity provider does not say that your e-mail address was verified.",
    P.NOT_A_MEMBER: "You are not a member of this organization. Ask one of its admins to add you.",
    P.NOT_LINKED: "Your e-mail address belongs to a member, but nothing proves that it is you. Sign in as you did "
    "before, and connect your account with single sign-on then.",
    P.NO_ROLE: "You have no role in this organization. Ask one of its admins.",
    P.NO_SSO: "There is no such organization, or it has no single sign-on.",
    P.OTHER_IDENTITY: "This member signs in as somebody else at the identity provider. "
    "An admin of the organization can disconnect the two.",
    P.PROVIDER_FAILED: "The identity provider could not be reached, or what it answered was not valid.",
    P.SSO_REQUIRED: "This organization signs in through its identity provider only. Use single sign-on.",
    P.STEP_UP_FAILED: "The identity provider did not say that you have shown anew who you are.",
}

INVITE_INSTEAD = (
    "Your e-mail address belongs to an account outside this organization. Ask one of its admins to invite you."
)


def refused(problem: SignInProblem, message: str | None = None) -> SignInRefused:
    """The refusal with the problem's own text, or with one that says more."""
    return SignInRefused(message or _TEXTS[problem], problem=problem)
