// <latchkey-buttons>: one link per provider that is configured, on any page of any origin.
//
//   <script type="module" src="https://login.example.com/auth/assets/latchkey-buttons.js"></script>
//   <latchkey-buttons base="https://login.example.com" next="/inbox"></latchkey-buttons>
//
// Attributes
//   base       the service's origin; without it the page's own. Another origin must be in the
//              service's `spa.origins`.
//   next       where to go after the sign-in; a path means one of the embedding page's origin.
//   providers  ids, separated by spaces: shows only these, in this order.
//   wording    the text of a button, "Sign in with {provider}" unless given.
// Slots        `loading`, `error`, `retry`, `empty`: other words for these states.
// Parts        `list`, `button`, `icon`, `label`, `message`, `retry`.
// Properties   --latchkey-gap, --latchkey-radius, --latchkey-focus,
//              --latchkey-button-background, -hover, -text, -border.
// Events       all bubble and leave the shadow tree:
//              `latchkey-ready`  {providers}      the buttons are there
//              `latchkey-error`  {error}          they could not be loaded
//              `latchkey-select` {provider, url}  one was chosen; preventDefault() keeps the page

import { brandIcon } from './brand-icons.js';
import { element } from './dom.js';
import { buttonStyles } from './latchkey-buttons.css.js';
import { LatchkeyClient } from './latchkey-client.js';

const DEFAULT_WORDING = 'Sign in with {provider}';
const DEFAULT_BUTTONS = 3;

export class LatchkeyButtons extends HTMLElement {
  static observedAttributes = ['base', 'next', 'providers', 'wording'];

  #root = this.attachShadow({ mode: 'open' });
  #load = 0;
  #providers = null;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [buttonStyles];
  }

  connectedCallback() {
    addEventListener('pageshow', this.#rest);
    this.reload();
  }

  disconnectedCallback() {
    removeEventListener('pageshow', this.#rest);
    this.#load += 1;
  }

  // A page that comes back from the back/forward cache must not show a button as still busy.
  #rest = () => {
    for (const link of this.#root.querySelectorAll('[aria-busy]')) link.removeAttribute('aria-busy');
  };

  attributeChangedCallback(name, before, after) {
    if (!this.isConnected || before === after) return;
    if (name === 'base') this.reload();
    else if (this.#providers) this.#showButtons();
  }

  // Fetches the providers again; the answer of an earlier call that is still under way is dropped.
  async reload() {
    const load = (this.#load += 1);
    this.#providers = null;
    this.#showLoading();
    try {
      const providers = await new LatchkeyClient({ base: this.getAttribute('base') ?? '' }).providers();
      if (load !== this.#load) return;
      this.#providers = providers;
      this.#showButtons();
      this.#tell('latchkey-ready', { providers });
    } catch (error) {
      if (load !== this.#load) return;
      this.#showError();
      this.#tell('latchkey-error', { error });
    }
  }

  #wanted() {
    const ids = this.#wantedIds();
    if (ids.length === 0) return this.#providers;
    return ids.map((id) => this.#providers.find((p) => p.id === id)).filter(Boolean);
  }

  #wantedIds() {
    return (this.getAttribute('providers') ?? '').split(/\s+/).filter(Boolean);
  }

  #showLoading() {
    const count = this.#wantedIds().length || DEFAULT_BUTTONS;
    const bones = Array.from({ length: count }, () => element('li', { class: 'skeleton' }));
    this.#root.replaceChildren(
      element('p', { class: 'unseen', role: 'status' }, slot('loading', 'Loading the ways to sign in')),
      element('ul', { 'aria-hidden': 'true' }, ...bones),
    );
  }

  #showError() {
    const retry = element('button', { type: 'button', part: 'retry' }, slot('retry', 'Try again'));
    retry.addEventListener('click', async () => {
      await this.reload();
      this.#root.querySelector('a, button')?.focus();
    });
    const text = slot('error', 'The ways to sign in could not be loaded.');
    this.#root.replaceChildren(element('p', { role: 'alert', part: 'message' }, text), retry);
  }

  #showButtons() {
    const providers = this.#wanted();
    if (providers.length === 0) {
      const text = slot('empty', 'No provider is set up for signing in.');
      this.#root.replaceChildren(element('p', { part: 'message' }, text));
      return;
    }
    // list-style: none takes the list's role away in some browsers; the attribute gives it back.
    const items = providers.map((provider) => element('li', {}, this.#button(provider)));
    this.#root.replaceChildren(element('ul', { part: 'list', role: 'list' }, ...items));
  }

  #button(provider) {
    const wording = this.getAttribute('wording') ?? DEFAULT_WORDING;
    const icon = brandIcon(provider.id);
    icon.setAttribute('part', 'icon');
    const label = element('span', { part: 'label' }, wording.replaceAll('{provider}', provider.label));
    const url = this.#loginUrl(provider);
    const link = element('a', { href: url, part: 'button', 'data-provider': provider.id }, icon, label);
    link.addEventListener('click', (event) => {
      const detail = { provider: provider.id, url };
      if (!this.#tell('latchkey-select', detail)) event.preventDefault();
      else if (staysHere(event)) link.setAttribute('aria-busy', 'true');
    });
    return link;
  }

  // The service resolves a path against its own origin, so a path of another origin's page is made
  // absolute here. The service checks it against `spa.origins`.
  #loginUrl(provider) {
    const url = new URL(provider.login_url);
    const next = this.getAttribute('next');
    if (next) url.searchParams.set('next', this.#isForeign() ? new URL(next, location.href).href : next);
    return url.href;
  }

  #isForeign() {
    const base = this.getAttribute('base');
    return Boolean(base) && new URL(base, location.href).origin !== location.origin;
  }

  #tell(name, detail) {
    const options = { detail, bubbles: true, composed: true, cancelable: true };
    return this.dispatchEvent(new CustomEvent(name, options));
  }
}

// Whether the click leads away in this tab, and not in a new one.
function staysHere(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

function slot(name, text) {
  return element('slot', { name }, text);
}

if (!customElements.get('latchkey-buttons')) customElements.define('latchkey-buttons', LatchkeyButtons);
