// Makes the map of a search move: the same numbers as the list, the outlines already drawn on the page, nothing fetched.
// A background from another site is loaded only when somebody asks for it.
(function () {
  "use strict";
  const box = document.getElementById("carte");
  const data = document.getElementById("points-carte");
  if (!box || !data || !window.L) { return; }
  const L = window.L;
  const drawn = box.querySelector("svg");
  const bounds = box.dataset.bounds.split(" ").map(Number);
  const frame = L.latLngBounds([bounds[0], bounds[1]], [bounds[2], bounds[3]]);
  const outlines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  outlines.setAttribute("viewBox", drawn.getAttribute("viewBox"));
  outlines.setAttribute("preserveAspectRatio", "none");
  outlines.setAttribute("class", "drawing");
  outlines.appendChild(drawn.querySelector(".garde-outlines").cloneNode(true));
  const holder = document.createElement("div");
  holder.className = "garde-moving";
  drawn.replaceWith(holder);
  // One finger scrolls the page, the wheel too: the map never holds anybody back.
  const map = L.map(holder, { scrollWheelZoom: false, dragging: !L.Browser.mobile, attributionControl: false, zoomAnimation: false, maxZoom: 17,
    zoomSnap: 0.25, zoomControl: false });
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.fitBounds(frame);
  const overlay = L.svgOverlay(outlines, frame).addTo(map);
  const told = JSON.parse(data.textContent);
  told.names.forEach(function (one) {
    const icon = L.divIcon({ className: "garde-name", html: "", iconSize: [110, 18] });
    const name = L.marker([one.lat, one.lon], { icon: icon, interactive: false, keyboard: false }).addTo(map);
    name.getElement().textContent = one.name;
    name.getElement().setAttribute("aria-hidden", "true");
  });
  told.places.forEach(function (place) {
    const icon = L.divIcon({ className: "garde-pin", html: String(place.number), iconSize: [28, 28] });
    const marker = L.marker([place.lat, place.lon], { icon: icon, alt: place.number + ", " + place.name, title: place.name, keyboard: true });
    marker.on("click", function () {
      const line = document.getElementById("lieu-" + place.number);
      if (line) { line.scrollIntoView({ block: "center" }); line.querySelector("a").focus(); }
    });
    marker.addTo(map);
    marker.getElement().setAttribute("aria-label", "Lieu " + place.number + " : " + place.name);
  });
  const asked = document.querySelector("[data-background]");
  if (!asked || !box.dataset.tiles) { return; }
  asked.hidden = false;
  asked.addEventListener("click", function () {
    L.tileLayer(box.dataset.tiles, { maxZoom: 18, referrerPolicy: "no-referrer" }).addTo(map);
    overlay.remove();
    asked.hidden = true;
  });
})();
