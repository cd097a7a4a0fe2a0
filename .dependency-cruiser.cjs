/** What each folder may import of the project (design.md, "The house"), besides itself. */
const arrows = {
  domain: [],
  config: [],
  crypto: ['domain', 'config'],
  workflows: ['domain'],
  store: ['domain', 'crypto', 'config'],
  console: ['domain'],
  activities: ['domain', 'store', 'crypto', 'config', 'console'],
  api: ['domain', 'store', 'crypto', 'config', 'console'],
  worker: ['workflows', 'activities', 'store', 'domain', 'crypto', 'config'],
  sandbox: ['config'],
};
const folders = [...Object.keys(arrows), 'dev', 'bench', 'test'];

/** Activities answer what workflows ask: the shape of the question stands with who asks it, and only that is imported. */
const typesOnly = { activities: ['workflows'] };

const arrowRules = Object.entries(arrows).flatMap(([folder, allowed]) => {
  const types = typesOnly[folder] ?? [];
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other) && !types.includes(other));
  const rule = (name, others, to) => ({
    name,
    comment: `${folder}/ may import only: ${[folder, ...allowed].join(', ')}`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: `^(${others.join('|')})/`, ...to },
  });
  return [
    rule(`${folder}-arrows`, forbidden, {}),
    ...(types.length > 0 ? [rule(`${folder}-types-only`, types, { dependencyTypesNot: ['type-only'] })] : []),
  ];
});

const packages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrowRules,
    {
      name: 'domain-is-pure',
      comment: 'No I/O, no package: only temporal-polyfill, behind domain/policy/dates.ts',
      severity: 'error',
      from: { path: '^domain/', pathNot: '^domain/policy/dates\\.ts$' },
      to: { dependencyTypes: packages },
    },
    {
      name: 'domain-dates',
      severity: 'error',
      from: { path: '^domain/policy/dates\\.ts$' },
      to: { dependencyTypes: packages, pathNot: '(^|/)temporal-polyfill(/|$)' },
    },
    {
      name: 'workflow-packages',
      comment: 'Workflow code is bundled and replayed: only @temporalio/workflow and @temporalio/common',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: packages,
        pathNot: '(^|/)@temporalio/(workflow|common)(/|$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'dev-is-a-leaf',
      comment: 'Development set-up is used by tests and benchmarks only',
      severity: 'error',
      from: { pathNot: '^(dev|test|bench)/' },
      to: { path: '^(dev|test|bench)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-packages',
      comment: 'What runs in production is under "dependencies"',
      severity: 'error',
      from: { pathNot: '^(test|bench)/|\\.mjs$|^\\.dependency-cruiser' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|docs)/|^\\.data' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
