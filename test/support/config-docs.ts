import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as aws from "@pulumi/aws";
import { z } from "zod";
import { ConfigSchema } from "../../infra/config";
import { allowedBy, leavesOf } from "../../infra/config/leaves";

const ROOT = path.resolve(__dirname, "../..");
const PROJECT = "image-resizer";
const START = "<!-- config-table: written by npm run config-docs -->";
const END = "<!-- /config-table -->";

/** Files that are generated from the config's schema, with their contents, by their paths in the project. */
export function configDocs(): Readonly<Record<string, string>> {
  const page = "docs/configuration.md";
  return { [page]: withTable(readDoc(page)), "docs/config.schema.json": `${JSON.stringify(jsonSchema(), null, 2)}\n` };
}

/** Returns the text of a file of the project. */
export function readDoc(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

/** Writes a file of the project. */
export function writeDoc(file: string, text: string): void {
  writeFileSync(path.join(ROOT, file), text);
}

function withTable(page: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/configuration.md lacks ${START} or ${END}`);
  return `${before}${START}\n<!-- prettier-ignore-start -->\n\n${table()}\n\n<!-- prettier-ignore-end -->\n${END}${after}`;
}

function table(): string {
  const rows = [...leavesOf(ConfigSchema)].map(([key, leaf]) => {
    const { default: value, description = "" } = z.toJSONSchema(leaf as z.ZodType, { io: "input" });
    const shown = value === undefined ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
    return [`\`${key}\``, allowedBy(leaf), shown, description];
  });
  return [["Key", "Allowed", "Default", "Meaning"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/** JSON Schema of a stack file, by which editors complete and check it. */
function jsonSchema(): object {
  const { $schema, properties } = z.toJSONSchema(ConfigSchema, {
    io: "input",
    override: ({ jsonSchema: schema }) => {
      delete schema.allowed;
    },
  });
  const keys = Object.entries(properties ?? {}).map(([key, schema]) => [`${PROJECT}:${key}`, schema] as const);
  return {
    $schema,
    title: `Stack file of ${PROJECT}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { "aws:region": { enum: Object.values(aws.Region).sort() }, ...Object.fromEntries(keys) },
        patternProperties: { [`^(?!${PROJECT}:)[^:]+:`]: {} },
        additionalProperties: false,
      },
    },
  };
}
