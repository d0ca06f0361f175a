"""Which ways out there are, by the settings."""

import pytest

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.bundle import Gateways
from rollbook.gateways.opening import open_gateways
from rollbook.settings import Outside

from .browsing import an_authorization, sign_in


async def test_a_host_that_is_not_listed_is_not_reached(idp):
    gateways = open_gateways(Outside())

    with pytest.raises(ProviderFailed, match="https URL"):
        await gateways.openid.authorization_url(idp.party(), an_authorization())

    assert idp.seen == []


async def test_a_listed_host_is_reached(idp):
    gateways = open_gateways(Outside(private_hosts=idp.private_hosts))

    assert isinstance(gateways, Gateways)
    assert (await sign_in(idp, gateways.openid)).subject == "subject-of-ada"


def test_mail_is_sent_only_through_a_server_that_was_set():
    assert open_gateways(Outside()).mailer is None
    assert open_gateways(Outside(smtp_url="smtp://localhost:25", mail_from="a@example.com")).mailer is not None
