import type { Result } from "../lib/bench";
import { compact, count, dollars, paragraphs, percent, table } from "../lib/markdown";
import { sum } from "../lib/statistics";
import { ASSUMPTIONS, FORMAT_SHARES } from "./assumptions";
import { type Bill, ITEM_NAMES, MAKING, total } from "./bill";
import { quantileOfPoisson } from "./closed-form";
import { type Price, PRICES, PRICES_AS_OF } from "./prices";
import type { CostModel } from "./run";

const WAYS = [
  ["redirect", "lazy, redirect"],
  ["failover", "lazy, failover"],
  ["batch", "batch of everything"],
  ["everyMiss", "every CDN miss, no store"],
] as const;

export function section(model: Result<CostModel>): string {
  const { options, caps, mean, variants, measuredOn } = model;
  return paragraphs(
    `${count(options.images)} originals, ${count(options.views)} views a month, the stack \`${options.stack}\`: ${count(variants)} possible ` +
      `variants, ${caps.memorySize} MB on ${caps.architecture}. The mean variant has ${(mean.bytes / 1000).toFixed(0)} KB and ` +
      `${mean.billedMs.toFixed(0)} ms of the function (${measuredOn}).`,
    billTable(model),
    `By views in a first month (Zipf exponent ${options.zipf}, caches ${options.caches}, days in a cache ${options.cacheDays}); dollars are of ` +
      "making and storing alone:",
    viewsTable(model),
    memoryTable(model),
    `A month of attacks, with ${count(options.attackRate)} requests a second at the CDN; ${caps.rateLimit} a second at the API, a timeout of ` +
      `${caps.timeout} s, and a concurrency of ${caps.concurrency}:`,
    attackTable(model),
    `Prices of ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}; CloudFront's for ${PRICES_AS_OF.cloudFrontRegion}:`,
    priceTable(),
    `Assumptions: ${assumptions().join("; ")}.`,
  );
}

function billTable({ firstMonth, twelfthMonth }: CostModel): string {
  const row = (name: string, amount: (bill: Bill) => string) => [
    name,
    ...[firstMonth, twelfthMonth].flatMap((bills) => WAYS.map(([way]) => amount(bills[way]))),
  ];
  return table(
    ["", ...["first", "twelfth"].flatMap((month) => WAYS.map(([, name]) => `${month} month: ${name}`))],
    [
      ...ITEM_NAMES.map((item) => row(item, (bill) => dollars(bill[item]))),
      row("**Sum**", (bill) => `**${dollars(total(bill))}**`),
      row("making and storing alone", (bill) => dollars(total(bill, MAKING))),
    ],
  );
}

function viewsTable({ byViews, variants, mean }: CostModel): string {
  return table(
    [
      ...[
        "views",
        "variants made",
        "CDN hit ratio",
        "bucket hit ratio",
        "misses in the busiest minute",
        "functions at once",
      ],
      ...WAYS.map(([, name]) => name),
    ],
    byViews.map(({ views, traffic, peak, bills }) => [
      count(views),
      percent(sum(traffic.variantsAsked) / variants),
      percent(1 - sum(traffic.cdnMisses) / views),
      percent(1 - sum(traffic.variantsAsked) / views),
      count(peak),
      String(quantileOfPoisson((peak / 60) * (mean.billedMs / 1000))),
      ...WAYS.map(([way]) => dollars(total(bills[way], MAKING))),
    ]),
  );
}

function memoryTable({ byMemory }: CostModel): string {
  return table(
    ["MB", "mean miss in the function", "a million misses"],
    byMemory.map(({ memorySize, billedMs, millionMisses }) => [
      String(memorySize),
      `${billedMs.toFixed(0)} ms`,
      dollars(millionMisses),
    ]),
  );
}

function attackTable({ hostile }: CostModel): string {
  const kinds = Object.keys(hostile[0]?.attacks ?? {});
  const amount = (bill: Bill | undefined) => (bill ? dollars(total(bill)) : "–");
  return table(
    ["", ...hostile.map(({ name }) => name)],
    kinds.map((kind) => [kind, ...hostile.map(({ attacks }) => amount(attacks[kind]))]),
  );
}

function priceTable(): string {
  const tier = ([upTo, price]: Price["tiers"][number]) =>
    // In full: 0.0000133334 rather than 1.33e-5.
    `$${price.toFixed(12).replace(/0+$/, "")}${upTo === Infinity ? "" : ` to ${compact(upTo)}`}`;
  return table(
    ["unit", "price, tier by tier", "source"],
    Object.values<Price>(PRICES).map(({ tiers, unit, source }) => [
      unit,
      tiers.map(tier).join(", "),
      `[AWS](${source})`,
    ]),
  );
}

function assumptions(): string[] {
  return [
    ...Object.entries(ASSUMPTIONS).map(([name, value]) => `\`${name}\` ${value}`),
    ...Object.entries(FORMAT_SHARES).map(
      ([format, share]) => `clients with ${format} where it is made ${percent(share)}`,
    ),
    "a function's processor as fast as that of the bench",
  ];
}
