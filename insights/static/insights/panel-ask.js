/* Sends a question and puts the answer in as it is made. Without this script the form is
   posted as usual, and the answer comes with the next page. */
(function () {
  "use strict";

  var form = document.getElementById("ins-ask");
  var talks = document.getElementById("ins-talks");
  var said = document.getElementById("ins-said");
  if (!form || !window.ReadableStream || !window.TextDecoder) return;

  var field = form.elements.q;
  var send = form.querySelector("[type=submit]");
  var stop = form.querySelector("[data-ins-stop]");
  var words = form.dataset;
  var PATIENT = 6000;
  var LINES = 6;
  var running = null;

  function node(name, css, text) {
    var made = document.createElement(name);
    made.className = css;
    if (text) made.textContent = text;
    return made;
  }

  function waiting() {
    var card = node("article", "ins-card");
    var body = node("div", "ins-answer");
    body.setAttribute("aria-busy", "true");
    body.append(
      node("p", "ins-quiet ins-small", words.insWait),
      node("div", "ins-skel ins-skel--a"),
      node("div", "ins-skel ins-skel--c")
    );
    card.append(body);
    return card;
  }

  function read(part) {
    var name = "message";
    var data = "";
    part.split("\n").forEach(function (line) {
      if (line.indexOf("event: ") === 0) name = line.slice(7);
      if (line.indexOf("data: ") === 0) data += line.slice(6);
    });
    return { name: name, data: data ? JSON.parse(data) : {} };
  }

  function made(html) {
    var holder = document.createElement("div");
    holder.innerHTML = html;
    return holder.firstElementChild;
  }

  /* What went wrong, and the same question again at a press. */
  function fail(card, text, question) {
    var body = node("div", "ins-answer");
    var back = node("div", "ins-back");
    var row = node("div", "ins-row");
    var again = node("button", "ins-btn", words.insAgain);
    again.type = "submit";
    again.name = "again";
    again.value = question;
    again.formNoValidate = true;
    again.setAttribute("form", form.id);
    row.append(again);
    back.append(node("p", "ins-answer__say", text), row);
    body.append(back);
    card.replaceChildren(body);
    said.textContent = text;
  }

  /* A conversation that has just begun takes its place at the head of the list. */
  function list(address, title) {
    var current = talks.querySelector("[aria-current]");
    if (current) current.removeAttribute("aria-current");
    var link = node("a", "", title);
    link.href = address;
    link.setAttribute("aria-current", "true");
    var item = node("li", "");
    item.append(link);
    var head = talks.querySelector("h2");
    if (!head || head.textContent !== talks.dataset.insToday) {
      var first = node("h2", "", talks.dataset.insToday);
      talks.querySelector(".ins-btn").after(first, node("ul", ""));
    }
    talks.querySelector("ul").prepend(item);
  }

  function show(turn, event) {
    if (event.name === "plan") {
      var chips = node("div", "ins-read");
      chips.innerHTML = event.data.html;
      turn.card.prepend(chips);
      return false;
    }
    if (event.name === "data" || event.name === "answer") {
      var answer = made(event.data.html);
      if (!answer) return false;
      turn.card.replaceWith(answer);
      turn.card = answer;
      turn.question.scrollIntoView({ block: "start" });
    }
    if (event.name === "answer") {
      if (event.data.conversation) {
        if (!form.elements.conversation.value) list(event.data.url, turn.text);
        form.elements.conversation.value = event.data.conversation;
        form.action = event.data.url;
        window.history.replaceState(null, "", event.data.url);
      }
      var told = turn.card.querySelector(".ins-answer__say");
      said.textContent = told ? told.textContent : "";
      return true;
    }
    if (event.name === "error") {
      fail(turn.card, event.data.text, turn.text);
      return true;
    }
    return false;
  }

  function busy(turn) {
    var held = document.activeElement;
    running = turn;
    form.parentNode.setAttribute("data-busy", turn ? "yes" : "no");
    send.hidden = Boolean(turn);
    stop.hidden = !turn;
    if (held === send && turn) stop.focus({ preventScroll: true });
    // What held the focus is gone; on a phone the field would open the keyboard over the answer.
    else if ((held === stop || held === document.body) && window.matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
  }

  function grow() {
    if (!window.CSS || !CSS.supports("field-sizing", "content")) {
      field.rows = Math.min(field.value.split("\n").length, LINES);
    }
  }

  function ask(text) {
    var data = new FormData(form);
    data.set("q", text);
    var starters = document.getElementById("ins-starters");
    if (starters) starters.remove();
    var turn = { text: text, question: node("p", "ins-q", text), card: waiting(), abort: new AbortController() };
    form.before(turn.question, turn.card);
    if (field.value.trim() === text) field.value = "";
    grow();
    busy(turn);
    said.textContent = words.insWait;
    turn.question.scrollIntoView({ block: "start" });
    var slow = window.setTimeout(function () {
      var line = turn.card.querySelector("[aria-busy] > p");
      if (line) line.textContent = words.insPatient;
    }, PATIENT);
    var late = window.setTimeout(function () {
      turn.late = true;
      turn.abort.abort();
    }, Number(words.insPatience) * 1000);

    fetch(words.insStream, { method: "POST", body: data, credentials: "same-origin", signal: turn.abort.signal })
      .then(function (response) {
        if (response.redirected || response.status === 403) {
          turn.out = true;
          throw new Error("signed out");
        }
        if (!response.ok) throw new Error(String(response.status));
        var reader = response.body.getReader();
        var decoder = new TextDecoder();
        var rest = "";
        var ended = false;
        function next() {
          return reader.read().then(function (chunk) {
            rest += decoder.decode(chunk.value || new Uint8Array(), { stream: !chunk.done });
            var parts = rest.split("\n\n");
            rest = parts.pop();
            parts.forEach(function (part) { ended = show(turn, read(part)) || ended; });
            if (!chunk.done) return next();
            if (!ended) throw new Error("cut off");
          });
        }
        return next();
      })
      .catch(function () {
        var why = turn.late ? words.insSlow : turn.stopped ? words.insStopped : turn.out ? words.insOut : words.insBroken;
        fail(turn.card, why, turn.text);
      })
      .finally(function () {
        window.clearTimeout(slow);
        window.clearTimeout(late);
        busy(null);
      });
  }

  form.addEventListener("submit", function (event) {
    var again = event.submitter && event.submitter.name === "again" ? event.submitter.value : "";
    var text = (again || field.value).trim();
    event.preventDefault();
    if (text && !running) ask(text);
  });

  stop.addEventListener("click", function () {
    if (!running) return;
    running.stopped = true;
    running.abort.abort();
  });

  /* Enter sends and Shift+Enter breaks the line; while an input method composes, Enter is its own. */
  field.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (field.value.trim()) form.requestSubmit(send);
  });

  field.addEventListener("input", grow);

  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-ins-feedback]")) return;
    event.preventDefault();
    var chosen = event.submitter;
    var data = new FormData(event.target, chosen);
    // Pressed once more, it is taken back.
    if (chosen.getAttribute("aria-pressed") === "true") data.set("value", "");
    fetch(event.target.action, { method: "POST", body: data, credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (response) {
        if (response.status !== 204) throw new Error(String(response.status));
        event.target.querySelectorAll("button").forEach(function (button) {
          button.setAttribute("aria-pressed", String(button === chosen && data.get("value") !== ""));
        });
        said.textContent = words.insNoted;
      })
      .catch(function () { said.textContent = words.insBroken; });
  });
})();
