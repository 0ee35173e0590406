// The marks on buttons and in lists of identities, drawn as inline SVG so that no page of ours or
// of an embedding application fetches an image. A provider without a mark of its own gets a key.

const SVG = 'http://www.w3.org/2000/svg';

// Each mark is a list of [element, attributes] on a 24 x 24 canvas.
const MARKS = {
  github: [
    [
      'path',
      {
        fill: 'currentColor',
        'fill-rule': 'evenodd',
        d:
          'M12 1a11 11 0 0 0-3.6 21.4v-2.2c-2.6.5-3.5-.7-4-2-.2-.5-.7-1-1.2-1.4-.4-.3-.3-.5.2-.5 ' +
          '1.1-.1 1.8.8 2.2 1.4.7 1 1.7 1.2 2.9.8.1-.7.4-1.3.8-1.6-3-.4-5-1.8-5-5.3 0-1.4.5-2.6 ' +
          '1.3-3.5-.3-.9-.3-2 .2-3.2 1.3 0 2.4.6 3.3 1.3a10.6 10.6 0 0 1 5.8 0c.9-.7 2-1.3 ' +
          '3.3-1.3.5 1.2.5 2.3.2 3.2.8.9 1.3 2.1 1.3 3.5 0 3.5-2 4.9-5 5.3.6.5.9 1.3.9 ' +
          '2.5v3A11 11 0 0 0 12 1z',
      },
    ],
  ],
  google: [
    ['path', { fill: 'none', stroke: '#ea4335', 'stroke-width': 4, d: 'M4.87 8.37a8 8 0 0 1 12.79-2.03' }],
    ['path', { fill: 'none', stroke: '#fbbc05', 'stroke-width': 4, d: 'M4.87 15.63a8 8 0 0 1 0-7.26' }],
    ['path', { fill: 'none', stroke: '#34a853', 'stroke-width': 4, d: 'M17.25 18.04A8 8 0 0 1 4.87 15.63' }],
    ['path', { fill: 'none', stroke: '#4285f4', 'stroke-width': 4, d: 'M12.2 12H20a8 8 0 0 1-2.75 6.04' }],
  ],
  facebook: [
    ['circle', { cx: 12, cy: 12, r: 11, fill: '#1877f2' }],
    [
      'path',
      {
        fill: '#fff',
        d: 'M10.4 22.9v-7.4H7.7v-3.3h2.7V9.9c0-2.8 1.6-4.3 4.1-4.3.8 0 1.5.1 1.9.2v2.9h-1.3c-1.3 0-1.7.8-1.7 1.6v1.9h2.9l-.5 3.3h-2.4v7.4z',
      },
    ],
  ],
  key: [
    [
      'path',
      {
        fill: 'none',
        stroke: 'currentColor',
        'stroke-width': 2,
        'stroke-linecap': 'round',
        'stroke-linejoin': 'round',
        d: 'M12 12a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zh9v3.5M17 12v2.5',
      },
    ],
  ],
};

// A decorative icon: the text beside it names the provider.
export function brandIcon(provider) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('width', '20');
  svg.setAttribute('height', '20');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const mark = Object.hasOwn(MARKS, provider) ? MARKS[provider] : MARKS.key;
  for (const [name, attributes] of mark) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}
