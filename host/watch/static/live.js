"use strict";
// Puts each fragment that comes in the old one's place, and says when none comes any more.

const stream = document.getElementById("stream");
const STALE_AFTER_MS = 8000;
let heard = Date.now();

function span(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function section(name) {
  return [...document.querySelectorAll("[data-device]")].find((one) => one.dataset.device === name);
}

function put(name, html) {
  const place = section(name);
  if (!place) return;
  // A link or a table that has the focus, or was scrolled, must not lose it to an update.
  const table = place.querySelector(".table");
  const left = table ? table.scrollLeft : 0;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const link = focused && focused.getAttribute("href");
  place.innerHTML = html;
  const now = place.querySelector(".table");
  if (now) now.scrollLeft = left;
  if (link) [...place.querySelectorAll("a")].find((a) => a.getAttribute("href") === link)?.focus();
  else if (focused && now) now.focus();
}

function tell() {
  const silent = Date.now() - heard;
  const stale = silent > STALE_AFTER_MS;
  document.body.classList.toggle("stale", stale);
  const text = stale
    ? `No word from host open for ${span(silent)}: what stands below is old. It is tried again.`
    : "updated as things happen";
  if (stream.textContent !== text) stream.textContent = text;
}

const source = new EventSource("events");
source.addEventListener("device", (message) => {
  const { name, html } = JSON.parse(message.data);
  heard = Date.now();
  put(name, html);
});
source.addEventListener("tick", () => { heard = Date.now(); });
setInterval(tell, 1000);
