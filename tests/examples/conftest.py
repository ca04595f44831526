"""Who plays Stripe: localstripe as far as it goes, and a script of its documentation beyond."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from examples.stripe_gateway import StripeGateway
from tests.servers.localstripe import LocalStripe, local_stripe
from tests.servers.scripted_stripe import SECRET, ScriptedStripe, scripted_stripe


@pytest.fixture(scope="session")
def localstripe() -> Iterator[LocalStripe]:
    """A localstripe of this test process."""
    with local_stripe() as server:
        yield server


@pytest.fixture
def script() -> Iterator[ScriptedStripe]:
    """A scripted Stripe that knows of no payment yet."""
    with scripted_stripe() as server:
        yield server


@pytest.fixture
def gateway(script: ScriptedStripe) -> StripeGateway:
    """The example, over the script."""
    return StripeGateway(script.client(), webhook_secret=SECRET)
