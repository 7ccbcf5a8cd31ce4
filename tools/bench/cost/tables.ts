import type { Result } from "../lib/bench";
import { compact, count, dollars, percent, table } from "../lib/markdown";
import { sum } from "../lib/statistics";
import { ASSUMPTIONS, FORMAT_SHARES } from "./assumptions";
import { type Bill, ITEM_NAMES, MAKING, total } from "./bill";
import { quantileOfPoisson } from "./closed-form";
import { type Price, PRICES, PRICES_AS_OF } from "./prices";
import { type Bills, type CostModel, shareAsked } from "./run";

const WAYS: readonly (readonly [keyof Bills, string])[] = [
  ["redirect", "lazy, redirect"],
  ["failover", "lazy, failover"],
  ["batch", "batch of everything"],
  ["everyMiss", "every CDN miss, no store"],
];

/** Returns the section of docs/benchmarks.md. */
export function section(model: Result<CostModel>): string[] {
  return [
    ...introduction(model),
    "### Bills",
    "",
    billTable(model),
    "",
    ...comparison(model),
    "### Misses",
    "",
    ...misses(model),
    "### Memory",
    "",
    ...memory(model),
    "### A month of attacks",
    "",
    ...hostile(model),
    "### Prices and assumptions",
    "",
    ...basis(),
  ];
}

function introduction({ options, caps, measuredOn, variants, mean, startedAt, note }: Result<CostModel>): string[] {
  const formats = caps.formats.length === 0 ? "" : ` in the original's format and ${caps.formats.join(" and ")}`;
  return [
    `${count(options.images)} originals, ${count(options.views)} views a month, the stack \`${options.stack}\`: ${caps.sizes.length} sizes` +
      `${formats}, so ${count(variants)} possible variants. The function has ${caps.memorySize} MB on ${caps.architecture}. CPU and ` +
      `bytes of a variant are from the first section (${measuredOn}): the mean variant has ${(mean.bytes / 1000).toFixed(0)} KB and ` +
      `${mean.billedMs.toFixed(0)} ms of the function. Prices are AWS's list prices, without free tiers, discounts and taxes. ` +
      `${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`,
    "",
    "Variants are made lazily, as this project does; all at once before the first request; or again at every miss of the CDN, without a " +
      "store. Storing the originals costs the same in all, and is not part of it. EventBridge is part of the bill of a bucket with " +
      "`bucket.purgeOnChange`.",
    "",
  ];
}

function billTable({ firstMonth, twelfthMonth }: CostModel): string {
  const months = [firstMonth.bills, twelfthMonth.bills];
  const row = (name: string, amount: (bill: Bill) => string) => [
    name,
    ...months.flatMap((bills) => WAYS.map(([way]) => amount(bills[way]))),
  ];
  return table(
    ["", ...WAYS.map(([, name]) => `first month: ${name}`), ...WAYS.map(([, name]) => `twelfth month: ${name}`)],
    [
      ...ITEM_NAMES.map((item) => row(item, (bill) => dollars(bill[item]))),
      row("**Sum**", (bill) => `**${dollars(total(bill))}**`),
      row("making and storing alone", (bill) => dollars(total(bill, MAKING))),
    ],
  );
}

function comparison({ firstMonth: { bills, traffic }, variants }: CostModel): string[] {
  const times = (way: keyof Bills) => (total(bills[way], MAKING) / total(bills.redirect, MAKING)).toFixed(1);
  return [
    "The first month begins with an empty bucket; the twelfth has the same traffic and no new originals. " +
      `Lazily ${percent(shareAsked(traffic, variants))} of the variants are made in the first month. Making and storing them costs ${times("batch")} times as ` +
      `much in a batch, and ${times("everyMiss")} times as much without a store.`,
    "",
  ];
}

function misses({ byViews, variants, mean, options }: CostModel): string[] {
  return [
    `Popularity follows Zipf's law with an exponent of ${options.zipf}; every size is requested equally often. Clients are spread over ` +
      `${options.caches} caches of the CDN; each drops what was not requested for ` +
      `${options.cacheDays === 1 ? "a day" : `${options.cacheDays} days`}. The numbers of a first month are expected values in closed form ` +
      "([closed-form.ts](../tools/bench/cost/closed-form.ts)). The bucket hit ratio is the share of views without a miss. 99.9 % of busiest " +
      "minutes have fewer misses, and 99.9 % of moments in one have fewer functions at once. Dollars are of making and storing alone.",
    "",
    table(
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
      byViews.map(({ views, traffic, peakMissesPerMinute: peak, bills }) => [
        count(views),
        percent(shareAsked(traffic, variants)),
        percent(1 - sum(traffic.cdnMisses) / views),
        percent(1 - sum(traffic.variantsAsked) / views),
        count(peak),
        String(quantileOfPoisson((peak / 60) * (mean.billedMs / 1000))),
        ...WAYS.map(([way]) => dollars(total(bills[way], MAKING))),
      ]),
    ),
    "",
  ];
}

function memory({ byMemory }: CostModel): string[] {
  return [
    "The processor comes with the memory, one with 1,769 MB, and a variant uses one. So the time falls as the memory grows, and only the " +
      "wait for S3 costs more; beyond 1,769 MB nothing is faster. A function also needs the memory of its largest original.",
    "",
    table(
      ["MB", "mean miss in the function", "a million misses"],
      byMemory.map(({ memorySize, billedMs, millionMisses }) => [
        String(memorySize),
        `${billedMs.toFixed(0)} ms`,
        dollars(millionMisses),
      ]),
    ),
    "",
  ];
}

function hostile({ caps, options, hostile: months, mean }: CostModel): string[] {
  const concurrency = caps.concurrencyIsReserved
    ? `its reserved concurrency of ${caps.concurrency}`
    : `the account's default concurrency of ${caps.concurrency}, because the stack reserves none`;
  return [
    `The most that a month (730 hours) of hostile requests can cost. The caps are the API's ${caps.rateLimit} requests a second, the ` +
      `function's timeout of ${caps.timeout} s, and ${concurrency}. A stack has no cap of what the CDN serves: those rows are for ` +
      `${count(options.attackRate)} requests a second without a pause, and grow in proportion. AWS does not bill throttled requests.`,
    "",
    table(
      ["", ...months.map(({ delivery, edge }) => `${delivery}${edge ? ", edge function" : ""}`)],
      (months[0]?.attacks ?? []).map((attack, index) => [
        attack.name,
        ...months.map(({ attacks }) => dollars(attacks[index] ? total(attacks[index].bill) : 0)),
      ]),
    ),
    "",
    "- _Unlisted sizes_: every URL a new one. The edge function rejects them before the cache; the rest is CloudFront's price of a request.",
    "- _Listed sizes at the API_: past the CDN, again and again, even for variants that exist. The rate limit caps variants of " +
      `${(mean.billedMs / 1000).toFixed(2)} s, the concurrency those of the whole timeout. A lower \`resizer.rateLimit\` and a ` +
      "`resizer.reservedConcurrency` lower this bill.",
    "- _Downloads_: the price of any CDN. A budget alarm or rate rules of AWS WAF help; a resizer cannot.",
    "",
  ];
}

function basis(): string[] {
  return [
    `Prices of ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}, from public copies of AWS's pages; CloudFront's for ` +
      `${PRICES_AS_OF.cloudFrontRegion} ([prices.ts](../tools/bench/cost/prices.ts)):`,
    "",
    table(
      ["unit", "price, tier by tier", "source"],
      Object.values<Price>(PRICES).map(({ tiers, unit, source }) => [
        unit,
        tiers
          .map(({ upTo, price }) => `$${decimal(price)}${upTo === undefined ? "" : ` to ${compact(upTo)}`}`)
          .join(", "),
        `[AWS](${source})`,
      ]),
    ),
    "",
    "Assumptions, neither measured nor configured ([assumptions.ts](../tools/bench/cost/assumptions.ts)): " +
      [
        ...Object.entries(ASSUMPTIONS).map(([name, value]) => `\`${name}\` ${value}`),
        ...Object.entries(FORMAT_SHARES).map(
          ([format, share]) => `clients that receive ${format} where it is made ${percent(share)}`,
        ),
        "a function's processor as fast as that of the bench",
      ].join("; ") +
      ".",
    "",
  ];
}

/** Formats a small price in full: 0.0000133334 rather than 1.33e-5. */
function decimal(value: number): string {
  return value.toFixed(12).replace(/0+$/, "");
}
