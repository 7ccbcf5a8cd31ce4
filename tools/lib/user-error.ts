/** A mistake of the user, printed as one sentence without a stack trace. */
export class UserError extends Error {}
