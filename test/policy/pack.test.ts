import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { parseSpec } from "../../functions/variant-key";
import * as propertyPaths from "../../policy/iam/property-paths";
import { readSpec } from "../../policy/lib/size";
import { globMatches } from "../../policy/lib/glob";
import { rules } from "../../policy/rules";
import { PACK } from "./support/analyzer-client";

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest & { readonly devDependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as ReturnType<typeof manifest>;
}

/** Lists the TypeScript files of the pack. */
function filesOfThePack(): string[] {
  return readdirSync(PACK, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => path.join(PACK, file));
}

/** The type token of the AWS provider's class that a token names; undefined if there is no such class. */
function awsType(token: string): unknown {
  const [, modulePath = "", name = ""] = token.split(":");
  try {
    // By the class's own file: the whole provider takes seconds to load.
    // Some files have the module's name in lower case.
    const file = ["dms/s3Endpoint"].includes(modulePath) ? modulePath.toLowerCase() : modulePath;
    const module = createRequire(__filename)(`@pulumi/aws/${file}`) as Readonly<Record<string, unknown>>;
    return (module[name] as { readonly __pulumiType?: unknown } | undefined)?.__pulumiType;
  } catch {
    return undefined;
  }
}

describe("the pack", () => {
  it("describes every rule", () => {
    for (const rule of rules) {
      assert.match(rule.name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      assert.match(rule.description, /\.$/);
      assert.ok(rule.severity, rule.name);
      assert.ok(rule.enforcementLevel, rule.name);
      assert.ok(rule.remediationSteps, rule.name);
      for (const [name, schema] of Object.entries(rule.configSchema?.properties ?? {})) {
        assert.ok(schema.default !== undefined && schema.description, `${rule.name}: ${name}`);
      }
    }
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
  });

  it("has a file for every rule, named for it", () => {
    const files = readdirSync(path.join(PACK, "rules")).filter((file) => file !== "index.ts");
    assert.deepEqual(files.sort(), rules.map(({ name }) => `${name}.ts`).sort());
  });

  it("depends on what the project does, version for version", () => {
    const root = manifest(path.dirname(PACK));
    const versions: Readonly<Record<string, string>> = { ...root.devDependencies, ...root.dependencies };
    for (const [name, version] of Object.entries(manifest(PACK).dependencies))
      assert.equal(version, versions[name], name);
  });

  it("publishes all of its files, which import nothing from outside", () => {
    const files = filesOfThePack();
    assert.ok(files.length > 30);
    const published = manifest(PACK).files.map((entry) => path.join(PACK, entry));
    assert.deepEqual(
      files.filter((file) => !published.some((entry) => file.startsWith(entry))),
      [],
    );
    for (const file of files) {
      for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/from "([^"]+)"/g)) {
        const target = path.relative(PACK, path.resolve(path.dirname(file), from));
        const own = from.startsWith(".") && !target.startsWith("..");
        assert.ok(own || from.startsWith("@pulumi/"), `${file} imports ${from}`);
      }
    }
  });

  it("names types that the AWS provider has", () => {
    const source = filesOfThePack().map((file) => readFileSync(file, "utf8"));
    const named = new Set(
      source.flatMap((text) => [...text.matchAll(/"(aws:\w+\/\w+:\w+)"/g)].map(([, type = ""]) => type)),
    );
    assert.ok(named.size > 40);
    assert.deepEqual(
      [...named].filter((type) => awsType(type) !== type),
      [],
    );
    assert.ok(
      propertyPaths
        .typesOf(propertyPaths.IDENTITY_DOCUMENTS, propertyPaths.MANAGED_POLICIES)
        .filter((type) => type.startsWith("aws:"))
        .every((type) => named.has(type)),
    );
  });

  it("reads sizes as the variant keys' grammar does", () => {
    const segment = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc
        .tuple(
          fc.nat(20_000),
          fc.constantFrom("x", "w", "h"),
          fc.option(fc.nat(20_000)),
          fc.constantFrom("", ".webp", ".gif", ".jpg", ".jpeg", "."),
        )
        .map(([first, letter, second, format]) => `${first}${letter}${second ?? ""}${format}`),
    );
    fc.assert(
      fc.property(segment, (text) => {
        const ours = readSpec(text);
        const theirs = parseSpec(text);
        assert.equal(ours === undefined, theirs === undefined);
        assert.equal(ours?.width, theirs?.size.width);
        assert.equal(ours?.height, theirs?.size.height);
      }),
      { numRuns: 2000 },
    );
  });

  it("matches patterns as a regular expression does", () => {
    const alphabet = fc.constantFrom("a", "b", "/", ":", "*", "?");
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 8 }),
        fc.array(fc.constantFrom("a", "b", "/", ":"), { maxLength: 8 }),
        (pattern, text) => {
          const source = pattern.map((c) => (c === "*" ? ".*" : c === "?" ? "." : c)).join("");
          assert.equal(
            globMatches(pattern.join(""), text.join("")),
            new RegExp(`^${source}$`, "s").test(text.join("")),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
