// The panel of a circuit: its own gates, evaluated here for the values that a reader sets.
{
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  // Whole numbers, each as digits of five bits, lowest first; 32 says that more follow.
  function unpacked(text) {
    const numbers = [];
    let number = 0, place = 1;
    for (const letter of text) {
      const digit = DIGITS.indexOf(letter);
      number += (digit % 32) * place;
      place *= 32;
      if (digit < 32) {
        numbers.push(number);
        number = 0;
        place = 1;
      }
    }
    return numbers;
  }

  // Nets 0 and 1 are the constants, then come the inputs, then the outputs of the gates. A gate is the number of its
  // cell, and for each pin how far back its net is.
  function readGates(data, first) {
    const code = unpacked(data.gates);
    const gates = [];
    let net = first;
    for (let at = 0; at < code.length; ) {
      const [pins, ...tables] = data.cells[code[at++]];
      const fanins = code.slice(at, at + pins).map((back) => net - back);
      gates.push({ net, fanins, tables });
      at += pins;
      net += tables.length;
    }
    return { gates, count: net };
  }

  function evaluate(gates, state) {
    for (const { net, fanins, tables } of gates) {
      let row = 0;
      for (let pin = 0; pin < fanins.length; pin++) row |= state[fanins[pin]] << pin;
      for (let pin = 0; pin < tables.length; pin++) state[net + pin] = tables[pin].charCodeAt(row) & 1;
    }
  }

  const shown = (value) => String(Number(value.toPrecision(6)));

  class Feature {
    constructor([name, low, span, bits, levels], early, net) {
      Object.assign(this, { name, low, span, bits, levels, early, net });
      this.width = levels ? levels.length : bits;
      const nice = [1, 0.5, 0.2, 0.1].map((part) => part * 10 ** Math.ceil(Math.log10(span)) / 1000);
      const finest = span / Math.min(1000, Math.max(100, 2 * 2 ** bits));
      const isWhole = Number.isInteger(low) && Number.isInteger(span) && span <= 2 ** bits;
      this.step = isWhole ? 1 : [100, 10, 1].flatMap((ten) => nice.map((n) => n * ten)).find((n) => n <= finest);
      this.digits = Math.min(100, Math.max(0, -Math.floor(Math.log10(this.step * 1.000001))));
      this.least = Math.floor(low / this.step + 1e-9) * this.step;
      this.most = Math.ceil((low + span) / this.step - 1e-9) * this.step;
      this.start = Number((Math.round((low + span / 2) / this.step) * this.step).toFixed(this.digits));
    }

    // The word that the converter gives, in the order in which Python computes it.
    word(value) {
      const steps = 2 ** this.bits;
      return Math.min(Math.max(Math.floor(((value - this.low) / this.span) * steps + this.early), 0), steps - 1);
    }

    // The value, in the unit of the feature, that reaches a level.
    reach(level) {
      return this.low + ((level - this.early) * this.span) / 2 ** this.bits;
    }

    put(word, state) {
      for (let bit = 0; bit < this.width; bit++) {
        state[this.net + bit] = this.levels ? word >= this.levels[bit] : Math.floor(word / 2 ** bit) % 2;
      }
    }

    words(word) {
      if (!this.levels) return `${word} of ${2 ** this.bits - 1}: ${word.toString(2).padStart(this.bits, "0")}`;
      const on = this.levels.filter((level) => word >= level);
      const reached = on.length ? `\u2265 ${shown(this.reach(on.at(-1)))}` : `below ${shown(this.reach(this.levels[0]))}`;
      return `${reached}, ${on.length} of ${this.levels.length} on`;
    }
  }

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // Slider, number and outcome of one feature; `changed` is told of every new value.
  function dial(feature, place, changed) {
    const { name, least, most, step, digits, levels } = feature;
    const range = { type: "range", id: `dial${place}`, min: least.toFixed(digits), max: most.toFixed(digits) };
    const slider = make("input", { ...range, step: step.toFixed(digits) });
    const number = make("input", { type: "text", inputmode: "decimal", "aria-label": `${name}, value` });
    const code = make("span", { class: "code" });
    const ticks = (levels || []).map((level) => {
      const share = Math.min(1, Math.max(0, (feature.reach(level) - least) / (most - least || 1)));
      return make("i", { style: `--at:${share.toFixed(4)}`, title: `\u2265 ${shown(feature.reach(level))}` });
    });
    slider.addEventListener("input", () => changed(Number(slider.value)));
    number.addEventListener("input", () => {
      const isNumber = number.value.trim() !== "" && Number.isFinite(Number(number.value));
      number.setAttribute("aria-invalid", !isNumber);
      if (isNumber) changed(Number(number.value));
    });
    const label = make("label", { for: range.id, title: name }, name);
    const box = make("div", { class: "dial" }, label, make("span", { class: "track" }, slider, ...ticks), number, code);
    const show = (value, word) => {
      slider.value = value;
      if (document.activeElement !== number) {
        number.value = value;
        number.setAttribute("aria-invalid", false);
      }
      code.textContent = feature.words(word);
      slider.setAttribute("aria-valuetext", `${value}, ${code.textContent}`);
      ticks.forEach((tick, at) => tick.classList.toggle("on", word >= levels[at]));
    };
    return { box, show };
  }

  // Follows the tests of a drawn tree; returns them in words.
  function lightTree(tree, words) {
    tree.classList.add("live");
    const taken = new Set();
    const texts = [];
    for (let path = "p"; ; ) {
      taken.add(path);
      const node = tree.querySelector(`g[data-path=${path}]`);
      if (!node || !node.dataset.test) break;
      const [place, bound] = node.dataset.test.split(" ").map(Number);
      const isAbove = words[place] >= bound;
      texts.push(node.dataset[isAbove ? "above" : "below"]);
      path += isAbove ? 1 : 0;
    }
    for (const part of tree.querySelectorAll("[data-path]")) part.classList.toggle("on", taken.has(part.dataset.path));
    return texts.join(" and ");
  }

  // A rule holds where each of its "feature:least:limit" does.
  function lightRule(rule, words) {
    const holds = rule.dataset.box.split(" ").filter(Boolean).every((side) => {
      const [place, least, limit] = side.split(":").map(Number);
      return words[place] >= least && words[place] < limit;
    });
    rule.classList.toggle("on", holds);
    return holds;
  }

  // What else on the page shows the state of the circuit; returns why the answer is as it is, where that can be said.
  function lightPage(words, state) {
    for (const drawing of document.querySelectorAll("svg.circuit")) {
      drawing.classList.add("live");
      for (const part of drawing.querySelectorAll("[class*=' n']")) {
        part.classList.toggle("on", Boolean(state[part.getAttribute("class").match(/ n(\d+)/)[1]]));
      }
    }
    const trees = [...document.querySelectorAll("svg.tree")].map((tree) => lightTree(tree, words));
    const rules = [...document.querySelectorAll("[data-box]")];
    const held = rules.filter((rule) => lightRule(rule, words)).map((rule) => rule.textContent);
    for (const rest of document.querySelectorAll("[data-rest]")) rest.classList.toggle("on", !held.length);
    if (rules.length) return held.length ? held[0] : "no other rule holds";
    return trees.length === 1 ? trees[0] : "";
  }

  function answerOf(data, state) {
    const bits = data.output.map((net) => state[net]);
    let word = bits.reduce((sum, bit, place) => sum + bit * 2 ** place, 0);
    if (data.signed && bits.at(-1)) word -= 2 ** bits.length;
    const text = data.classes ? (data.classes[word] ?? `word ${word}`) : shown(word * 2 ** -data.frac);
    return { text, bits: bits.reverse().join("") || "0" };
  }

  // The values of a row as text, the other way round, or what is wrong with them.
  function readRow(text, count) {
    const parts = text.trim().split(/\s*[,;\s]\s*/).filter(Boolean);
    const values = parts.map(Number);
    const wrong = parts.find((_, place) => !Number.isFinite(values[place]));
    if (wrong !== undefined) return { problem: `not a number: ${wrong}` };
    return parts.length === count ? { values } : { problem: `${count} values are wanted, these are ${parts.length}` };
  }

  function start(data, panel) {
    let first = 2;
    const features = data.features.map((entry) => {
      const feature = new Feature(entry, data.early, first);
      first += feature.width;
      return feature;
    });
    const { gates, count } = readGates(data, first);
    const state = new Uint8Array(Math.max(2, count));
    state[1] = 1;
    const read = new Set([...gates.flatMap((gate) => gate.fanins), ...data.output]);
    const isRead = ({ net, width }) => Array.from({ length: width }, (_, bit) => net + bit).some((n) => read.has(n));
    const values = features.map((feature) => feature.start);
    const dials = new Map();
    const [kind, answer] = [make("span", {}, data.classes ? "class " : "value "), make("strong", {})];
    const [bits, why, hint] = [make("p", { class: "note" }), make("p", { class: "why" }), make("span", { role: "status" })];
    const order = features.map(({ name }) => name).join(", ");
    const row = make("input", { type: "text", id: "row", title: order, spellcheck: false, autocomplete: "off" });

    const show = () => {
      const words = features.map((feature, place) => feature.word(values[place]));
      features.forEach((feature, place) => feature.put(words[place], state));
      evaluate(gates, state);
      const { text, bits: digits } = answerOf(data, state);
      if (answer.textContent !== text) answer.textContent = text;
      bits.textContent = `${data.port} = ${digits}`;
      for (const [place, { show }] of dials) show(values[place], words[place]);
      if (document.activeElement !== row) row.value = values.join(", ");
      why.textContent = lightPage(words, state);
    };
    features.forEach((feature, place) => {
      const change = (value) => {
        values[place] = value;
        show();
      };
      if (isRead(feature)) dials.set(place, dial(feature, place, change));
    });
    row.addEventListener("input", () => {
      const { values: given, problem } = readRow(row.value, features.length);
      row.setAttribute("aria-invalid", Boolean(problem));
      hint.textContent = problem ?? "";
      if (given) {
        values.splice(0, values.length, ...given);
        show();
      }
    });
    const middle = make("button", { type: "button" }, "All to the middle");
    middle.addEventListener("click", () => {
      features.forEach((feature, place) => (values[place] = feature.start));
      hint.textContent = "";
      row.setAttribute("aria-invalid", false);
      show();
    });
    const ids = [...dials.keys()].map((place) => `dial${place}`).join(" ");
    const output = make("output", { for: ids, "aria-live": "polite", "aria-atomic": "true" }, kind, answer);
    const label = make("label", { for: "row" }, `A row: ${features.length} values in the order of the data`);
    panel.append(
      make("div", { class: "dials" }, ...[...dials.values()].map(({ box }) => box)),
      make("div", { class: "answer" }, output, bits, why),
      make("div", { class: "row" }, label, row, middle, hint),
    );
    show();
  }

  const source = document.getElementById("gates");
  if (source) start(JSON.parse(source.textContent), document.getElementById("panel"));
}
