/**
 * Search attributes that our workflows set, with their Temporal type. A server must know them before the first
 * workflow starts. They hold codes only, never personal data.
 */
export const SEARCH_ATTRIBUTES = { OrgUnit: 'KEYWORD' } as const;
