/** A string or number that only its own constructor makes: `CaseNo` is never passed where an `OrgCode` is asked for. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
declare const brand: unique symbol;
