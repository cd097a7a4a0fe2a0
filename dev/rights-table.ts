import { roleLabels } from '../domain/actor.ts';
import { type Action, needsFreshSignIn, rights, showsPersonalData } from '../domain/rights.ts';

/** Every action with the roles that may, as `domain/rights.ts` has it; who is not named may not. */
export function rightsTable(): string {
  const actions = Object.keys(rights) as Action[];
  return actions
    .map((action) => {
      const { roles, within } = rights[action];
      const marks = [
        `held against the ${within}`,
        ...(showsPersonalData(action) ? ['leaves a trace'] : []),
        ...(needsFreshSignIn(action) ? ['needs a fresh sign-in'] : []),
      ];
      const who = roles.map((role) => `${role} ${roleLabels[role]}`).join(', ');
      return `- \`${action}\` (${marks.join('; ')}):\n  ${who}`;
    })
    .join('\n');
}
