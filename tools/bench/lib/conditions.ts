import { cpus, loadavg, release, totalmem } from "node:os";
import sharp from "sharp";

/** Machine and software that something was measured with. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Load average of the minute before: above 0.1 other programs were running. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Conditions of a measurement. */
export interface Conditions {
  readonly kind: string;
  readonly startedAt: string;
  /** False where only a part was measured before Ctrl-C. */
  readonly complete: boolean;
  readonly machine: Machine;
  readonly note?: string;
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

/** Returns the conditions of a measurement as one line: what was measured, the machine, the date. */
export function conditionsLine({ complete, machine, startedAt, note }: Conditions, measured: string): string {
  const partial = complete ? "" : " (**partial: the run was stopped**)";
  return `${measured}${partial}. ${describeMachine(machine)}. ${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`;
}

function describeMachine({ processor, cores, memoryGb, system, loadBefore, versions }: Machine): string {
  const software = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  return `${processor}, ${cores} cores, ${memoryGb} GB, ${system}; ${software}; load before the run ${loadBefore}`;
}
