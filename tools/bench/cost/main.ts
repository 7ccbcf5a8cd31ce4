// `npm run cost`: the month's bill of three ways to make variants, and of an attacker; the report goes into docs/.
import path from "node:path";
import { writeJson, writeText } from "../kit/files";
import { dollars, table } from "../kit/markdown";
import { runCommand } from "../kit/run-command";
import { readArguments } from "./arguments";
import { ITEM_NAMES, total } from "./bill";
import { model } from "./model";
import { report } from "./report";

runCommand(async (argv) => {
  const { question, measured, out, results } = readArguments(argv);
  const result = await model(question, measured);
  writeJson(path.join(results, "cost.json"), result);
  for (const [name, text] of Object.entries(report(result))) writeText(path.join(out, name), text);

  const { redirect, failover, batch, everyMiss } = result.firstMonth.bills;
  const bills = [redirect, failover, batch, everyMiss];
  console.log(
    table(
      ["first month", "lazy, redirect", "lazy, failover", "batch everything", "every CDN miss, no store"],
      [
        ...ITEM_NAMES.map((item) => [item, ...bills.map((bill) => dollars(bill[item]))]),
        ["sum", ...bills.map((bill) => dollars(total(bill)))],
      ],
    ),
  );
  console.log(`\nThe report: ${path.join(out, "cost.md")}`);
});
