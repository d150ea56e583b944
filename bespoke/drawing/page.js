"use strict";
// Points of plots: figures beside the pointer or the focus, arrow keys from point to point, rows of the table light up.
for (const plot of document.querySelectorAll(".plot")) {
  const tip = plot.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const points = [...plot.querySelectorAll(".point")];
  const others = (point) =>
    point.dataset.row ? document.querySelectorAll('[data-row="' + CSS.escape(point.dataset.row) + '"]') : [];
  const show = (point) => {
    tip.textContent = point.getAttribute("aria-label").split("; ").join("\n");
    tip.hidden = false;
    const halo = point.querySelector(".halo").getBoundingClientRect();
    const frame = plot.getBoundingClientRect();
    const left = halo.right - frame.left + 8;
    const fits = left + tip.offsetWidth <= frame.width;
    tip.style.left = (fits ? left : Math.max(0, halo.left - frame.left - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(0, halo.top - frame.top - tip.offsetHeight / 2) + "px";
    for (const other of others(point)) other.classList.add("lit");
  };
  const hide = (point) => {
    tip.hidden = true;
    for (const other of others(point)) other.classList.remove("lit");
  };
  points.forEach((point, place) => {
    // The pointer sees the box beside it instead of the browser's own.
    for (const title of point.querySelectorAll("title")) title.remove();
    point.addEventListener("pointerenter", () => show(point));
    point.addEventListener("pointerleave", () => hide(point));
    point.addEventListener("focus", () => show(point));
    point.addEventListener("blur", () => hide(point));
    point.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      points[(place + step + points.length) % points.length].focus();
    });
  });
}
