"""Opens the gateways that the settings describe."""

from rollbook.gateways.bundle import Gateways
from rollbook.gateways.dns import DnsResolver
from rollbook.gateways.guarded_http import GuardedHttp
from rollbook.gateways.mail import SmtpMailer
from rollbook.gateways.openid import HttpOpenIdProvider
from rollbook.settings import Outside


def open_gateways(outside: Outside) -> Gateways:
    """The ways out of this installation. Nothing is reached, and nothing held open, before it is used."""
    mailer = None
    if outside.smtp_url is not None and outside.mail_from is not None:
        mailer = SmtpMailer(outside.smtp_url, outside.mail_from)
    return Gateways(
        openid=HttpOpenIdProvider(GuardedHttp(outside.private_hosts)), resolver=DnsResolver(), mailer=mailer
    )
