/**
 * The messages of a batch that a function's answer says have failed: none for an answer without a list, all of them for
 * a list that names anything but messages of the batch. (Lambda developer guide, "Implementing partial batch responses")
 */
export function failedMessages(payload: string, batch: readonly string[]): ReadonlySet<string> {
  const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const failures: unknown = answer?.batchItemFailures ?? [];
  const all = new Set(batch);
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((failure: unknown) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return ids.every((id): id is string => typeof id === "string" && all.has(id)) ? new Set(ids) : all;
}
