"""Stripe as localstripe plays it: a process of its own, over HTTP, which ends with the tests.

Lives here: starting it, what payers do in a browser, and what it sends to a webhook.
Must not live here: localstripe itself, which is never imported (it is under the GPL); the gateway.

It is far from all of Stripe. It ignores idempotency keys, knows no `description`, lets nobody try a
second card, does not say how much is capturable or received, refunds more than was taken, and
notifies of nothing but a success and a failure. What it cannot do is asked of `scripted_stripe`.
It listens on all addresses of the machine, and keeps a copy of its data at a fixed place in /tmp.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import Request, urlopen

import requests
import stripe

from tests.servers.processes import HOME, PATIENCE, running
from tests.servers.stripe_clients import client_of

GOOD_CARD: Final = "4242424242424242"
DECLINED_CARD: Final = "4000000000000341"  # takes part, and is declined when it is charged
CAREFUL_CARD: Final = "4000002500003155"  # whose bank asks its owner first


class LocalStripe:
    """A running localstripe, seen by who writes tests: as a payer, and as an accountant."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url = url
        self._session = session

    def client(self) -> stripe.StripeClient:
        """A client of Stripe's library that asks this server."""
        return client_of(self.url, self._session, _Trimming)

    def pay(self, reference: str, card: str = GOOD_CARD) -> dict[str, Any]:
        """Confirm an intent with *card*, as the payer's browser does; the intent it becomes.

        Raises:
            stripe.StripeError: the card is declined, or the intent takes none any more.
        """
        client = self.client()
        entered = {"number": card, "exp_month": 12, "exp_year": 2080, "cvc": "123"}
        method: Any = client.raw_request("post", "/v1/payment_methods", type="card", card=entered)
        client.v1.payment_intents.update(reference, {"payment_method": method.data["id"]})
        intent = client.v1.payment_intents.confirm(reference).to_dict()
        if intent["status"] == "requires_action":  # the payer says yes to their bank
            path = f"/v1/payment_intents/{reference}/_authenticate"
            secret = intent["client_secret"]
            client.raw_request("post", path, client_secret=secret, success="true")
        return self.intent(reference)

    def intent(self, reference: str) -> dict[str, Any]:
        """The intent as it is now."""
        return self.client().v1.payment_intents.retrieve(reference).to_dict()

    def kept(self, reference: str) -> int:
        """What was taken under *reference* and not given back, in minor units."""
        charge = self.intent(reference)["latest_charge"]
        if not charge or not charge["captured"]:
            return 0
        kept: int = charge["amount"] - charge["amount_refunded"]
        return kept

    def notify(self, url: str, secret: str) -> None:
        """From now on send what happens to *url*, signed with *secret*, and nowhere else."""
        told = json.dumps({"url": url, "secret": secret}).encode()
        headers = {"Content-Type": "application/json"}
        asked = Request(f"{self.url}/_config/webhooks/tests", told, headers)
        with urlopen(asked, timeout=PATIENCE):
            pass


class _Trimming(stripe.RequestsClient):
    """Leaves out what localstripe refuses because it does not know it."""

    def request(  # type: ignore[override]  # as RequestsClient's own, which is wider
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        known = re.sub(r"(^|&)description=[^&]*", "", post_data) if post_data else post_data
        return super().request(method, url, headers, known)


@contextmanager
def local_stripe() -> Iterator[LocalStripe]:
    """A server with nothing in it."""
    with running(_command) as port, requests.Session() as session:
        yield LocalStripe(f"http://{HOME}:{port}", session)


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
