"use strict";

// A column's title sorts the table by it; again, the other way round. What has no figure stays last.
for (const table of document.querySelectorAll("table.ranking")) {
  const titles = [...table.querySelectorAll("thead th")];
  const rows = [...table.tBodies[0].rows]; // equal ones stay in the order they came in
  titles.forEach((title, column) => {
    if (!title.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.append(button);
    if (!title.hasAttribute("aria-sort")) title.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const usual = title.dataset.sort === "descending" ? "descending" : "ascending";
      const other = usual === "descending" ? "ascending" : "descending";
      const order = title.getAttribute("aria-sort") === usual ? other : usual;
      for (const each of titles) {
        if (each.dataset.sort) each.setAttribute("aria-sort", each === title ? order : "none");
      }
      const compare = title.dataset.sort === "text" ? byText : byValue;
      const sign = order === "descending" ? -1 : 1;
      table.tBodies[0].append(...rows.toSorted((a, b) => compare(a.cells[column], b.cells[column], sign)));
    });
  });
}

function byText(a, b, sign) {
  return sign * a.textContent.localeCompare(b.textContent);
}

function byValue(a, b, sign) {
  const [left, right] = [a.dataset.value, b.dataset.value];
  if (left === "" || right === "") return (left === "") - (right === "");
  return sign * (Number(left) - Number(right));
}

// A pairing chosen in a legend stands out in the charts below it.
for (const item of document.querySelectorAll(".legend li:not([data-series=''])")) {
  const charts = item.closest(".figures");
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  button.append(...item.childNodes);
  item.append(button);
  button.addEventListener("click", () => {
    const chosen = button.getAttribute("aria-pressed") === "false";
    for (const each of charts.querySelectorAll(".legend button")) {
      each.setAttribute("aria-pressed", String(chosen && each === button));
    }
    charts.classList.toggle("chosen", chosen);
    for (const line of charts.querySelectorAll(".chart [data-series]")) {
      line.classList.toggle("is-chosen", chosen && line.dataset.series === item.dataset.series);
    }
  });
}

// Paper cannot be unfolded.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => (details.open = true)));
