import { h } from 'preact';
import { type ComplaintForm, complaintForm, wrongFields } from './complaint-form.ts';
import { field } from './field.ts';
import { framed } from './layout.ts';

const places = {
  noticeId: { label: '公示编号（可不填写）', hint: '印在公示页面上，例如220102-2017-09-15-1。', most: 40 },
  entryId: { label: '公示序号（可不填写）', hint: '名单中该人员前面的序号；填写时须同时填写公示编号。', most: 9 },
  name: { label: '被举报人姓名（可不填写）', hint: undefined, most: 100 },
  employer: { label: '被举报人所在企业（可不填写）', hint: undefined, most: 200 },
} as const;
type Place = keyof typeof places;

export interface ReportForm extends ComplaintForm<Place> {
  /** What was filled in of whom it is about. */
  readonly about: Readonly<Partial<Record<Place, string>>>;
}

export const reportPath = '/public/reports';

/** Where somebody reports who has the notice before them; numbers only, no name stands in an address. */
export const reportPathOf = (noticeId: string, entryId?: string): string =>
  `${reportPath}?noticeId=${noticeId}${entryId === undefined ? '' : `&entryId=${entryId}`}`;

/** The form of a report: by anybody, at any time, on an entry of a notice or on whoever is named (N3.4b). */
export function reportPage(form: ReportForm): string {
  const { about, errors } = form;
  const isWrong = Object.keys(errors).length > 0;
  return framed({
    title: isWrong ? '填写有误：举报' : '举报',
    section: 'reports',
    main: [
      h('h1', null, '举报'),
      h(
        'p',
        { class: 'lead' },
        '发现弄虚作假、冒领技能提升补贴的，任何单位和个人可随时举报；公示期内、公示期满、补贴发放以后均可。署名、匿名均可，举报内容和举报人信息只有人社部门核查人员能看到。',
      ),
      wrongFields(errors),
      complaintForm(form, {
        action: reportPath,
        what: '举报',
        first: h(
          'fieldset',
          null,
          h('legend', null, '举报对象'),
          h(
            'p',
            { class: 'hint' },
            '知道公示编号和序号的，填写这两项即可；不知道的，请填写姓名和所在企业，由人社部门查找。',
          ),
          (Object.keys(places) as Place[]).map((name) => {
            const { most, ...words } = places[name];
            return field({ name, ...words, error: errors[name] }, (more) =>
              h('input', { ...more, type: 'text', maxLength: most, autocomplete: 'off', value: about[name] ?? '' }),
            );
          }),
        ),
      }),
    ],
  });
}
