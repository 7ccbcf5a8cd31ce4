/** A mistake in what the person asked for: said in one sentence, without a stack trace. */
export class UserError extends Error {}
