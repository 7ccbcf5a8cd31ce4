import { readFileSync } from "node:fs";

/** The most memory that this process has ever held, in MB of 2^20 bytes. */
export function peakRssMb(): number {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  } catch {
    // Not Linux: libuv gives it in KB.
    return process.resourceUsage().maxRSS / 1024;
  }
}
