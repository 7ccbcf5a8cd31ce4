import { ofType } from "@image-resizer/local/declared";
import { runProgram } from "@image-resizer/lib/program";
import { UserError } from "@image-resizer/lib/user-error";
import { resizerOf } from "../lib/stack";
import { billOf, ofFunction, type StackCaps } from "./bill";
import { expectedTraffic, type MonthTraffic, peakMissesPerMinute, type Traffic } from "./closed-form";
import { attacks } from "./attacks";
import { batch, everyMiss, lazy, type Month } from "./usage";
import { meanOf, readMeasured, specCosts, viewShares } from "./variants";

export { section } from "./report";

interface CostOptions {
  readonly stack: string;
  readonly images: number;
  readonly views: number;
  readonly zipf: number;
  readonly caches: number;
  readonly cacheDays: number;
  /** Hostile requests a second at the CDN. */
  readonly attackRate: number;
  /** Result of `npm run bench`. */
  readonly measured: string;
}

/** Result of `npm run cost`. */
export type CostModel = Awaited<ReturnType<typeof run>>;

/** (Lambda developer guide, "Lambda quotas") */
const ACCOUNT_CONCURRENCY = 1000;
const MEMORY_SIZES = [512, 1024, 1769, 3008];
const VIEWS = [1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Calculates the bills of a stack.
 * @throws UserError for a stack that does not exist or has no allow-list, or a file that is not a result of a bench
 */
export async function run(options: CostOptions) {
  const { images, views: viewsAsked } = options;
  const caps = await readCaps(options.stack);
  const measured = readMeasured(options.measured);
  const shares = viewShares(caps.sizes, caps.formats);
  const specShares = [...shares.values()];
  const specs = specCosts(shares, measured, caps.memorySize);
  const mean = meanOf(specs, specShares);
  const traffic: Traffic = { ...options, zipfExponent: options.zipf, specShares };
  // Only the edge function can choose a format for each client.
  const edge = caps.formats.length > 0;

  const billsOf = (month: MonthTraffic, views: number, madeBefore: readonly number[] = []) => {
    const of: Month = { caps, specs, views, images, edge, traffic: month, madeBefore };
    return {
      redirect: billOf(lazy(of, "redirect")),
      failover: billOf(lazy(of, "failover")),
      batch: billOf(batch(of)),
      everyMiss: billOf(everyMiss(of)),
    };
  };
  const first = expectedTraffic(traffic);
  const before = expectedTraffic({ ...traffic, views: viewsAsked * 11 }).variantsAsked;
  const allViews = [...new Set([...VIEWS, viewsAsked])].sort((a, b) => a - b);
  return {
    complete: true,
    options,
    caps,
    measuredOn: measured.source,
    /** Number of possible variants. */
    variants: images * shares.size,
    mean,
    firstMonth: billsOf(first, viewsAsked),
    twelfthMonth: billsOf(expectedTraffic(traffic, 11), viewsAsked, before),
    byViews: allViews.map((views) => {
      const month = { ...traffic, views };
      const expected = expectedTraffic(month);
      return { views, traffic: expected, peak: peakMissesPerMinute(month), bills: billsOf(expected, views) };
    }),
    byMemory: MEMORY_SIZES.map((memorySize) => {
      const { billedMs } = meanOf(specCosts(shares, measured, memorySize), first.variantsAsked);
      return { memorySize, billedMs, millionMisses: billOf(ofFunction(1e6, billedMs, { ...caps, memorySize })).Lambda };
    }),
    hostile: (["redirect", "failover"] as const).flatMap((delivery) =>
      [false, true].map((hasEdge) => ({
        name: `${delivery}${hasEdge ? ", edge function" : ""}`,
        attacks: attacks({
          caps,
          mean,
          delivery,
          edge: hasEdge,
          variants: images * shares.size,
          cdnRate: options.attackRate,
        }),
      })),
    ),
  };
}

async function readCaps(stack: string): Promise<StackCaps> {
  const program = await runProgram({ stack });
  const { settings, memorySize, timeout, architecture, reservedConcurrency } = resizerOf(program);
  const { sizes, formats } = settings.allowList;
  if (sizes === "any") throw new UserError(`The stack ${stack} allows unlisted sizes: its bill has no bound.`);
  const [stage] = ofType(program.resources, "aws:apigatewayv2/stage:Stage");
  const throttle = stage?.inputs.defaultRouteSettings as { throttlingRateLimit: number };
  return {
    sizes,
    formats,
    memorySize,
    timeout,
    architecture,
    rateLimit: throttle.throttlingRateLimit,
    concurrency: reservedConcurrency ?? ACCOUNT_CONCURRENCY,
  };
}
