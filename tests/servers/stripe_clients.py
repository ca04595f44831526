"""Stripe's own client, pointed at a server of the tests.

Lives here: `client_of`.
Must not live here: any server.
"""

from __future__ import annotations

from typing import Final

import requests
import stripe

KEY: Final = "sk_test_of_nobody"


def client_of(
    url: str, session: requests.Session, http: type[stripe.RequestsClient] = stripe.RequestsClient
) -> stripe.StripeClient:
    """A client that asks the server at *url*, once, and gives up; its connections are *session*."""
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": url},
        max_network_retries=0,
        http_client=http(session=session),
    )
