import { ofType } from "@image-resizer/local/declared";
import { runProgram } from "@image-resizer/lib/program";
import { UserError } from "@image-resizer/lib/user-error";
import type { Delivery } from "../../../functions/resizer/settings";
import type { Format } from "../../../functions/variant-key";
import type { Measured } from "../lib/bench";
import { type RegisteredResizer, resizerOf } from "../lib/stack";
import { sum } from "../lib/statistics";
import { viewShares } from "./assumptions";
import { type Attack, attacks } from "./attack";
import { type Bill, billOf, invocationUsage } from "./bill";
import { expectedTraffic, type MonthTraffic, peakMissesPerMinute, type Traffic } from "./closed-form";
import { readMeasured } from "./measured";
import { batch, everyMiss, lazy, meanOf, type Month, type VariantCost, variantCosts } from "./strategies";

export { section } from "./tables";

export interface CostOptions {
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

/** Properties of a stack that decide its bill, as the program registers them. */
export interface StackCaps extends Pick<RegisteredResizer, "memorySize" | "timeout" | "architecture"> {
  readonly sizes: readonly string[];
  readonly formats: readonly Format[];
  /** Requests a second that the API accepts, on average. */
  readonly rateLimit: number;
  /** Reserved concurrency of the function, or the account's default. */
  readonly concurrency: number;
  readonly concurrencyIsReserved: boolean;
}

/** Bills of one month, by the way that variants are made. */
export interface Bills {
  readonly redirect: Bill;
  readonly failover: Bill;
  readonly batch: Bill;
  readonly everyMiss: Bill;
}

/** A first month of so many views. */
export interface MonthOfViews {
  readonly views: number;
  readonly traffic: MonthTraffic;
  readonly peakMissesPerMinute: number;
  readonly bills: Bills;
}

/** Result of `npm run cost`. */
export interface CostModel extends Measured {
  readonly options: CostOptions;
  readonly caps: StackCaps;
  readonly measuredOn: string;
  /** Number of possible variants. */
  readonly variants: number;
  /** Mean variant of the views. */
  readonly mean: VariantCost;
  readonly firstMonth: { readonly traffic: MonthTraffic; readonly bills: Bills };
  readonly twelfthMonth: { readonly traffic: MonthTraffic; readonly bills: Bills };
  readonly byViews: readonly MonthOfViews[];
  readonly byMemory: readonly {
    readonly memorySize: number;
    readonly billedMs: number;
    readonly millionMisses: number;
  }[];
  readonly hostile: readonly {
    readonly delivery: Delivery;
    readonly edge: boolean;
    readonly attacks: readonly Attack[];
  }[];
}

/** (Lambda developer guide, "Lambda quotas") */
const ACCOUNT_CONCURRENCY = 1000;
const MEMORY_SIZES = [512, 1024, 1769, 3008];
const VIEWS = [1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Calculates the bills of a stack.
 * @throws UserError for a stack that does not exist or has no allow-list, or a file that is not a result of a bench
 */
export async function run(options: CostOptions): Promise<CostModel> {
  const caps = await readCaps(options.stack);
  const measured = readMeasured(options.measured);
  const shares = viewShares(caps.sizes, caps.formats);
  const specs = [...shares.keys()];
  const specShares = [...shares.values()];
  const costs = variantCosts(specs, measured, caps.memorySize);
  const traffic: Traffic = { ...options, zipfExponent: options.zipf, specShares };
  const mean = meanOf(costs, specShares);

  const billsOf = (month: MonthTraffic, views: number, madeBefore: readonly number[] = []): Bills => {
    const of: Month = {
      caps,
      costs,
      specShares,
      views,
      images: options.images,
      // Only the edge function can choose a format for each client.
      edge: caps.formats.length > 0,
      traffic: month,
      isFirst: madeBefore.length === 0,
      madeBefore,
    };
    return {
      redirect: billOf(lazy(of, "redirect")),
      failover: billOf(lazy(of, "failover")),
      batch: billOf(batch(of)),
      everyMiss: billOf(everyMiss(of)),
    };
  };
  const first = expectedTraffic(traffic);
  const twelfth = expectedTraffic(traffic, 11);
  const before = expectedTraffic({ ...traffic, views: options.views * 11 }).variantsAsked;
  return {
    complete: true,
    options,
    caps,
    measuredOn: measured.source,
    variants: options.images * shares.size,
    mean,
    firstMonth: { traffic: first, bills: billsOf(first, options.views) },
    twelfthMonth: { traffic: twelfth, bills: billsOf(twelfth, options.views, before) },
    byViews: [...new Set([...VIEWS, options.views])]
      .sort((a, b) => a - b)
      .map((views) => {
        const month = { ...traffic, views };
        const expected = expectedTraffic(month);
        return {
          views,
          traffic: expected,
          peakMissesPerMinute: peakMissesPerMinute(month),
          bills: billsOf(expected, views),
        };
      }),
    byMemory: MEMORY_SIZES.map((memorySize) => {
      const { billedMs } = meanOf(variantCosts(specs, measured, memorySize), first.variantsAsked);
      const usage = invocationUsage(1e6, billedMs, { ...caps, memorySize });
      return { memorySize, billedMs, millionMisses: billOf(usage).Lambda };
    }),
    hostile: (["redirect", "failover"] as const).flatMap((delivery) =>
      [false, true].map((edge) => ({
        delivery,
        edge,
        attacks: attacks({ caps, mean, cdnRate: options.attackRate }, edge, delivery),
      })),
    ),
  };
}

/**
 * Runs the program of a stack and reads its caps.
 * @throws UserError for a stack that does not exist or has no allow-list
 */
export async function readCaps(stack: string): Promise<StackCaps> {
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
    concurrencyIsReserved: reservedConcurrency !== undefined,
  };
}

/** Returns the share of the possible variants that have a view. */
export function shareAsked({ variantsAsked }: MonthTraffic, variants: number): number {
  return sum(variantsAsked) / variants;
}
