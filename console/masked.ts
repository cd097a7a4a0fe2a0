import { type ComponentChildren, h } from 'preact';

/** A covered number whose open end stays together: over two lines, four digits would be read as two numbers. */
export function masked(number: string): ComponentChildren {
  const [end = ''] = /\*{0,3}[^*]+$/.exec(number) ?? [];
  // One element: a card lays out a cell's parts side by side.
  return h('span', null, number.slice(0, number.length - end.length), h('span', { class: 'whole' }, end));
}
