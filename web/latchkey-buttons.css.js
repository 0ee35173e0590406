// The look of <latchkey-buttons>. A constructed sheet needs no 'unsafe-inline' in the style-src of
// the page that embeds the buttons.

export const buttonStyles = new CSSStyleSheet();
buttonStyles.replaceSync(`
  :host {
    --_gap: var(--latchkey-gap, 0.625rem);
    --_radius: var(--latchkey-radius, 0.625rem);
    --_background: var(--latchkey-button-background, #ffffff);
    --_hover: var(--latchkey-button-hover, #f2f5f6);
    --_text: var(--latchkey-button-text, #182126);
    --_border: var(--latchkey-button-border, #7d8a91);
    --_focus: var(--latchkey-focus, #0e5568);
    display: block;
    color-scheme: light dark;
    font: inherit;
  }
  :host([hidden]) { display: none; }
  @media (prefers-color-scheme: dark) {
    :host {
      --_background: var(--latchkey-button-background, #1d262b);
      --_hover: var(--latchkey-button-hover, #27333a);
      --_text: var(--latchkey-button-text, #e8eef0);
      --_border: var(--latchkey-button-border, #74848c);
      --_focus: var(--latchkey-focus, #7fcbdc);
    }
  }
  ul { display: grid; gap: var(--_gap); margin: 0; padding: 0; list-style: none; }
  a, button {
    box-sizing: border-box;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 0.75rem;
    width: 100%;
    min-height: 2.875rem;
    padding: 0.5rem 1rem;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
    color: var(--_text);
    font: inherit;
    font-weight: 550;
    line-height: 1.3;
    text-decoration: none;
    cursor: pointer;
    transition: background-color 120ms;
  }
  a:hover, button:hover { background: var(--_hover); }
  a:focus-visible, button:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
  a[aria-busy='true'] { opacity: 0.65; cursor: progress; }
  svg { flex: none; width: 1.25rem; height: 1.25rem; }
  p { margin: 0 0 var(--_gap); line-height: 1.5; }
  .skeleton {
    height: 2.875rem;
    border-radius: var(--_radius);
    background: var(--_border);
    opacity: 0.18;
    animation: pulse 1.4s ease-in-out infinite alternate;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @keyframes pulse { to { opacity: 0.3; } }
  @media (prefers-reduced-motion: reduce) {
    .skeleton { animation: none; }
    a, button { transition: none; }
  }
  @media (forced-colors: active) {
    a, button { border-color: ButtonText; }
  }
`);
