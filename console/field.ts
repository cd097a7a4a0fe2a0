import { type ComponentChildren, h } from 'preact';

/** What a control of a form carries so that its label, hint and error are read with it. */
export interface Control {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: 'true';
}

export interface Labelled {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was filled in. */
  readonly error?: string | undefined;
}

/** A labelled field with its hint, and with what is wrong where it was. */
export function field(
  { name, label, hint, error }: Labelled,
  control: (more: Control) => ComponentChildren,
): ComponentChildren {
  const described = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(error === undefined ? [] : [`${name}-error`]),
  ];
  const more = {
    id: name,
    name,
    ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
    ...(error !== undefined && { 'aria-invalid': 'true' as const }),
  };
  return h(
    'div',
    { class: 'field' },
    h('label', { for: name }, label),
    hint !== undefined && h('span', { class: 'hint', id: `${name}-hint` }, hint),
    error !== undefined && h('span', { class: 'wrong', id: `${name}-error` }, error),
    control(more),
  );
}

/** A choice of one among a few. */
/** @param options value and label, in the order in which they are shown */
export const choice = (
  more: Control,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
): ComponentChildren =>
  h(
    'select',
    more,
    options.map(([value, label]) => h('option', { value, selected: value === chosen }, label)),
  );
