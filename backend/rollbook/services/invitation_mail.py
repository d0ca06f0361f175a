"""The mail that brings somebody the link of their invitation."""

from datetime import datetime

from rollbook.domain.invitations import Invitation
from rollbook.gateways.bundle import Mail

_MAX_IN_SUBJECT = 60


def invitation_mail(invitation: Invitation, organization: str, link: str) -> Mail:
    """What the invited person reads: who invites them, where to, the link, and how long it works."""
    inviter, organization = _on_one_line(invitation.invited_by), _on_one_line(organization)
    greeting = "Hello," if not invitation.name else f"Hello {_on_one_line(invitation.name)},"
    return Mail(
        to=invitation.email,
        subject=f"You are invited to join {_shortened(organization)} on Rollbook",
        text=f"""{greeting}

{inviter} invites you to join {organization} on Rollbook.

Open this link to accept:

{link}

The link works once, until {_told(invitation.expires_at)}. It is for you only: do not pass it on, since whoever opens it
joins in your place. If it has expired, ask for a new one.

If you did not expect this invitation, you can ignore this message; nothing happens unless you open the link.
""",
    )


def _on_one_line(text: str) -> str:
    """The text as one line, so that a name cannot pass for a part of the message."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_IN_SUBJECT else f"{text[: _MAX_IN_SUBJECT - 1]}…"


def _told(moment: datetime) -> str:
    """A moment as people read it, with its time zone, which a mail server elsewhere cannot know."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
