import { type ComponentChildren, h } from 'preact';
import { field } from './field.ts';

/** What objections and reports have in common: words, files if any, and a name only for those who want to give one. */
export interface ComplaintForm<Field extends string> {
  /** Sent along, so that the same form sent twice is one objection or report. */
  readonly key: string;
  readonly text: string;
  readonly contact: string;
  /** What was wrong with it, by field. */
  readonly errors: Readonly<Partial<Record<Field | 'text' | 'contact' | 'files', string>>>;
}

/** What is wrong, above the form, each leading to its field. */
export function wrongFields(errors: Readonly<Partial<Record<string, string>>>): ComponentChildren {
  const wrong = Object.entries(errors);
  if (wrong.length === 0) return null;
  return h(
    'div',
    { class: 'box bad', role: 'alert' },
    h('h2', null, '请改正以下内容'),
    h(
      'ul',
      null,
      wrong.map(([name, message]) => h('li', null, h('a', { href: `#${name}` }, message))),
    ),
    // A browser gives back no file that was chosen before.
    h('p', null, '选过证明材料的，请重新选择。'),
  );
}

/** The form itself, sent to `action`; what only one of the two asks stands first. */
export const complaintForm = (
  { key, text, contact, errors }: ComplaintForm<never>,
  { action, what, first }: { readonly action: string; readonly what: string; readonly first?: ComponentChildren },
): ComponentChildren =>
  h(
    'form',
    { method: 'post', action, enctype: 'multipart/form-data' },
    h('input', { type: 'hidden', name: 'key', value: key }),
    first,
    field({ name: 'text', label: `${what}内容`, hint: '请写明事实和理由，最多5000字。', error: errors.text }, (more) =>
      h('textarea', { ...more, required: true, maxLength: 5_000 }, text),
    ),
    field(
      {
        name: 'files',
        label: '证明材料（可不提供）',
        hint: '图片（JPEG、PNG）或PDF，最多5个，每个不超过10 MB。',
        error: errors.files,
      },
      (more) => h('input', { ...more, type: 'file', multiple: true, accept: 'image/jpeg,image/png,application/pdf' }),
    ),
    field(
      {
        name: 'contact',
        label: '联系方式（可不填写）',
        hint: '可匿名。填写的，只有人社部门核查人员能看到。',
        error: errors.contact,
      },
      (more) => h('input', { ...more, type: 'text', maxLength: 200, autocomplete: 'off', value: contact }),
    ),
    h('button', { type: 'submit' }, `提交${what}`),
  );
