import { mean, median, quantile, ratioToFloor, sum, type Turn } from "../lib/statistics";

/** One variant made in a counted pass. */
export interface Sample extends Turn {
  readonly spec: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** S3 calls by operation. */
  readonly s3Calls: Readonly<Record<string, number>>;
}

/** Size and similarity of one variant, the same in every pass. */
export interface Look {
  readonly contender: string;
  readonly spec: string;
  readonly bytes: number;
  /** To a lossless variant; absent where that has other dimensions. */
  readonly ssim?: number | undefined;
}

/** Row of a contender at a spec: milliseconds a variant, bytes of all images together, medians of the similarity. */
export type ResizeRow = ReturnType<typeof rowsOf>[number];

/** Row of a contender over the floor, at a spec or at `all` of them together. */
export type ResizeRatio = ReturnType<typeof ratiosOf>[number];

export function rowsOf(samples: readonly Sample[], looks: readonly Look[]) {
  const times = (all: readonly number[]) => ({ median: median(all), p95: quantile(all, 0.95) });
  return grouped(samples).map(({ contender, spec, own }) => {
    const seen = looks.filter((look) => look.contender === contender && look.spec === spec);
    const similarities = seen.flatMap(({ ssim }) => ssim ?? []);
    const operations = [...new Set(own.flatMap(({ s3Calls }) => Object.keys(s3Calls)))];
    const calls = (operation: string) => mean(own.map(({ s3Calls }) => s3Calls[operation] ?? 0));
    return {
      contender,
      spec,
      wallMs: times(own.map(({ wallMs }) => wallMs)),
      cpuMs: times(own.map(({ cpuMs }) => cpuMs)),
      bytes: sum(seen.map(({ bytes }) => bytes)),
      ...(similarities.length > 0 ? { ssim: median(similarities) } : {}),
      s3Calls: Object.fromEntries(operations.map((operation) => [operation, calls(operation)])),
    };
  });
}

export function ratiosOf(samples: readonly Sample[], looks: readonly Look[], floor: string) {
  const specs = [...new Set(samples.map(({ spec }) => spec))];
  const contenders = [...new Set(samples.map(({ contender }) => contender))].filter((name) => name !== floor);
  return contenders.flatMap((contender) =>
    [...specs, "all"].map((spec) => {
      const at = <T extends { readonly spec: string }>(all: readonly T[]) =>
        all.filter((each) => spec === "all" || each.spec === spec);
      const over = (of: "wallMs" | "cpuMs") =>
        ratioToFloor(at(samples), contender, floor, (turns) => sum(turns.map((turn) => turn[of])));
      const bytes = (name: string) => sum(at(looks).flatMap((look) => (look.contender === name ? look.bytes : [])));
      return {
        contender,
        spec,
        wall: over("wallMs"),
        cpu: over("cpuMs"),
        bytes: bytes(contender) / bytes(floor),
      };
    }),
  );
}

function grouped(samples: readonly Sample[]) {
  const pairs = new Map(samples.map(({ contender, spec }) => [`${contender} ${spec}`, { contender, spec }]));
  return [...pairs.values()].map(({ contender, spec }) => ({
    contender,
    spec,
    own: samples.filter((sample) => sample.contender === contender && sample.spec === spec),
  }));
}
