// Announces the progress of long work every ten per cent, and never takes the focus from somebody at work.
(function () {
  "use strict";
  let told = -1;
  const status = function () { return document.getElementById("status"); };
  document.addEventListener("htmx:afterSwap", function (event) {
    const bar = event.target.querySelector ? event.target.querySelector("progress") : null;
    if (!bar || !status()) { return; }
    const tenth = Math.floor((10 * bar.value) / (bar.max || 1));
    if (tenth !== told) {
      told = tenth;
      status().textContent = tenth * 10 + " %";
    }
  });
  document.addEventListener("run-finished", function () {
    // The message of the page that asked holds the focus by itself: nobody is typing there.
    const held = document.activeElement;
    if (held === document.body || held.matches(".notice[autofocus]")) { window.location.reload(); return; }
    status().textContent = "Calcul terminé.";
  });
})();
// Buttons that only a script can serve show themselves: printing, and copying the digest.
(function () {
  "use strict";
  document.querySelectorAll("[data-print], [data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      if (button.hasAttribute("data-print")) { window.print(); return; }
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        document.getElementById("status").textContent = "Empreinte copiée.";
      });
    });
  });
})();
// A form of a week that finds no network says so where it is, and keeps what was filled; refusals are shown, not swallowed.
(function () {
  "use strict";
  document.addEventListener("htmx:sendError", function () {
    const said = document.querySelector("[data-offline]");
    if (said) { said.hidden = false; said.focus(); }
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    const boosted = event.detail.requestConfig && event.detail.requestConfig.boosted;
    if (boosted && [409, 410, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
