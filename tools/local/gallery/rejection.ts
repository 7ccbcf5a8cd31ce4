/** A request that is not served, with the sentence for the user. */
export class Rejection extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws Rejection */
export function reject(status: number, message: string): never {
  throw new Rejection(status, message);
}
