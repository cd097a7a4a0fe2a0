/** No such thing, or not one that the caller may know of: the same answer (contract.md, Conventions). */
export class NotFound extends Error {}
