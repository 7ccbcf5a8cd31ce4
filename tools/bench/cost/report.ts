import { compact, count, dollars, percent, table } from "../kit/markdown";
import { barChart, lineChart } from "../kit/svg-chart";
import { ASSUMPTIONS, FORMAT_SHARES } from "./assumptions";
import { DELIVERY_ITEMS, ITEM_NAMES, total } from "./bill";
import type { Bills, CostResult, HostileMonth } from "./model";
import { type Price, PRICES, PRICES_AS_OF } from "./prices";
import { sum } from "./traffic";

const WAYS: readonly (readonly [keyof Bills, string])[] = [
  ["redirect", "lazy, redirect"],
  ["failover", "lazy, failover"],
  ["batch", "batch everything"],
  ["everyMiss", "every CDN miss, no store"],
];
const MAKING = ITEM_NAMES.filter((item) => !DELIVERY_ITEMS.includes(item));

/** The files of the report by name: `cost.md` and its plots. */
export function report(result: CostResult): Record<string, string> {
  return {
    "cost.md": [
      ...introduction(result),
      ...months(result),
      ...popularity(result),
      ...memory(result),
      ...hostile(result),
      ...basis(result),
    ].join("\n"),
    "cost-by-views.svg": lineChart({
      title: "Making and storing the variants, in the first month",
      xLabel: "views in the month",
      yLabel: "US dollars",
      xScale: "log",
      yScale: "log",
      xText: compact,
      yText: (value) => `$${compact(value)}`,
      series: WAYS.map(([way, name]) => ({
        name,
        points: result.byViews.map(({ views, bills }) => [views, total(bills[way], MAKING)] as const),
      })),
    }),
    "cost-variants-asked.svg": lineChart({
      title: "Variants ever asked for",
      xLabel: "views",
      yLabel: "share of all variants",
      xScale: "log",
      xText: compact,
      yText: percent,
      series: [
        { name: "closed form", points: result.byViews.map(({ views, asked }) => [views, asked] as const) },
        {
          name: "simulated",
          dots: true,
          points: result.checked.map(({ views, simulated }) => [views, sum(simulated.variantsAsked) / result.variants]),
        },
      ],
    }),
    "cost-attack.svg": barChart({
      title: `A month of hostile requests, ${count(result.asked.attackRate)} a second at the CDN`,
      text: dollars,
      bars: result.hostile.flatMap(({ delivery, edge, attacks }) =>
        attacks.slice(0, 2).map(({ name, bill }) => ({
          name: `${delivery}${edge ? " + edge" : ""}: ${name.split(",")[0] ?? ""}`,
          value: total(bill),
        })),
      ),
    }),
  };
}

function introduction({ at, asked, caps, measuredOn, variants, mean }: CostResult): string[] {
  const command = `npm run cost -- --stack ${asked.stack} --images ${asked.images} --views ${asked.views} --simulate-to ${asked.simulateTo}`;
  return [
    "# What it costs",
    "",
    `<!-- Made by \`npm run cost\`; do not edit. -->`,
    "",
    "```sh",
    command,
    "```",
    "",
    `${count(asked.images)} photographs, ${count(asked.views)} views a month, the stack \`${asked.stack}\`: ` +
      `${caps.sizes.length} sizes${caps.formats.length > 0 ? ` in the original's format and ${caps.formats.join(" and ")}` : ""}, ` +
      `so ${count(variants)} variants that there could be. The function has ${caps.memorySize} MB on ${caps.architecture}.`,
    "",
    `CPU and bytes of a variant are measured (${measuredOn}, [performance.md](performance.md)): the mean variant asked for is ` +
      `${(mean.bytes / 1000).toFixed(0)} KB and ${mean.billedMs.toFixed(0)} ms of the function. Prices are AWS's list prices ` +
      `for ${PRICES_AS_OF.region}, looked up on ${PRICES_AS_OF.date} in public copies of its pricing pages, without free tiers, discounts and taxes. Made on ${at.slice(0, 10)}.`,
    "",
  ];
}

function months({ firstMonth, twelfthMonth, variants }: CostResult): string[] {
  const rows = ({ bills }: { readonly bills: Bills }) => [
    ...ITEM_NAMES.map((item) => [item, ...WAYS.map(([way]) => dollars(bills[way][item]))]),
    ["**Sum**", ...WAYS.map(([way]) => `**${dollars(total(bills[way]))}**`)],
    ["of it making and storing", ...WAYS.map(([way]) => dollars(total(bills[way], MAKING)))],
  ];
  const head = ["", ...WAYS.map(([, name]) => name)];
  const { bills } = firstMonth;
  const times = (way: keyof Bills) => (total(bills[way], MAKING) / total(bills.redirect, MAKING)).toFixed(1);
  return [
    "## Three ways to make variants",
    "",
    "Lazily, as this project does; all of them before anybody asks; or again whenever the CDN has not got one, storing none.",
    "",
    "### The first month, from an empty bucket",
    "",
    table(head, rows(firstMonth)),
    "",
    `Lazily ${percent(sum(firstMonth.traffic.variantsAsked) / variants)} of the variants are made. What it takes to make and store ` +
      `them is ${times("batch")} times as much for a batch, and ${times("everyMiss")} times as much without a store.`,
    "",
    "![Cost by views](cost-by-views.svg)",
    "",
    "### The twelfth month, with the same traffic and no new photographs",
    "",
    table(head, rows(twelfthMonth)),
    "",
    "The storage of the originals is the same for all and in none of them. EventBridge is in the bill for a bucket that reports its " +
      "writes; without that feature the line is 0.",
    "",
  ];
}

function popularity({ checked, variants, mean, asked }: CostResult): string[] {
  const compared = (simulated: number, expected: number) => [
    count(simulated),
    count(expected),
    `${((simulated / expected - 1) * 100).toFixed(2)} %`,
  ];
  return [
    "## Who asks for what",
    "",
    `Popularity follows Zipf's law with an exponent of ${asked.zipfExponent}; every size is asked for as often as the next. ` +
      `Viewers are spread over ${asked.caches} caches of the CDN; each drops what nobody asked it for in ` +
      `${asked.cacheDays === 1 ? "a day" : `${asked.cacheDays} days`}. A simulation plays the month from an empty bucket, variant by variant and cache by cache, with random arrivals and ` +
      `a busy and a quiet time of day; what it counts does not need the views to be remembered, so a billion are played too.`,
    "",
    table(
      [
        "views",
        "variants asked for",
        "CDN hit ratio",
        "bucket hit ratio",
        "most misses in a minute",
        "running at once then",
      ],
      checked.map(({ views, simulated }) => [
        count(views),
        percent(sum(simulated.variantsAsked) / variants),
        percent(1 - sum(simulated.cdnMisses) / views),
        percent(1 - sum(simulated.variantsAsked) / views),
        count(simulated.peakMissesPerMinute),
        String(busiest((simulated.peakMissesPerMinute / 60) * (mean.billedMs / 1000))),
      ]),
    ),
    "",
    "The bucket hit ratio is the share of views that need no making. Running at once is the most that the function's time for the " +
      "busiest minute comes to, with the spread of random arrivals (99.9 % of moments are below it).",
    "",
    "The simulation was checked against a closed form ([closed-form.ts](../tools/bench/cost/closed-form.ts)): with Poisson arrivals a " +
      "variant with n views expected is asked for with probability 1 - e^-n, and a cache misses with probability e^-a where it " +
      "expects a requests in the time it keeps things. Simulated against expected:",
    "",
    table(
      ["views", "variants, simulated", "expected", "off by", "CDN misses, simulated", "expected", "off by"],
      checked.map(({ views, simulated, expected }) => [
        count(views),
        ...compared(sum(simulated.variantsAsked), sum(expected.variantsAsked)),
        ...compared(sum(simulated.cdnMisses), sum(expected.cdnMisses)),
      ]),
    ),
    "",
    "![Variants ever asked for](cost-variants-asked.svg)",
    "",
  ];
}

/** What a Poisson number with this mean stays below in 99.9 % of cases, by the normal approximation. */
function busiest(mean: number): number {
  return Math.max(1, Math.ceil(mean + 3.09 * Math.sqrt(mean)));
}

function memory({ byMemory }: CostResult): string[] {
  const [least] = byMemory;
  const whole = byMemory.find(({ memorySize }) => memorySize === 1769);
  return [
    "## Which memory size",
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
    "The processor comes with the memory, one of them with 1,769 MB, and a variant uses one. So the time falls as the memory " +
      "grows, and all that costs more is the wait for S3, in which the memory lies idle: from " +
      `${least?.memorySize ?? 0} MB to 1,769 MB a million misses go from ${dollars(least?.millionMisses ?? 0)} to ` +
      `${dollars(whole?.millionMisses ?? 0)}, and the mean first viewer's wait from ${(least?.billedMs ?? 0).toFixed(0)} ms to ` +
      `${(whole?.billedMs ?? 0).toFixed(0)} ms. Beyond it money buys nothing. A function must ` +
      "also have the memory that its largest original needs: see " +
      "[performance.md](performance.md).",
    "",
  ];
}

function hostile({ caps, asked, hostile: hostileMonths, mean }: CostResult): string[] {
  const [first] = hostileMonths;
  const name = ({ delivery, edge }: HostileMonth) => `${delivery}${edge ? ", edge function" : ""}`;
  const concurrency = caps.concurrencyIsReserved
    ? `its reserved concurrency of ${caps.concurrency}`
    : `the account's default concurrency of ${caps.concurrency}, as the stack reserves none`;
  return [
    "## An attacker's month",
    "",
    `The most that a month (730 hours) of hostile requests can cost. The stack's own caps are the API's ${caps.rateLimit} requests ` +
      `a second, the function's timeout of ${caps.timeout} s, and ${concurrency}. Nothing in a stack caps what the CDN itself ` +
      `serves: those rows are for ${count(asked.attackRate)} requests a second without a pause, and grow in proportion. Requests ` +
      "that the API throttles are not billed.",
    "",
    table(
      ["", ...hostileMonths.map(name)],
      (first?.attacks ?? []).map((attack, index) => [
        attack.name,
        ...hostileMonths.map(({ attacks }) => dollars(attacks[index] ? total(attacks[index].bill) : 0)),
      ]),
    ),
    "",
    "![An attacker's month](cost-attack.svg)",
    "",
    "- *Unlisted sizes*: every URL another one. The edge function answers them before the cache; what is left is CloudFront's " +
      "own price for a request.",
    `- *Listed sizes at the API*: past the CDN, again and again, even if the variant is there. The rate limit is the cap; ` +
      `with variants that take ${(mean.billedMs / 1000).toFixed(2)} s, and with ones that take the whole timeout, which the ` +
      "concurrency caps. Lower `throttleRateLimit`, and reserve concurrency, to lower this bill.",
    "- *Downloads*: what any CDN costs. A budget alarm or AWS WAF's rate rules are the answer to it, not a resizer.",
    "",
  ];
}

function basis({ at }: CostResult): string[] {
  const price = ({ tiers, unit, source }: Price) => [
    unit,
    tiers
      .map(({ upTo, price: each }) => `$${decimal(each)}${upTo === undefined ? "" : ` to ${compact(upTo)}`}`)
      .join(", "),
    `[AWS](${source})`,
  ];
  return [
    "## What it is made of",
    "",
    `Prices, ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}; CloudFront's for ${PRICES_AS_OF.cloudFrontRegion}; kept in ` +
      "[prices.ts](../tools/bench/cost/prices.ts):",
    "",
    table(["a unit", "price, tier by tier", "source"], Object.values<Price>(PRICES).map(price)),
    "",
    "Assumptions, neither measured nor configured; kept in [assumptions.ts](../tools/bench/cost/assumptions.ts):",
    "",
    ...Object.entries(ASSUMPTIONS).map(([name, value]) => `- \`${name}\`: ${value}`),
    ...Object.entries(FORMAT_SHARES).map(
      ([format, share]) => `- viewers that get ${format} where it is made: ${percent(share)}`,
    ),
    "- the function's processor is as fast as the one that the bench ran on",
    "",
    `The numbers behind this page are in [bench/results/cost.json](../bench/results/cost.json), ${at}.`,
    "",
  ];
}

/** A small price in full: 0.0000133334 rather than 1.33e-5. */
function decimal(value: number): string {
  return value.toFixed(12).replace(/0+$/, "");
}
