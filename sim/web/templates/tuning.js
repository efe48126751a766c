"use strict";
// The controls of the tuning page. A setting is sent as a whole, a moment after the last move:
// {values: {lever: number}, patches: [name], move: n}, of levers only those that are not as today.
// Shiny's own sliders cannot be reached by a screen reader, so these are the browser's.
(() => {
  const PAUSE = 150; // ms without a move before a setting is sent
  const form = document.getElementById("settings");
  const results = document.getElementById("results");
  let timer = 0;
  let move = 0; // which setting was the last one: an answer to one before is not of what the controls show

  const levers = () => [...form.querySelectorAll(".lever")];
  const box = (lever) => lever.querySelector("input[type=number]");
  const slider = (lever) => lever.querySelector("input[type=range]");
  const isChanged = (lever) =>
    box(lever).value !== "" && (lever.dataset.today === "" || Number(box(lever).value) !== Number(lever.dataset.today));

  function settings() {
    const values = {};
    for (const lever of levers()) if (isChanged(lever)) values[lever.dataset.name] = Number(box(lever).value);
    const patches = [...form.querySelectorAll(".switch input:checked")].map((each) => each.name);
    return { values, patches };
  }

  function mark() {
    for (const lever of levers()) {
      lever.classList.toggle("is-changed", isChanged(lever));
      lever.querySelector(".undo").hidden = !isChanged(lever);
    }
    const found = settings();
    const n = Object.keys(found.values).length + found.patches.length;
    document.getElementById("n-changed").textContent = n ? `· ${n} not as today` : "· all as today";
    document.getElementById("reset").disabled = !n;
  }

  function send() {
    Shiny.setInputValue("settings", { ...settings(), move }, { priority: "event" });
  }

  function moved() {
    mark();
    move += 1;
    results.classList.add("is-stale");
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  }

  const within = (input, value) => Math.min(Math.max(value, Number(input.min)), Number(input.max));

  function put(lever, value) {
    const text = value === "" ? "" : String(Number(Number(value).toFixed(Number(lever.dataset.decimals))));
    box(lever).value = text;
    slider(lever).value = text === "" ? slider(lever).min : text;
  }

  form.addEventListener("input", (event) => {
    const lever = event.target.closest(".lever");
    if (event.target.id === "find") return find(event.target.value);
    if (lever && event.target.type === "range") put(lever, event.target.value);
    else if (lever && event.target.value !== "" && event.target.validity.valid) slider(lever).value = event.target.value;
    else if (lever) return; // half typed: wait until it is done
    moved();
  });
  form.addEventListener("change", (event) => {
    const lever = event.target.closest(".lever");
    if (!lever || event.target.type !== "number") return;
    const typed = event.target.value;
    put(lever, typed === "" ? lever.dataset.today : within(event.target, Number(typed)));
    moved();
  });
  form.addEventListener("click", (event) => {
    const undo = event.target.closest(".undo");
    if (!undo) return;
    put(undo.closest(".lever"), undo.closest(".lever").dataset.today);
    slider(undo.closest(".lever")).focus();
    moved();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("reset").addEventListener("click", () => {
    for (const lever of levers()) put(lever, lever.dataset.today);
    for (const each of form.querySelectorAll(".switch input")) each.checked = false;
    moved();
  });

  function find(text) {
    const words = text.trim().toLowerCase();
    for (const group of form.querySelectorAll(".group")) {
      let n = 0;
      for (const lever of group.querySelectorAll(".lever")) {
        lever.hidden = !lever.textContent.toLowerCase().includes(words);
        n += lever.hidden ? 0 : 1;
      }
      group.hidden = n === 0;
      if (words && n) group.open = true;
    }
  }

  const show = document.getElementById("show-file");
  show.addEventListener("click", () => {
    const section = document.getElementById("saving");
    section.hidden = !section.hidden;
    show.setAttribute("aria-expanded", String(!section.hidden));
  });
  document.getElementById("copy-link").addEventListener("click", async () => {
    const told = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(location.href);
      told.textContent = "copied";
    } catch {
      told.textContent = "copy it from the address bar";
    }
  });

  window.jQuery(document).on("shiny:sessioninitialized", () => {
    Shiny.addCustomMessageHandler("state", ({ query }) => history.replaceState(null, "", query || location.pathname));
    Shiny.addCustomMessageHandler("answered", (told) => {
      if (told.move === move) results.classList.remove("is-stale");
    });
    mark();
    send();
  });
  window.jQuery(document).on("shiny:value", (event) => {
    if (event.target.id === "of_patches") setTimeout(mark);
  });
  if (window.matchMedia("(max-width: 900px)").matches) document.getElementById("controls").open = false;
})();
