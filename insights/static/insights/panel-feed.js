/* Looks into the inbox each second and puts in what is new; it waits while the page is out of sight, held, or read
   with the keyboard. Without this script the page shows the same after a reload. */
(function () {
  "use strict";

  var PAUSE = 1000;
  var place = document.querySelector("[data-ins-feed]");
  var hold = document.querySelector("[data-ins-pause]");
  if (!place || !hold) return;
  var held = false;
  var stamp = "";
  var words = [hold.textContent, hold.dataset.insGo];

  function look() {
    if (held || document.hidden || place.contains(document.activeElement)) return window.setTimeout(look, PAUSE);
    var address = new URL(place.dataset.insFeed, window.location.href);
    if (stamp) address.searchParams.set("stamp", stamp);
    fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (found) {
        stamp = found.stamp;
        if (found.html && !held) place.innerHTML = found.html;
        window.setTimeout(look, PAUSE);
      })
      .catch(function () {
        window.setTimeout(look, PAUSE * 5);
      });
  }

  hold.hidden = false;
  hold.addEventListener("click", function () {
    held = !held;
    hold.setAttribute("aria-pressed", String(held));
    hold.textContent = words[held ? 1 : 0];
  });
  window.setTimeout(look, PAUSE);
})();
