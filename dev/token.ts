// npm run token -- --role handler --org 220102 --sub wang: prints a development token, nothing else.
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { settingsOrExit } from '../config/setting.ts';
import { dataDirSetting } from '../config/settings.ts';
import { roles as known } from '../domain/actor.ts';
import { makeDataFolder } from './data-folder.ts';
import { issueDevToken, type DevClaims } from './dev-token.ts';
import { StartError, reasonOf } from './start-error.ts';

function read(): { claims: DevClaims; dataDir: string } {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', multiple: true },
      sub: { type: 'string' },
      org: { type: 'string' },
      name: { type: 'string' },
      'id-number': { type: 'string' },
      'credit-code': { type: 'string' },
      'data-dir': { type: 'string' },
    },
  });
  const { role: roles = [], sub = 'dev', org, name } = values;
  if (roles.length === 0) throw new StartError(`--role is missing: one of ${known.join(', ')}`);
  const unknown = roles.find((role) => !known.some((name) => name === role));
  if (unknown !== undefined) throw new StartError(`--role ${unknown} is unknown: one of ${known.join(', ')}`);
  if (sub === '') throw new StartError('--sub is empty: give the name the person signs in with, or leave it out');
  if (org !== undefined && !/^\d{6}$/.test(org))
    throw new StartError('--org is wrong: a six-digit code such as 220102');
  const [idNumber, creditCode, dataDir] = [values['id-number'], values['credit-code'], values['data-dir']];
  return {
    claims: {
      sub,
      roles,
      ...(org === undefined ? {} : { org }),
      ...(name === undefined ? {} : { name }),
      ...(idNumber === undefined ? {} : { idNumber }),
      ...(creditCode === undefined ? {} : { creditCode }),
    },
    dataDir: dataDir === undefined ? settingsOrExit(dataDirSetting) : resolve(dataDir),
  };
}

try {
  const { claims, dataDir } = read();
  makeDataFolder(dataDir);
  process.stdout.write(`${await issueDevToken(dataDir, claims)}\n`);
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
