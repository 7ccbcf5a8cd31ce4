import type { Result } from "../lib/bench";
import { type Column, count, dollars, paragraphs, percent, table } from "../lib/markdown";
import { sum } from "../lib/rounds";
import { ASSUMPTIONS, type Bill, billOf, ITEMS, MAKING, total } from "./bill";
import { quantileOfPoisson } from "./closed-form";
import { type Price, PRICES, PRICES_AS_OF } from "./prices";
import type { CostModel } from "./run";
import { FORMAT_SHARES } from "./variants";

const WAYS = [
  ["redirect", "lazy, redirect"],
  ["failover", "lazy, failover"],
  ["batch", "batch of everything"],
  ["everyMiss", "every CDN miss, no store"],
] as const;

export function section(model: Result<CostModel>): string {
  const { options, caps, mean, variants, measuredOn } = model;
  const assumed = [
    ...Object.entries(ASSUMPTIONS).map(([name, value]) => `\`${name}\` ${value}`),
    ...Object.entries(FORMAT_SHARES).map(
      ([format, share]) => `clients with ${format} where it is made ${percent(share)}`,
    ),
    "a function's processor as fast as that of the bench",
  ];
  return paragraphs(
    `${count(options.images)} originals, ${count(options.views)} views a month, the stack \`${options.stack}\`: ${count(variants)} possible ` +
      `variants, ${caps.memorySize} MB on ${caps.architecture}. The mean variant has ${(mean.bytes / 1000).toFixed(0)} KB and ` +
      `${mean.billedMs.toFixed(0)} ms of the function (${measuredOn}).`,
    billTable(model),
    `By views in a first month (Zipf exponent ${options.zipf}, caches ${options.caches}, days in a cache ${options.cacheDays}); dollars are of ` +
      "making and storing alone:",
    viewsTable(model),
    table(
      model.byMemory,
      ["MB", ({ memorySize }) => String(memorySize)],
      ["mean miss in the function", ({ billedMs }) => `${billedMs.toFixed(0)} ms`],
      ["a million misses", ({ millionMisses }) => dollars(millionMisses)],
    ),
    `A month of attacks, with ${count(options.attackRate)} requests a second at the CDN; ${caps.rateLimit} a second at the API, a timeout of ` +
      `${caps.timeout} s, and a concurrency of ${caps.concurrency}:`,
    attackTable(model),
    `Prices of ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}; CloudFront's for ${PRICES_AS_OF.cloudFrontRegion}:`,
    table(
      Object.values<Price>(PRICES),
      ["unit", ({ unit }) => unit],
      ["price, tier by tier", ({ usd, upTo }) => usd.map((price, tier) => tierText(price, upTo[tier])).join(", ")],
      ["source", ({ source }) => `[AWS](${source})`],
    ),
    `Assumptions: ${assumed.join("; ")}.`,
  );
}

function billTable({ firstMonth, twelfthMonth }: CostModel): string {
  type Row = readonly [name: string, amount: (bill: Bill) => string];
  const months = [
    ["first", firstMonth],
    ["twelfth", twelfthMonth],
  ] as const;
  const rows: Row[] = [
    ...ITEMS.map((item): Row => [item, (bill) => dollars(bill[item])]),
    ["**Sum**", (bill) => `**${dollars(total(bill))}**`],
    ["making and storing alone", (bill) => dollars(total(bill, MAKING))],
  ];
  return table(
    rows,
    ["", ([name]) => name],
    ...months.flatMap(([month, bills]) =>
      WAYS.map(([way, name]): Column<Row> => [`${month} month: ${name}`, ([, amount]) => amount(bills[way])]),
    ),
  );
}

function viewsTable({ byViews, variants, mean }: CostModel): string {
  return table(
    byViews,
    ["views", ({ views }) => count(views)],
    ["variants made", ({ traffic }) => percent(sum(traffic.variantsAsked) / variants)],
    ["CDN hit ratio", ({ traffic, views }) => percent(1 - sum(traffic.cdnMisses) / views)],
    ["bucket hit ratio", ({ traffic, views }) => percent(1 - sum(traffic.variantsAsked) / views)],
    ["misses in the busiest minute", ({ peak }) => count(peak)],
    ["functions at once", ({ peak }) => String(quantileOfPoisson((peak / 60) * (mean.billedMs / 1000)))],
    ...WAYS.map(([way, name]): Column<(typeof byViews)[number]> => [
      name,
      ({ bills }) => dollars(total(bills[way], MAKING)),
    ]),
  );
}

function attackTable({ hostile }: CostModel): string {
  return table(
    Object.keys(hostile[0]?.attacks ?? {}),
    ["", (kind) => kind],
    ...hostile.map(({ name, attacks }): Column<string> => [
      name,
      (kind) => dollars(total(billOf(attacks[kind] ?? {}))),
    ]),
  );
}

function tierText(price: number, upTo: number | undefined): string {
  // In full: 0.0000133334 rather than 1.33e-5.
  const text = `$${price.toFixed(12).replace(/0+$/, "")}`;
  const compact = new Intl.NumberFormat("en", { notation: "compact" });
  return upTo === undefined ? text : `${text} to ${compact.format(upTo)}`;
}
