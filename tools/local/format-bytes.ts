/** Returns bytes in decimal units, to two digits at least: `512 B`, `3.4 KB`, `24 KB`, `433 KB`, `1.2 MB`. */
export function formatBytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [value, unit] =
    count < 999_500 ? [count / 1000, "KB"] : count < 999_500_000 ? [count / 1e6, "MB"] : [count / 1e9, "GB"];
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
