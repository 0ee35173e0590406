// The accessibility rules that a machine can check, run inside the page: names, labels, landmarks,
// one main heading, contrast (WCAG 2.1, 1.4.3). Looks into open shadow roots too.

// Answers a list of sentences, empty when nothing is wrong.
export function accessibilityFaults(page) {
  return page.evaluate(findFaults);
}

function findFaults() {
  const everything = (root) =>
    [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? everything(e.shadowRoot) : [])]);
  const all = everything(document);
  const seen = all.filter((e) => e.checkVisibility() && !e.closest('[aria-hidden="true"]'));
  const faults = [];
  const check = (good, sentence) => good || faults.push(sentence);
  const describe = (e) => `<${e.localName}${e.id ? ` id="${e.id}"` : ''}> "${e.textContent.trim().slice(0, 40)}"`;

  check(document.documentElement.lang, 'the document has no language');
  check(document.title.trim(), 'the document has no title');
  check(seen.filter((e) => e.localName === 'h1').length === 1, 'there is not exactly one main heading');
  check(seen.filter((e) => e.localName === 'main').length === 1, 'there is not exactly one main landmark');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  check(new Set(ids).size === ids.length, 'an id is used twice');

  for (const e of seen) {
    if (e.matches('input, select, textarea')) {
      check([...e.labels].some((l) => l.textContent.trim()) || e.ariaLabel, `${describe(e)} has no label`);
    }
    if (e.matches('a[href], button')) {
      // A slot's own text is its fallback, which textContent counts.
      const picture = [...e.querySelectorAll('img')].some((image) => image.alt);
      check(e.textContent.trim() || e.ariaLabel || picture, `${describe(e)} has no name`);
    }
    if (e.localName === 'img') check(e.hasAttribute('alt'), `${describe(e)} has no text alternative`);
    if (e.localName === 'svg') check(e.getAttribute('aria-hidden'), 'a decorative picture is read out');
    const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (own && e.localName !== 'title') checkContrast(e);
  }
  return faults;

  function checkContrast(e) {
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(channels(style.color), background(e));
    check(ratio >= (large ? 3 : 4.5), `${describe(e)} has a contrast of ${ratio.toFixed(2)}`);
  }

  function background(e) {
    for (let at = e; at; at = at.assignedSlot ?? at.parentElement ?? at.getRootNode().host) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.alpha === 1) return colour;
    }
    return { red: 255, green: 255, blue: 255, alpha: 1 };
  }

  function channels(text) {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  }

  function contrast(a, b) {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  }

  function luminance({ red, green, blue }) {
    const linear = [red, green, blue]
      .map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }
}
