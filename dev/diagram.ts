import type { CaseEvent, CaseEventType } from '../domain/case/events.ts';
import { evolve } from '../domain/case/evolve.ts';
import { eventTable } from '../domain/case/event-table.ts';
import { commands, type CommandType, holds, type Stage, stages } from '../domain/case/procedure.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';

/** A command that leads to one stage from more stages than this is told in a note there: lines would cross the picture. */
const mostLines = 3;

interface Move {
  readonly command: CommandType;
  readonly event: CaseEventType;
  readonly from: Stage;
  readonly to: Stage;
}

const stageNames = Object.keys(stages) as Stage[];
const commandNames = Object.keys(commands) as CommandType[];
const entryStage: Stage = 'filed';

/** The stage in which `evolve` leaves a case; with nothing else known of it, as the event table claims no more either. */
function stageAfter(from: Stage, type: CaseEventType): Stage {
  const lists = { checks: [], holds: [], objections: [], deadlines: [] };
  const tellings = { begun: 1, open: [{ n: 1, about: 'refusal' }] };
  const state = { ...lists, stage: from, lookUps: {}, signatures: {}, tellings } as unknown as CaseState;
  const event = { type, n: 1, about: 'refusal', moved: [] } as unknown as CaseEvent;
  try {
    return evolve('' as CaseNo, state, { at: '' as Instant, event }).stage;
  } catch (error) {
    // Comes after another event of the same command, in the stage that this one leaves.
    if (error instanceof Error && error.message.includes('cannot follow')) return from;
    throw error;
  }
}

function movesOf(command: CommandType): Move[] {
  const { in: open, events }: { in: readonly Stage[]; events: readonly CaseEventType[] } = commands[command];
  const moves = open.flatMap((from) =>
    events.flatMap((event): Move[] => {
      const claimed = eventTable[event].leadsTo;
      const to = stageAfter(from, event);
      if (to !== from && to !== claimed)
        throw new Error(`${event} leads from ${from} to ${to}, and the event table differs`);
      return to === from ? [] : [{ command, event, from, to }];
    }),
  );
  // What a command does by being given twice is two lines, not three.
  const goes = (from: Stage, to: Stage) => moves.some((move) => move.from === from && move.to === to);
  return moves.filter(({ from, to }) => !open.some((between) => goes(from, between) && goes(between, to)));
}

/** Text of the marked section: the diagram, and the commands that draw no line. */
export function stateDiagram(): string {
  const moves = commandNames.flatMap(movesOf);
  const isNoted = ({ command, to }: Move) =>
    moves.filter((move) => move.command === command && move.to === to).length > mostLines;
  const lines = moves.filter((move) => !isNoted(move));
  const ends = stageNames.filter((stage) => !moves.some(({ from }) => from === stage));
  const still = commandNames.filter((command) => !moves.some((move) => move.command === command));
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...stageNames.map((stage) => `  state "${stage}<br/>${stages[stage].label}" as ${stage}`),
    `  [*] --> ${entryStage}: file`,
    ...lines.map(({ command, event, from, to }) => `  ${from} --> ${to}: ${command} / ${event}`),
    ...ends.map((stage) => `  ${stage} --> [*]`),
    ...stageNames.flatMap((stage) =>
      note(
        stage,
        moves.filter((move) => move.to === stage && isNoted(move)),
      ),
    ),
    '```',
    '',
    'Commands that leave the stage as it is:',
    '',
    ...still.flatMap((command) =>
      wrapped(`- \`${command}\` (${commands[command].label}), open in: ${openIn(command)}`, '  '),
    ),
  ].join('\n');
}

/** What stands beside a stage: from where many lines would come, and the holds by whose name people know it. */
function note(stage: Stage, coming: readonly Move[]): readonly string[] {
  const shown = Object.values(holds).filter((hold) => (hold.shownIn as readonly Stage[]).includes(stage));
  const text = [
    ...new Set(
      coming.map(({ command, event }) => {
        const same = coming.filter((move) => move.command === command && move.event === event);
        return `${command} / ${event}, from: ${same.map(({ from }) => from).join(', ')}`;
      }),
    ),
    ...shown.map(({ state, label }) => `held: ${state} ${label}`),
  ];
  return text.length === 0
    ? []
    : [`  note right of ${stage}`, ...text.flatMap((line) => wrapped(`    ${line}`, '      ')), '  end note'];
}

/** Lines of 110 characters at most, broken after a comma. */
function wrapped(text: string, indent: string): readonly string[] {
  if (text.length <= 110) return [text];
  const at = text.lastIndexOf(', ', 108) + 1;
  return [text.slice(0, at), ...wrapped(indent + text.slice(at + 1), indent)];
}

function openIn(command: CommandType): string {
  const open: readonly Stage[] = commands[command].in;
  return open.length === stageNames.length ? 'every stage' : open.join(', ');
}
