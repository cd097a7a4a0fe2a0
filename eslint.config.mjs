import tseslint from 'typescript-eslint';

/** Calls that read the machine's clock or make a moving date object; rules and workflows must give the same every time. */
const clocks = [
  {
    selector: "NewExpression[callee.name='Date']",
    message: 'Instants and civil dates go through domain/policy/dates.ts.',
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: 'Instants and civil dates go through domain/policy/dates.ts.',
  },
];
const dateMembers = (allowed) => ({
  selector: `MemberExpression[object.name='Date']:not([property.name=/^(${allowed.join('|')})$/])`,
  message: `Of Date only ${allowed.join(', ')} is allowed here: time comes in as a fact.`,
});
const chance = {
  selector: "MemberExpression[object.name='Math'][property.name='random']",
  message: 'The same facts must give the same decision.',
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'coverage/', '.data*/', 'test/histories/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An empty setting counts as a missing one: `||` means it.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Numbers of cards and people are digits and letters: their characters are what is wanted.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // What a vault or a stream gives back is of the type that was put in; only the caller knows which.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Both read well; which one a shape needs is for its author.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // tsc's noPropertyAccessFromIndexSignature asks for the brackets that this rule would take away.
      '@typescript-eslint/dot-notation': 'off',
      // Node's own promisified time-outs and streams make `() => undefined` the plainest no-op.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: ['domain/policy/dates.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clocks, dateMembers(['parse']), chance] },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clocks, dateMembers(['parse', 'now'])] },
  },
);
