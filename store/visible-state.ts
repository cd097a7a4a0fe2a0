import { holds, type Stage, stages, type VisibleState } from '../domain/case/procedure.ts';

/** The state that people see, as SQL on a row of `cases` says it: the first hold that shows in the stage, else the stage. */
export function shownAs(state: VisibleState, value: (one: unknown) => string): string {
  const hidesStage = (stage: Stage) =>
    Object.entries(holds).flatMap(([kind, row]) => ((row.shownIn as readonly Stage[]).includes(stage) ? [kind] : []));
  if (state in stages) {
    const hiding = hidesStage(state as Stage);
    const none = hiding.map((kind) => `NOT state -> 'holds' @> ${value(JSON.stringify([{ kind }]))}::jsonb`);
    return [`stage = ${value(state)}`, ...none].join(' AND ');
  }
  const [kind, row] = Object.entries(holds).find(([, one]) => one.state === state) ?? [];
  return `stage = ANY (${value(row?.shownIn ?? [])}) AND state -> 'holds' @> ${value(JSON.stringify([{ kind }]))}::jsonb`;
}
