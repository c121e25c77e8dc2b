// Builds what a page shows. Values are texts, never markup.

/**
 * @param {string} name
 * @param {...(string | Node)} children
 */
export function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

/**
 * @param {string} href
 * @param {string} text
 */
export function link(href, text) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = text;
  return made;
}

/**
 * A link that looks like a button: what most people do next.
 *
 * @param {string} href
 * @param {string} text
 */
export function nextStep(href, text) {
  const made = link(href, text);
  made.className = "button";
  return made;
}

/**
 * @param {string} text
 * @param {() => void} press
 */
export function pressed(text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "small";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

/**
 * A heading that says how it went.
 *
 * @param {"good" | "bad" | "open"} look
 * @param {string} text
 */
export function headline(look, text) {
  const made = element("h2", text);
  made.className = look;
  return made;
}

/**
 * Facts with their names; those without a value are left out.
 *
 * @param {readonly (readonly [string, string | null | undefined])[]} rows
 */
export function facts(rows) {
  const told = rows.flatMap(([name, value]) =>
    value === null || value === undefined || value === ""
      ? []
      : [element("dt", name), element("dd", value)],
  );
  return element("dl", ...told);
}

/**
 * @param {string} selector
 * @param {...Node} children
 */
export function show(selector, ...children) {
  document.querySelector(selector)?.replaceChildren(...children);
}

/**
 * Shows an answer and goes there, so that a keyboard goes on from it.
 *
 * @param {...Node} children
 */
export function showResult(...children) {
  show("#result", ...children);
  const place = document.querySelector("#result");
  if (place instanceof HTMLElement) place.focus();
}
