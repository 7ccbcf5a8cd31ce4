/** Runs `work` without the lines that a function logs, and returns those, parsed. */
export async function quietly<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (line: string | Uint8Array) => {
    lines.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  };
  try {
    return { result: await work(), lines };
  } finally {
    process.stdout.write = write;
  }
}
