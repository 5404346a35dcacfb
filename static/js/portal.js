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
    if (document.activeElement === document.body) { window.location.reload(); return; }
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
