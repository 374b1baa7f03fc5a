// The search page: shows what the search element finds. Plain DOM, no HTML from answers.
const languages = ["en", "nb", "sv", "ru", "zh"];
const search = document.getElementById("search");
const page = document.getElementById("page");
const select = document.getElementById("language");
let words = {};

const el = (name, className, ...children) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
};
const say = (key) => words[key] || key;

const parameters = () => new URLSearchParams(location.search);
const preferred = () => {
  const aliases = { no: "nb", nn: "nb", da: "nb" };
  for (const tag of [parameters().get("lang"), localStorage.getItem("language"), ...navigator.languages]) {
    const primary = (tag || "").toLowerCase().split("-")[0];
    const l = aliases[primary] || primary;
    if (languages.includes(l)) return l;
  }
  return "en";
};

// go changes the address without leaving the page.
const go = (changes) => {
  const q = parameters();
  for (const [k, v] of Object.entries(changes)) {
    if (v) q.set(k, v); else q.delete(k);
  }
  const address = q.size ? `/?${q}` : "/";
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
};

async function translate(language) {
  words = await (await fetch(`i18n/${language}.json`)).json();
  document.documentElement.lang = language;
  document.title = say("portal.title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  search.setAttribute("lang", language);
  select.value = language;
}

// inline renders the marks that the knowledge uses: `code`, **bold** and [links](articles/x).
function inline(text) {
  const out = [];
  const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\[((?:[^\]\\]|\\.)+)\]\(([^)\s]+)\)|\\([!-/:-@[-`{-~])/g;
  let at = 0;
  for (const m of text.matchAll(marks)) {
    out.push(text.slice(at, m.index));
    if (m[1] !== undefined) out.push(el("code", "", m[1]));
    else if (m[2] !== undefined) out.push(el("strong", "", ...inline(m[2])));
    else if (m[3] !== undefined) out.push(link(m[4], inline(m[3])));
    else out.push(m[5]);
    at = m.index + m[0].length;
  }
  out.push(text.slice(at));
  return out;
}

function link(target, children) {
  const a = el("a", "", ...children);
  const name = target.replace(/^\/+/, "");
  if (/^(articles|errorCodes|events)\//.test(name)) {
    a.href = `/?open=${encodeURIComponent(name)}&lang=${select.value}`;
    a.dataset.open = name;
  } else if (/^https:\/\//.test(target)) {
    a.href = target;
    a.rel = "noreferrer";
  } else {
    return el("span", "", ...children);
  }
  return a;
}

// blocks renders paragraphs and lists; steps have a rendering of their own.
function blocks(markdown) {
  const out = [];
  for (const block of markdown.split(/\n{2,}/)) {
    const lines = block.split("\n");
    if (lines.every((l) => /^(- |\s{2,})/.test(l))) {
      const list = el("ul");
      for (const l of lines) {
        if (l.startsWith("- ")) list.append(el("li", "", ...inline(l.slice(2))));
        else list.lastChild?.append(" ", ...inline(l.trim()));
      }
      out.push(list);
    } else if (!/^\d+\. /.test(block)) {
      out.push(el("p", "", ...inline(lines.join(" "))));
    }
  }
  return out;
}

function command(c) {
  const button = el("button", "", say("portal.copy"));
  button.type = "button";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(c.run);
    button.textContent = say("portal.copied");
  });
  return el("div", "", c.appliesTo ? el("div", "meta", c.appliesTo) : null, el("div", "command", el("code", "", c.run), button));
}

// commands shows the first variant of each command, and the rest on demand: Office has six.
function commands(list) {
  const out = [];
  for (const [, variants] of Map.groupBy(list, (c) => c.id)) {
    out.push(command(variants[0]));
    if (variants.length > 1) {
      out.push(el("details", "", el("summary", "", say("portal.variants")), ...variants.slice(1).map(command)));
    }
  }
  return out;
}

function steps(list) {
  const ol = el("ol", "steps");
  for (const s of list) {
    const li = el("li", "", s.text, ...commands(s.commands));
    if (s.elevated) li.append(el("p", "note", say("portal.elevated")));
    if (s.warning) li.append(el("p", "note warning", s.warning));
    if (s.verify) li.append(el("p", "note", `${say("portal.verify")}: ${s.verify}`));
    if (s.undo) li.append(el("p", "note", `${say("portal.undo")}: ${s.undo}`));
    ol.append(li);
  }
  return ol;
}

function sources(references) {
  if (!references.length) return [];
  const ul = el("ul");
  for (const r of references) {
    const text = r.kb && !r.title.includes(r.kb) ? `${r.title} (KB ${r.kb})` : r.title;
    ul.append(el("li", "", r.uri ? link(r.uri, [text]) : text));
  }
  return [el("h2", "", say("portal.sources")), ul];
}

function links(names, titles = {}) {
  const ul = el("ul");
  for (const n of names) ul.append(el("li", "", link(n, [titles[n] || n.split("/").pop()])));
  return ul;
}

function showArticle(a) {
  const out = [el("h1", "", a.title), el("p", "summary", a.summary)];
  if (a.status === "LEGACY") out.push(el("p", "note", say("portal.legacy")));
  for (const s of a.sections) {
    out.push(el("h2", "", s.title), ...blocks(s.markdown));
    if (s.steps.length) out.push(steps(s.steps));
  }
  if (a.errorCodes.length) out.push(el("h2", "", say("portal.codes")), links(a.errorCodes.map((c) => `errorCodes/${c}`)));
  return [...out, ...sources(a.references)];
}

function showCode(c) {
  const out = [el("h1", "", [c.code, c.symbol].filter(Boolean).join("  ")), el("p", "summary", c.message)];
  if (c.doubt) out.push(el("p", "note warning", c.doubt));
  if (c.causes.length) out.push(el("h2", "", say("portal.causes")), el("ul", "", ...c.causes.map((x) => el("li", "", x.text))));
  for (const r of c.resolutions) out.push(el("h2", "", r.title || say("portal.resolution")), steps(r.steps));
  if (c.articles.length) {
    out.push(el("h2", "", say("portal.articles")), links(c.articles.map((a) => a.name), Object.fromEntries(c.articles.map((a) => [a.name, a.title]))));
  }
  return [...out, ...sources(c.references)];
}

function showEvent(e) {
  const out = [el("h1", "", `${e.number}: ${e.title}`), el("p", "summary", e.meaning), el("p", "", e.diagnosisUse), el("p", "meta", `${e.source} · ${e.log}`)];
  if (e.fields.length) {
    const ol = el("ol");
    for (const f of e.fields) ol.append(el("li", "", el("code", "", f.name), " ", f.text));
    out.push(el("h2", "", say("portal.fields")), ol);
  }
  if (e.articles.length) out.push(el("h2", "", say("portal.articles")), links(e.articles));
  return [...out, ...sources(e.references)];
}

const views = { articles: showArticle, errorCodes: showCode, events: showEvent };

async function show(name) {
  page.hidden = !name;
  if (!name) return;
  const view = views[name.split("/")[0]];
  const answer = view && await fetch(`/v1/${name.split("/").map(encodeURIComponent).join("/")}?languageCode=${select.value}`);
  const body = view && await answer.json();
  if (!view || !answer.ok) {
    const local = (body?.details || []).find((d) => (d["@type"] || "").endsWith("LocalizedMessage"));
    page.replaceChildren(el("p", "note warning", local?.message || body?.message || name));
    return;
  }
  page.lang = body.languageCode;
  page.replaceChildren(...view(body));
  document.title = `${page.querySelector("h1").textContent} – ActivationKB`;
  document.getElementById("revision").textContent = body.contentRevision;
  page.focus({ preventScroll: true });
  page.scrollIntoView();
}

async function refresh() {
  await translate(preferred());
  const query = parameters().get("q");
  if (query && query !== search.getAttribute("query")) search.setAttribute("query", query);
  await show(parameters().get("open"));
}

document.addEventListener("kb-select", (e) => {
  e.preventDefault();
  go({ open: e.detail.name });
  show(e.detail.name);
});
document.addEventListener("kb-search", (e) => {
  go({ q: e.detail.query, open: "" });
  show("");
});
page.addEventListener("click", (e) => {
  const a = e.target.closest("a[data-open]");
  if (!a || e.button || e.metaKey || e.ctrlKey || e.shiftKey) return;
  e.preventDefault();
  go({ open: a.dataset.open });
  show(a.dataset.open);
});
select.addEventListener("change", () => {
  localStorage.setItem("language", select.value);
  go({ lang: select.value });
  refresh();
});
addEventListener("popstate", refresh);
refresh();
