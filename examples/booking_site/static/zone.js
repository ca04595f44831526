// The visitor's own zone, which only the browser knows: asked once, then kept in a cookie.
// Without this script times are on the calendar's clock, and the zone can be chosen by hand.
"use strict";

const page = document.documentElement.dataset;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (own && page.zone && page.zone !== own && !("zoneChosen" in page)) {
  const address = new URL(location.href);
  address.searchParams.set("zone", own);
  location.replace(address);
}
