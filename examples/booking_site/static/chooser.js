// What htmx leaves open where days are swapped: failures, and two things asked for at once.
// Without this script, or without htmx, each link and the form load a page as ever.
"use strict";

// Looked for each time: going back, htmx puts another page into this one.
const failed = () => document.getElementById("failed");

function say(place) {
  const again = document.createElement("a");
  again.href = place;
  again.textContent = "Try again";
  failed().replaceChildren(failed().dataset.words, " ", again);
  failed().scrollIntoView({ block: "nearest" });
}

// The clock that is chosen counts, also for a day that is taken before its times have come.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const zone = document.getElementById("zone");
  const place = new URL(detail.path, location.href);
  if (detail.elt.closest("#chooser") && place.searchParams.has("zone")) {
    place.searchParams.set("zone", zone.value);
    detail.path = place.pathname + place.search;
  }
});

for (const event of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(event, ({ detail }) => say(detail.pathInfo.finalRequestPath));
}
document.addEventListener("htmx:afterSwap", () => failed().replaceChildren());

// Going back, the address has changed already: the browser can say better why it shows nothing.
document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());
