import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stack traces of failures are encoded like every payload: they could quote what they failed on. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
