// Gathers what happens on a page and sends it in batches to the shop's own address.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || (window.insights && window.insights.track)) return;
  const { endpoint, product, pageViews } = script.dataset;
  let mode = navigator.globalPrivacyControl || navigator.doNotTrack === "1" ? "none" : script.dataset.mode;

  const MOST = 40; // events in a batch
  const MOST_KEPT = 200; // events that wait
  const MOST_BYTES = 55000; // of events in a batch; browsers send 64 kB when a page is left
  const PAUSE = 1000;
  const LONGEST = 300000;
  // What a shop may have in its dataLayer for other tools already.
  const SHOPPING = new Set((
    "add_payment_info add_shipping_info add_to_cart add_to_wishlist begin_checkout login purchase refund " +
    "remove_from_cart search select_item select_promotion share sign_up view_cart view_item view_item_list " +
    "view_promotion view_search_results"
  ).split(" "));

  let queue = []; // events as text
  let timer = 0;
  let failed = 0;
  let busy = false;
  const leaving = []; // what options do before the page is left
  const changed = []; // ... and when the visitor's choice changes

  // UUID version 7: sorts by time, and makes an event that is sent twice count once.
  function uuid7() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let now = Date.now();
    for (let i = 5; i >= 0; i--) { bytes[i] = now % 256; now = Math.floor(now / 256); }
    bytes[6] = 0x70 | (bytes[6] & 15);
    bytes[8] = 0x80 | (bytes[8] & 63);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  const size = (text) => new Blob([text]).size;

  function body(events) {
    const batch = { sent_at: Date.now(), page: location.href, referrer: document.referrer };
    if (navigator.webdriver) batch.automated = true;
    return JSON.stringify(batch).slice(0, -1) + ',"events":[' + events + "]}";
  }

  // Half of what may fly, since the browser still counts the batch before when the next one starts.
  function chunk(most) {
    let bytes = 0;
    let count = 0;
    while (count < queue.length && count < MOST && (bytes += size(queue[count])) < most) count += 1;
    return queue.splice(0, count || 1);
  }

  // A plain text body needs no preflight, and keepalive lets it outlive the page.
  const post = (events, refused = "") => fetch(endpoint + refused, {
    method: "POST", body: body(events), keepalive: true, credentials: script.dataset.credentials || "same-origin",
  });

  // One batch after the other, since all that a browser lets fly at once is 64 kB; when the page is left, all at once.
  function send(last) {
    clearTimeout(timer);
    timer = 0;
    while (queue.length && (last === true || !busy)) {
      const events = chunk(last === true ? MOST_BYTES : MOST_BYTES / 2);
      if (last === true && navigator.onLine && navigator.sendBeacon && navigator.sendBeacon(endpoint, body(events))) continue;
      busy = true;
      post(events).then((answer) => {
        busy = false;
        if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
          again(events, 1000 * answer.headers.get("Retry-After"));
        } else {
          failed = 0;
          send();
        }
      }, () => { busy = false; again(events); });
    }
  }

  // Each failure doubles the pause, and chance keeps browsers from coming back all at once.
  function again(events, pause) {
    failed += 1;
    queue = events.concat(queue).slice(-MOST_KEPT);
    clearTimeout(timer);
    timer = setTimeout(send, (pause || Math.min(PAUSE * 2 ** failed, LONGEST)) * (1 + Math.random()));
  }

  function track(name, params) {
    if (mode === "none" || typeof name !== "string") return;
    const event = JSON.stringify({ id: uuid7(), name, at: Date.now(), params: params || {} });
    if (size(event) > MOST_BYTES) return console.warn("insights: too large", name);
    queue.push(event);
    queue = queue.slice(-MOST_KEPT);
    if (!failed && (queue.length >= MOST || size(queue.join()) > MOST_BYTES / 2)) send();
    else if (!timer) timer = setTimeout(send, PAUSE);
  }

  function consent(choice) {
    mode = choice;
    changed.forEach((act) => act(choice));
    if (choice !== "none") return;
    queue = [];
    try { localStorage.removeItem("insights_unsent"); } catch { /* switched off */ }
    post([], "?refused").catch(() => {}); // the shop takes its cookie away
  }

  function fromLayer(entry) {
    if (!entry) return;
    // gtag() pushes its arguments, a tag manager an object.
    const [name, found] = entry[0] === "event" ? [entry[1], entry[2]] : [entry.event, entry.ecommerce || entry];
    if (!SHOPPING.has(name)) return;
    const { currency, value, transaction_id, items, search_term, item_list_id } = found || {};
    track(name, {
      currency, value, transaction_id, search_term, list_id: item_list_id,
      items: Array.isArray(items) ? items.map(({ item_id, quantity, price, item_list_id }) => ({ item_id, quantity, price, item_list_id })) : undefined,
    });
  }

  function follow(layer, take) {
    const safely = (entry) => { try { take(entry); } catch { /* the shop's own call goes on */ } };
    Array.from(layer).forEach(safely);
    const push = layer.push;
    layer.push = (...entries) => {
      const length = push.apply(layer, entries);
      entries.forEach(safely);
      return length;
    };
  }

  function view() {
    if (pageViews !== "off") track("page_view");
    if (product) track("view_item", { items: [{ item_id: product }] });
  }

  function leave() {
    leaving.forEach((act) => act());
    send(true);
  }

  if (mode === "none") return consent("none");
  const api = { track, send, leaving, changed, data: script.dataset, mode: () => mode, queue: () => queue, failed: () => failed };
  if (document.prerendering) document.addEventListener("prerenderingchange", view, { once: true });
  else view();
  follow((window.dataLayer = window.dataLayer || []), fromLayer);
  follow((window.insights = window.insights || []), (entry) => {
    if (typeof entry === "function") entry(api);
    else if (entry[0] === "consent") consent(entry[1]);
    else track(entry[0], entry[1]);
  });
  window.insights.track = track;
  addEventListener("pagehide", leave);
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  addEventListener("pageshow", (event) => { if (event.persisted) view(); });
  addEventListener("online", send);
})();
