import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The unit that has the process: by it runs are found in Temporal. A code, nothing personal. */
export const orgUnitKey = defineSearchAttributeKey('OrgUnit', SearchAttributeType.KEYWORD);
