// A person's picture, with initials where there is none or it does not load.

import { element } from '../dom.js';

export function initialsOf({ name, email }) {
  const words = (name || email.split('@')[0]).split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return letters.map((word) => [...word][0]).join('').toUpperCase();
}

// What the pages' img-src lets through; anything else would only be refused noisily.
function mayBeShown(address) {
  return /^(https:\/\/|data:image\/|\/(?!\/))/.test(address ?? '');
}

// Decorative: the name stands beside it.
export function avatar(account) {
  const circle = element('span', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(account));
  if (mayBeShown(account.avatar_url)) {
    const options = { src: account.avatar_url, alt: '', referrerpolicy: 'no-referrer', hidden: true };
    const image = element('img', options);
    image.addEventListener('load', () => {
      image.hidden = false;
    });
    circle.append(image);
  }
  return circle;
}

// Picture, name and address, to say whose account is meant.
export function personOf(account) {
  const lines = element('span', { class: 'person-lines' },
    element('strong', {}, account.name || account.email),
    account.name ? element('span', { class: 'muted' }, account.email) : null);
  return [avatar(account), lines];
}
