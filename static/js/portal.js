// Announces the progress of long work every ten per cent, and gives focus back after a partial update.
(function () {
  "use strict";
  let told = -1;
  document.addEventListener("htmx:afterSwap", function (event) {
    const bar = event.target.querySelector ? event.target.querySelector("progress") : null;
    const status = document.getElementById("status");
    if (!bar || !status) { return; }
    const tenth = Math.floor((10 * bar.value) / (bar.max || 1));
    if (tenth !== told) {
      told = tenth;
      status.textContent = tenth * 10 + " %";
    }
  });
})();
