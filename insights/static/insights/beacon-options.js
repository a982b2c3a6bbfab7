// What a page may have besides, by its name in data-options of the beacon's script. Either file may come first.
(window.insights = window.insights || []).push((beacon) => {
  "use strict";
  const { track, send, leaving, changed, data, mode, queue } = beacon;
  const wanted = new Set((data.options || "").split(" "));
  const SHOWN = "[data-shown], [data-insights-list] [data-insights-item]";
  const sight = (act) => new IntersectionObserver((entries) => entries.forEach(act), { threshold: 0.5 });
  const on = (name, act) => document.addEventListener(name, act, true);
  const near = ({ target }, what) => target.closest && target.closest(what);

  // A product that was in sight for a second is an impression.
  if (wanted.has("lists")) {
    const seen = new Map(); // by list: what it showed since it was last told
    const waiting = new WeakMap();
    let soon = 0;

    const listOf = (card) => (card.closest("[data-insights-list]") || card).dataset.insightsList || "";

    const said = (card) => (card.dataset.shown
      ? { key: "shown", one: card.dataset.shown }
      : { key: "items", one: { item_id: card.dataset.insightsItem, item_list_id: listOf(card) } });

    const tell = () => {
      seen.forEach((ones, key) => track("view_item_list", { [key.split(" ")[0]]: ones }));
      seen.clear();
    };

    const watcher = sight(({ target, isIntersecting }) => {
      clearTimeout(waiting.get(target));
      if (isIntersecting) waiting.set(target, setTimeout(() => {
        watcher.unobserve(target);
        const { key, one } = said(target);
        const name = `${key} ${listOf(target)}`;
        seen.set(name, (seen.get(name) || []).concat([one]));
        clearTimeout(soon);
        soon = setTimeout(tell, 200);
      }, 1000));
    });

    const watch = (root) => {
      if (root.matches && root.matches(SHOWN)) watcher.observe(root);
      if (root.querySelectorAll) root.querySelectorAll(SHOWN).forEach((card) => watcher.observe(card));
    };
    watch(document);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(watch)))
      .observe(document.documentElement, { childList: true, subtree: true });
    leaving.push(tell);

    const chosen = (event) => {
      const card = near(event, SHOWN);
      if (!card || event.button > 1) return;
      tell();
      const { key, one } = said(card);
      track("select_item", { [key]: [one] });
      send(true);
    };
    on("click", chosen);
    on("auxclick", chosen);
  }

  // <button data-insights-event="add_to_cart" data-insights-item="SKU">; a form tells when it is sent.
  if (wanted.has("tags")) {
    const TAGGED = "[data-insights-event]";
    const tagged = (element) => {
      const said = (name) => element.dataset["insights" + name];
      track(said("Event"), {
        currency: said("Currency"), value: said("Value"), transaction_id: said("Order"), search_term: said("Query"), list_id: said("List"),
        items: said("Item") && [{ item_id: said("Item"), price: said("Price"), quantity: said("Quantity") }],
      });
    };
    const heard = (event) => {
      const element = near(event, TAGGED);
      if (!element || element.dataset.insightsOn || (element.tagName === "FORM") !== (event.type === "submit")) return;
      tagged(element);
      send(true);
    };
    on("click", heard);
    on("submit", heard);
    const watcher = sight(({ target, isIntersecting }) => {
      if (!isIntersecting) return;
      watcher.unobserve(target);
      tagged(target);
    });
    const look = () => document.querySelectorAll(`${TAGGED}[data-insights-on=view]`).forEach((element) => watcher.observe(element));
    if (document.readyState === "loading") on("DOMContentLoaded", look);
    else look();
  }

  // Time in sight, up to half a minute after the last sign of somebody.
  if (wanted.has("engagement")) {
    let active = Date.now();
    let spent = 0;
    let before = Date.now();
    const count = () => {
      const now = Date.now();
      if (document.visibilityState === "visible") spent += Math.max(Math.min(now, active + 30000) - before, 0);
      before = now;
    };
    ["pointerdown", "pointermove", "keydown", "scroll"].forEach((name) => on(name, () => {
      if (Date.now() - active > 1000) { count(); active = Date.now(); }
    }));
    addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") before = active = Date.now(); });
    leaving.push(() => {
      count();
      if (spent >= 1000) track("user_engagement", { engagement_time_msec: spent });
      spent = 0;
    });
  }

  if (wanted.has("history")) {
    const { pushState } = history;
    history.pushState = (...said) => {
      const before = location.pathname;
      send();
      pushState.apply(history, said);
      if (location.pathname !== before) track("page_view");
    };
    addEventListener("popstate", () => track("page_view"));
  }

  // With consent alone: what no network took waits for the next page, three days at most.
  const NAME = "insights_unsent";
  const forget = () => { try { localStorage.removeItem(NAME); } catch { /* switched off */ } };
  if (wanted.has("offline") && mode() === "full") {
    try {
      const { at, events } = JSON.parse(localStorage.getItem(NAME) || "{}");
      forget();
      if (Date.now() - at < 2592e5) { queue().unshift(...events); send(); }
    } catch { forget(); }
    leaving.push(() => {
      if (mode() !== "full" || (navigator.onLine && !beacon.failed()) || !queue().length) return;
      try { localStorage.setItem(NAME, JSON.stringify({ at: Date.now(), events: queue().splice(0).slice(-100) })); } catch { /* full */ }
    });
    changed.push((choice) => { if (choice !== "full") forget(); });
  } else forget();
});
