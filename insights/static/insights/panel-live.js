/* Looks at a run that is under way again and again, and puts in how it stands.
   Without this script the page shows the same after a reload. */
(function () {
  "use strict";

  var PAUSE = 1500;
  var TOLD = 25;

  /* Said aloud when the state changes and at each quarter, not at every look. */
  function tell(place, run) {
    var mark = run.state + Math.floor(run.percent / TOLD);
    if (place.dataset.insMark !== mark) place.nextElementSibling.textContent = run.said;
    place.dataset.insMark = mark;
  }

  function watch(place) {
    fetch(place.dataset.insLive, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (run) {
        if (!place.contains(document.activeElement)) place.innerHTML = run.html;
        tell(place, run);
        if (run.active) return window.setTimeout(watch, PAUSE, place);
        window.location.reload();
      })
      .catch(function () {
        window.setTimeout(watch, PAUSE * 4, place);
      });
  }

  document.querySelectorAll("[data-ins-live]").forEach(function (place) {
    var bar = place.querySelector("progress");
    place.dataset.insMark = (bar ? "running" : "queued") + Math.floor((bar ? bar.value : 0) / TOLD);
    window.setTimeout(watch, PAUSE, place);
  });
})();
