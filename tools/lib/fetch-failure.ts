/** Returns why a `fetch` had no response. Its message is only that it failed; its cause has the reason. */
export function failureOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: reason = message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? reason;
}
