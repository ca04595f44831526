// The visitor's own zone, which only the browser knows: asked once, then kept in a cookie.
// It goes into the address, so that going back finds each page on the clock that it was on.
// Without this script times are on the calendar's clock, and the zone can be chosen by hand.
"use strict";

const page = document.documentElement.dataset;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (own && page.zone && !("zoneChosen" in page)) {
  const address = new URL(location.href);
  address.searchParams.set("zone", own);
  location.replace(address);
}
