/* Small comforts; every page works without them. */
(function () {
  "use strict";

  // On a phone the navigation is wider than the screen.
  var here = document.querySelector(".ins-nav a[aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-ins-submit]")) event.target.form.requestSubmit();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    if (document.activeElement && document.activeElement.matches(".ins-def")) document.activeElement.blur();
    document.querySelectorAll(".ins-pop[open]").forEach(function (pop) {
      pop.open = false;
      pop.querySelector("summary").focus();
    });
  });

  document.addEventListener("click", function (event) {
    document.querySelectorAll(".ins-pop[open]").forEach(function (pop) {
      if (!pop.contains(event.target)) pop.open = false;
    });
  });
})();
