// The search element of ActivationKB: one file, no dependencies.
//
//   <script src="https://kb.example.org/embed.js" async></script>
//   <activationkb-search lang="nb"></activationkb-search>
//
// With data-mount on the script tag the element is put right behind it. Attributes of the element:
//   lang   en nb sv ru zh; default: that of the page, else of the browser
//   base   where the service is; default: where this script came from
//   query  searched at once
// Selecting a result fires "kb-select" with detail {name, uri, title}; unless it is prevented, the
// result opens in the service's own page. A search by the reader fires "kb-search" with {query}. The element takes its words from the service (i18n/<lang>.json).
(() => {
  const script = document.currentScript;
  const origin = script ? new URL(script.src).origin : location.origin;
  const languages = ["en", "nb", "sv", "ru", "zh"];
  const aliases = { no: "nb", nn: "nb", da: "nb" };

  const language = (tag) => {
    const primary = (tag || "").toLowerCase().split("-")[0];
    const l = aliases[primary] || primary;
    return languages.includes(l) ? l : "";
  };

  const css = `
    :host { display: block; color-scheme: light dark; color: CanvasText; font: inherit; line-height: 1.5; text-align: start; }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; }
    form { display: flex; gap: .5rem; position: relative; }
    .field { flex: 1; position: relative; min-width: 0; }
    input, button { font: inherit; padding: .6rem .8rem; border: 1px solid GrayText; border-radius: .4rem; background: Canvas; color: CanvasText; }
    input { width: 100%; }
    button { background: #0b5cad; border-color: #0b5cad; color: #fff; cursor: pointer; }
    :is(input, button, a):focus-visible { outline: 3px solid #5aa2f0; outline-offset: 1px; }
    ul[role=listbox] { position: absolute; z-index: 10; inset-inline: 0; top: 100%; margin: .2rem 0 0; padding: .3rem; list-style: none;
      background: Canvas; border: 1px solid GrayText; border-radius: .4rem; box-shadow: 0 6px 20px rgb(0 0 0 / .2); max-height: 20rem; overflow: auto; }
    [role=option] { padding: .45rem .5rem; border-radius: .3rem; cursor: pointer; overflow-wrap: anywhere; }
    [role=option][aria-selected=true] { background: #0b5cad; color: #fff; }
    .status { min-height: 1.5em; margin: .5rem 0; font-size: .9rem; }
    .status button { background: none; border: 0; padding: 0; color: LinkText; text-decoration: underline; }
    ol { list-style: none; margin: 0; padding: 0; }
    ol > li { padding: .8rem 0; border-top: 1px solid color-mix(in srgb, GrayText 40%, transparent); overflow-wrap: anywhere; }
    .title { font-size: 1.05rem; font-weight: 600; margin: 0; }
    a { color: LinkText; text-underline-offset: .15em; }
    p { margin: .2rem 0 0; }
    .meta { font-size: .85rem; opacity: .85; }
    .tag { padding: 0 .4em; border: 1px solid currentColor; border-radius: .3em; }
    mark { background: #ffe58a; color: #111; border-radius: .15em; }
    code { font-family: ui-monospace, monospace; font-size: .95em; }
    .more { margin-top: .8rem; background: Canvas; color: CanvasText; border-color: GrayText; }
  `;
  let sheet;
  const styles = () => {
    if (!sheet) { sheet = new CSSStyleSheet(); sheet.replaceSync(css); }
    return sheet;
  };

  const el = (name, properties = {}, ...children) => {
    const node = document.createElement(name);
    for (const [k, v] of Object.entries(properties)) {
      if (k.includes("-") || k === "role" || k === "for") node.setAttribute(k, v); else node[k] = v;
    }
    node.append(...children);
    return node;
  };

  // highlighted cuts at UTF-16 offsets, which is how JavaScript counts.
  const highlighted = (text, spans) => {
    const out = [];
    let at = 0;
    for (const { start = 0, end } of spans || []) {
      if (start < at || end > text.length) continue;
      out.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
      at = end;
    }
    out.push(text.slice(at));
    return out;
  };

  class ActivationKBSearch extends HTMLElement {
    static observedAttributes = ["lang", "query"];

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [styles()];
      this.input = el("input", { type: "search", role: "combobox", autocomplete: "off", spellcheck: false, maxLength: 2000, id: "q",
        "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" });
      this.button = el("button", { type: "submit" });
      this.list = el("ul", { role: "listbox", id: "suggestions", hidden: true });
      this.status = el("div", { className: "status", role: "status" });
      this.results = el("ol");
      this.more = el("button", { type: "button", className: "more", hidden: true });
      this.form = el("form", { role: "search" }, el("div", { className: "field" }, this.input, this.list), this.button);
      root.append(this.form, this.status, this.results, this.more);
      this.input.addEventListener("input", () => this.suggestSoon());
      this.input.addEventListener("keydown", (e) => this.key(e));
      this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.form.addEventListener("submit", (e) => { e.preventDefault(); this.searchFor(this.input.value); });
      this.more.addEventListener("click", () => this.page(this.next));
      this.ready = this.translate().then(() => {
        if (this.getAttribute("query")) this.search(this.getAttribute("query"));
      });
    }

    attributeChangedCallback(name, before, after) {
      if (!this.shadowRoot || before === after) return;
      if (name === "lang") this.ready = this.translate().then(() => { if (this.asked) this.search(this.asked); });
      if (name === "query" && after) this.ready.then(() => this.search(after));
    }

    get base() { return (this.getAttribute("base") || origin).replace(/\/+$/, ""); }

    get language() {
      return language(this.getAttribute("lang")) || language(document.documentElement.lang) || language(navigator.language) || "en";
    }

    async translate() {
      const l = this.language;
      let words = {};
      try {
        words = await (await fetch(`${this.base}/i18n/${l}.json`)).json();
      } catch {
        // Without its words the element shows their keys: still a search box.
      }
      if (l !== this.language) return; // another language was set while this one was on its way
      this.words = words;
      this.shadowRoot.host.setAttribute("data-language", l);
      const t = (k) => this.words[k] || k;
      this.input.setAttribute("aria-label", t("search.label"));
      this.input.placeholder = this.getAttribute("placeholder") || t("search.placeholder");
      this.list.setAttribute("aria-label", t("search.suggestions"));
      this.button.textContent = t("search.button");
      this.more.textContent = t("search.more");
      this.input.lang = this.results.lang = this.status.lang = l;
    }

    say(key, values = {}) {
      return (this.words[key] || key).replace(/\{(\w+)\}/g, (_, k) => values[k] ?? "");
    }

    async ask(path, parameters) {
      this.abort?.abort();
      this.abort = new AbortController();
      const q = new URLSearchParams({ ...parameters, languageCode: this.language });
      const answer = await fetch(`${this.base}${path}?${q}`, { signal: this.abort.signal, headers: { Accept: "application/json" } });
      const body = await answer.json();
      if (!answer.ok) {
        const local = (body.details || []).find((d) => (d["@type"] || "").endsWith("LocalizedMessage"));
        throw new Error(local?.message || body.message);
      }
      return body;
    }

    suggestSoon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.suggest(), 90);
    }

    async suggest() {
      const query = this.input.value.trim();
      if (!query) return this.close();
      let body;
      try {
        body = await this.ask("/v1/search:suggest", { query });
      } catch {
        return; // typing on is the remedy
      }
      if (this.input.value.trim() !== query || this.shadowRoot.activeElement !== this.input) return;
      this.suggestions = body.suggestions;
      this.list.replaceChildren(...this.suggestions.map((s, i) => {
        const option = el("li", { role: "option", id: `s${i}`, "aria-selected": "false" }, s.text);
        option.addEventListener("mousedown", (e) => { e.preventDefault(); this.choose(i); });
        return option;
      }));
      this.selected = -1;
      this.open(this.suggestions.length > 0);
    }

    open(yes) {
      this.list.hidden = !yes;
      this.input.setAttribute("aria-expanded", String(yes));
      if (!yes) this.input.removeAttribute("aria-activedescendant");
    }

    close() { this.open(false); this.selected = -1; }

    key(e) {
      if (e.isComposing) return; // an input method is still choosing characters
      const n = this.list.hidden ? 0 : this.suggestions.length;
      if (e.key === "Escape" && n) { this.close(); e.preventDefault(); return; }
      if ((e.key === "ArrowDown" || e.key === "ArrowUp") && n) {
        const step = e.key === "ArrowDown" ? 1 : -1;
        this.mark((this.selected + step + n + 1) % (n + 1) === n ? -1 : (this.selected + step + n + 1) % (n + 1));
        e.preventDefault();
      } else if (e.key === "Enter" && n && this.selected >= 0) {
        e.preventDefault();
        this.choose(this.selected);
      }
    }

    mark(i) {
      this.selected = i;
      [...this.list.children].forEach((o, k) => o.setAttribute("aria-selected", String(k === i)));
      if (i < 0) return this.input.removeAttribute("aria-activedescendant");
      this.input.setAttribute("aria-activedescendant", `s${i}`);
      this.list.children[i].scrollIntoView({ block: "nearest" });
    }

    choose(i) {
      const s = this.suggestions[i];
      this.input.value = s.text;
      this.close();
      if (s.name) this.select({ name: s.name, uri: s.uri, title: s.text }); else this.searchFor(s.text);
    }

    // select tells the page; what the page does not take opens in the service's own page.
    select(detail) {
      const event = new CustomEvent("kb-select", { detail, bubbles: true, composed: true, cancelable: true });
      if (this.dispatchEvent(event)) location.assign(this.address(detail.uri));
    }

    address(uri) { return `${this.base}${uri}&lang=${this.language}`; }

    // searchFor is a search that the reader asked for: the page is told, with "kb-search".
    searchFor(query) {
      if (query.trim()) this.dispatchEvent(new CustomEvent("kb-search", { detail: { query: query.trim() }, bubbles: true, composed: true }));
      return this.search(query);
    }

    async search(query) {
      query = query.trim();
      this.input.value = query;
      clearTimeout(this.timer);
      this.close();
      if (!query) return;
      this.asked = query;
      this.results.replaceChildren();
      this.more.hidden = true;
      await this.page("");
    }

    async page(pageToken) {
      this.status.textContent = this.say("search.searching");
      let body;
      try {
        body = await this.ask("/v1/search", { query: this.asked, pageSize: 10, ...(pageToken && { pageToken }) });
      } catch (e) {
        if (e.name !== "AbortError") this.status.textContent = this.say("search.failed", { reason: e.message });
        return;
      }
      const first = this.results.children.length;
      this.results.append(...body.results.map((r) => this.item(r)));
      this.status.textContent = body.totalSize ? this.say("search.count", { count: body.totalSize }) : this.say("search.none", { query: this.asked });
      if (body.didYouMean) {
        const again = el("button", { type: "button" }, body.didYouMean);
        again.addEventListener("click", () => this.searchFor(body.didYouMean));
        this.status.append(" ", this.say("search.did-you-mean"), " ", again);
      }
      this.next = body.nextPageToken;
      this.more.hidden = !this.next;
      if (pageToken) this.results.children[first]?.querySelector("a")?.focus();
    }

    item(r) {
      const link = el("a", { href: this.address(r.uri), lang: r.languageCode }, ...highlighted(r.title, r.titleHighlights));
      link.addEventListener("click", (e) => {
        if (e.button || e.metaKey || e.ctrlKey || e.shiftKey) return;
        e.preventDefault();
        this.select({ name: r.name, uri: r.uri, title: r.title });
      });
      const meta = [this.say(`kind.${r.articleKind && r.articleKind !== "KIND_UNSPECIFIED" ? r.articleKind : r.kind}`)];
      if (r.section?.title) meta.push(r.section.title);
      if (r.matchedLanguageCode && r.matchedLanguageCode !== r.languageCode) {
        meta.push(this.say("search.matched-in", { language: this.say(`language.${r.matchedLanguageCode}`) }));
      }
      if (r.pack && r.pack !== "built-in") meta.push(r.pack);
      const about = el("p", { className: "meta" }, meta.join(" · "));
      if (r.languageCode !== this.language) { // the article is not in the reader's language
        about.prepend(el("span", { className: "tag" }, this.say("search.shown-in", { language: this.say(`language.${r.languageCode}`) })), " ");
      }
      return el("li", {}, el("p", { className: "title" }, link), el("p", { lang: r.languageCode }, ...highlighted(r.snippet, r.snippetHighlights)), about);
    }
  }

  if (!customElements.get("activationkb-search")) customElements.define("activationkb-search", ActivationKBSearch);
  if (script && "mount" in script.dataset) script.after(document.createElement("activationkb-search"));
})();
