import type { PairedRatio, ResizeRow } from "../kit/resize-result";
import { median, quantile, spread } from "../kit/statistics";

/** One variant made in a counted pass. */
export interface Sample {
  readonly contender: string;
  readonly spec: string;
  readonly photograph: string;
  readonly pass: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** What a contender made of a photograph, looked at once. */
export interface Picture {
  readonly contender: string;
  readonly spec: string;
  readonly bytes: number;
  readonly ssim?: number;
}

/** A row for each contender at each spec. */
export function summarise(samples: readonly Sample[], pictures: readonly Picture[]): ResizeRow[] {
  const rows: ResizeRow[] = [];
  for (const [contender, spec] of pairs(samples)) {
    const own = samples.filter((sample) => sample.contender === contender && sample.spec === spec);
    const seen = pictures.filter((picture) => picture.contender === contender && picture.spec === spec);
    const alike = seen.flatMap(({ ssim }) => ssim ?? []);
    const times = (of: "wallMs" | "cpuMs") => {
      const all = own.map((sample) => sample[of]);
      return { median: median(all), p95: quantile(all, 0.95) };
    };
    rows.push({
      contender,
      spec,
      wallMs: times("wallMs"),
      cpuMs: times("cpuMs"),
      bytes: seen.reduce((sum, { bytes }) => sum + bytes, 0),
      ...(alike.length > 0 ? { ssim: median(alike) } : {}),
      s3Calls: meanCalls(own),
    });
  }
  return rows;
}

/**
 * Each contender over the floor: the photographs of a pass together over those of the floor in the same pass, so that
 * what slows the machine for a while slows both. The median over the passes, with the least and the greatest; at each spec,
 * and at all of them together.
 */
export function pairedRatios(samples: readonly Sample[], rows: readonly ResizeRow[], floor: string): PairedRatio[] {
  const ratios: PairedRatio[] = [];
  const specs = [...new Set(samples.map(({ spec }) => spec))];
  const passes = [...new Set(samples.map(({ pass }) => pass))];
  for (const contender of new Set(samples.map((sample) => sample.contender))) {
    if (contender === floor) continue;
    for (const [spec, among] of [...specs.map((each) => [each, [each]] as const), ["all", specs] as const]) {
      const sum = (who: string, pass: number, of: "wallMs" | "cpuMs") =>
        samples
          .filter((sample) => sample.contender === who && sample.pass === pass && among.includes(sample.spec))
          .reduce((all, sample) => all + sample[of], 0);
      const over = (of: "wallMs" | "cpuMs") =>
        spread(passes.map((pass) => sum(contender, pass, of) / sum(floor, pass, of)));
      const bytes = (who: string) =>
        rows
          .filter((row) => row.contender === who && among.includes(row.spec))
          .reduce((all, row) => all + row.bytes, 0);
      ratios.push({
        contender,
        against: floor,
        spec,
        wall: over("wallMs"),
        cpu: over("cpuMs"),
        bytes: bytes(contender) / bytes(floor),
      });
    }
  }
  return ratios;
}

function pairs(samples: readonly Sample[]): (readonly [contender: string, spec: string])[] {
  const seen = new Map<string, readonly [string, string]>();
  for (const { contender, spec } of samples) seen.set(`${contender} ${spec}`, [contender, spec]);
  return [...seen.values()];
}

function meanCalls(samples: readonly Sample[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { s3Calls } of samples) {
    for (const [operation, calls] of Object.entries(s3Calls)) sums[operation] = (sums[operation] ?? 0) + calls;
  }
  return Object.fromEntries(Object.entries(sums).map(([operation, calls]) => [operation, calls / samples.length]));
}
