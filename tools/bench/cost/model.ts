import { startProgress } from "../kit/progress";
import type { CostQuestion } from "./arguments";
import { viewShares } from "./assumptions";
import { type Attack, attacks } from "./attack";
import { type Bill, billOf } from "./bill";
import { expectedTraffic } from "./closed-form";
import { readMeasured } from "./measured";
import { invocationUsage, meanOf, type VariantCost, variantCosts } from "./miss";
import { simulateMonth, type SimulatedMonth } from "./simulation";
import { readCaps, type StackCaps } from "./stack";
import { batch, type Delivery, everyMiss, lazy, type Month } from "./strategies";
import { sum, type Traffic, type TrafficResult } from "./traffic";

/** The bills of one month, by the way that variants are made. */
export interface Bills {
  readonly redirect: Bill;
  readonly failover: Bill;
  readonly batch: Bill;
  readonly everyMiss: Bill;
}

/** A simulated month beside what the closed form expects of it. */
export interface Checked {
  readonly views: number;
  readonly simulated: SimulatedMonth;
  readonly expected: TrafficResult;
}

export interface HostileMonth {
  readonly delivery: Delivery;
  readonly edge: boolean;
  readonly attacks: readonly Attack[];
}

/** Everything that the report says. */
export interface CostResult {
  readonly kind: "cost";
  readonly at: string;
  readonly asked: CostQuestion;
  readonly caps: StackCaps;
  readonly measuredOn: string;
  /** Variants that there can be. */
  readonly variants: number;
  /** The mean variant that is looked at. */
  readonly mean: VariantCost;
  readonly firstMonth: { readonly traffic: SimulatedMonth; readonly bills: Bills };
  readonly twelfthMonth: { readonly traffic: TrafficResult; readonly bills: Bills };
  readonly checked: readonly Checked[];
  /** Bills of a first month by its views, for the plot. */
  readonly byViews: readonly { readonly views: number; readonly asked: number; readonly bills: Bills }[];
  readonly byMemory: readonly {
    readonly memorySize: number;
    readonly billedMs: number;
    readonly millionMisses: number;
  }[];
  readonly hostile: readonly HostileMonth[];
}

const MEMORY_SIZES = [512, 1024, 1769, 3008];

/**
 * Simulates the month and reckons its bills.
 * @param measuredFile a result of `npm run bench`
 * @throws UserError for a stack or a bench result that does not do
 */
export async function model(asked: CostQuestion, measuredFile: string): Promise<CostResult> {
  const caps = await readCaps(asked.stack);
  const measured = readMeasured(measuredFile);
  const shares = viewShares(caps.sizes, caps.formats);
  const specs = [...shares.keys()];
  const specShares = [...shares.values()];
  const costs = variantCosts(specs, measured, caps.memorySize);
  const traffic: Traffic = { ...asked, specShares };
  const variants = asked.images * shares.size;

  const bills = (month: TrafficResult, views: number, madeBefore: readonly number[] = []): Bills => {
    const of: Month = {
      caps,
      costs,
      specShares,
      views,
      images: asked.images,
      // Viewers can be given a format each only by the edge function.
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
  const checked = simulations(asked).map((views) => check({ ...traffic, views }, asked.seed));
  const first = checked.find(({ views }) => views === asked.views)?.simulated;
  if (!first) throw new Error("the month that is asked for was not simulated");
  const twelfth = expectedTraffic(traffic, 11);
  const before = expectedTraffic({ ...traffic, views: asked.views * 11 }).variantsAsked;

  const mean = meanOf(costs, specShares);

  return {
    kind: "cost",
    at: new Date().toISOString(),
    asked,
    caps,
    measuredOn: measured.source,
    variants,
    mean,
    firstMonth: { traffic: first, bills: bills(first, asked.views) },
    twelfthMonth: { traffic: twelfth, bills: bills(twelfth, asked.views, before) },
    checked,
    byViews: [5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9].map((power) => {
      const views = Math.round(10 ** power);
      const month = expectedTraffic({ ...traffic, views });
      return { views, asked: sum(month.variantsAsked) / variants, bills: bills(month, views) };
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
        attacks: attacks({ caps, mean, cdnRate: asked.attackRate }, edge, delivery),
      })),
    ),
  };
}

/** Powers of ten up to what was asked for, and the month itself. */
function simulations({ views, simulateTo }: CostQuestion): number[] {
  const powers = [1e5, 1e6, 1e7, 1e8, 1e9, 1e10].filter((power) => power <= simulateTo);
  return [...new Set([...powers, views])].sort((a, b) => a - b);
}

function check(traffic: Traffic, seed: number): Checked {
  const progress = startProgress(traffic.views, "views");
  const simulated = simulateMonth(traffic, seed, (views) => {
    progress.update(views);
  });
  progress.stop();
  return { views: traffic.views, simulated, expected: expectedTraffic(traffic) };
}
