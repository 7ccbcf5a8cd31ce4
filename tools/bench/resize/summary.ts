import { mean, median, quantile, type Spread, spread, sum } from "../lib/statistics";

/** One variant made in a counted pass. */
export interface Sample {
  readonly contender: string;
  readonly spec: string;
  readonly pass: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** Size and similarity of one variant, the same in every pass. */
export interface Look {
  readonly contender: string;
  readonly spec: string;
  readonly bytes: number;
  readonly ssim?: number;
}

/** One contender at one spec, over all images and counted passes. */
export interface ResizeRow {
  readonly contender: string;
  readonly spec: string;
  /** Milliseconds a variant. */
  readonly wallMs: { readonly median: number; readonly p95: number };
  readonly cpuMs: { readonly median: number; readonly p95: number };
  /** Of all images together, once. */
  readonly bytes: number;
  /** Median over the images, against a lossless reference; absent for variants of other dimensions. */
  readonly ssim?: number;
  /** S3 calls a variant. */
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** Time of a contender over the floor's, pass by pass, at one spec or at `all` together. */
export interface PairedRatio {
  readonly contender: string;
  readonly against: string;
  readonly spec: string;
  readonly wall: Spread;
  readonly cpu: Spread;
  readonly bytes: number;
}

type Time = "wallMs" | "cpuMs";

/** Returns a row for each contender at each spec. */
export function summarize(samples: readonly Sample[], looks: readonly Look[]): ResizeRow[] {
  const pairs = new Map(samples.map(({ contender, spec }) => [`${contender} ${spec}`, { contender, spec }]));
  return [...pairs.values()].map(({ contender, spec }) => {
    const own = samples.filter((sample) => sample.contender === contender && sample.spec === spec);
    const seen = looks.filter((look) => look.contender === contender && look.spec === spec);
    const similarities = seen.flatMap(({ ssim }) => ssim ?? []);
    const times = (of: Time) => {
      const all = own.map((sample) => sample[of]);
      return { median: median(all), p95: quantile(all, 0.95) };
    };
    const operations = new Set(own.flatMap(({ s3Calls }) => Object.keys(s3Calls)));
    return {
      contender,
      spec,
      wallMs: times("wallMs"),
      cpuMs: times("cpuMs"),
      bytes: sum(seen.map(({ bytes }) => bytes)),
      ...(similarities.length > 0 ? { ssim: median(similarities) } : {}),
      s3Calls: Object.fromEntries(
        [...operations].map((operation) => [operation, mean(own.map(({ s3Calls }) => s3Calls[operation] ?? 0))]),
      ),
    };
  });
}

/**
 * Returns each contender over the floor: the images of a pass together over those of the floor in the same pass, so that
 * what slows the machine for a while slows both. The median over the passes, with the least and the greatest; at each spec,
 * and at all of them together.
 */
export function pairedRatios(samples: readonly Sample[], rows: readonly ResizeRow[], floor: string): PairedRatio[] {
  const specs = [...new Set(samples.map(({ spec }) => spec))];
  const passes = [...new Set(samples.map(({ pass }) => pass))];
  const contenders = [...new Set(samples.map(({ contender }) => contender))].filter((name) => name !== floor);
  const groups = [...specs.map((spec) => ({ spec, among: [spec] })), { spec: "all", among: specs }];
  return contenders.flatMap((contender) =>
    groups.map(({ spec, among }) => {
      const time = (name: string, pass: number, of: Time) =>
        sum(
          samples
            .filter((sample) => sample.contender === name && sample.pass === pass && among.includes(sample.spec))
            .map((sample) => sample[of]),
        );
      const over = (of: Time) => spread(passes.map((pass) => time(contender, pass, of) / time(floor, pass, of)));
      const bytes = (name: string) =>
        sum(rows.filter((row) => row.contender === name && among.includes(row.spec)).map((row) => row.bytes));
      return {
        contender,
        against: floor,
        spec,
        wall: over("wallMs"),
        cpu: over("cpuMs"),
        bytes: bytes(contender) / bytes(floor),
      };
    }),
  );
}
