// `npx tsx tools/local/test/reliability/tools/damage.ts`: counts the whole, almost whole and damaged files that the
// resizer serves, beside those that the levels of sharp's `failOn` would serve.
import { defineCommand, runCommand } from "@image-resizer/lib/cli";
import { FORMATS } from "../../../../../functions/variant-key";
import { serves, servesWith } from "../support/damage-rules";
import { type Case, damagedCorpus, STATES } from "../support/damaged-corpus";

const RULES = {
  "`failOn: none`": servesWith("none"),
  "`failOn: error`": servesWith("error"),
  "`failOn: warning`": servesWith("warning"),
  "the resizer": serves,
} as const;

const command = defineCommand({
  name: "npx tsx tools/local/test/reliability/tools/damage.ts",
  summary: "Counts the whole, almost whole and damaged files that the resizer serves.",
  options: {
    images: { type: "integer", min: 1, max: 4, default: 4, description: "Images of the corpus." },
    list: { type: "boolean", description: "Also lists the files that the resizer answers otherwise than it should." },
  },
  run: async ({ images, list }) => {
    const cases = await damagedCorpus(images);
    console.log(`| rule | kind | ${STATES.join(" | ")} |\n| --- | --- | --- | --- | --- |`);
    for (const [rule, serve] of Object.entries(RULES)) {
      const served = new Set<Case>();
      for (const each of cases) if (await serve(each.bytes)) served.add(each);
      for (const format of ["", ...FORMATS]) {
        const cells = STATES.map((state) => {
          const all = cases.filter((each) => each.state === state && each.kind.startsWith(format));
          return `${all.filter((each) => served.has(each)).length}/${all.length}`;
        });
        console.log(`| ${[rule, format || "all", ...cells].join(" | ")} |`);
      }
      if (!list || serve !== serves) continue;
      for (const each of cases)
        if (served.has(each) === (each.state === "damaged")) console.log(`${each.state}: ${each.name}`);
    }
    return 0;
  },
});

runCommand(command);
