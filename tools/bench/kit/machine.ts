import { cpus, loadavg, release, totalmem } from "node:os";
import sharp from "sharp";

/** Where something was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** How many processes wanted to run in the minute before: above 0.1 somebody else was at work too. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Describes this machine as it is now. */
export function thisMachine(): Machine {
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release().replace(/[-+].*/, "")} ${process.arch}`,
    loadBefore: Number(loadavg()[0]?.toFixed(2)),
    versions: { node: process.version, sharp: sharp.versions.sharp, libvips: sharp.versions.vips },
  };
}

/** One sentence for a report. */
export function describeMachine({ processor, cores, memoryGb, system, loadBefore, versions }: Machine): string {
  const software = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  return `${processor}, ${cores} cores, ${memoryGb} GB, ${system}; ${software}; load before the run ${loadBefore}`;
}
