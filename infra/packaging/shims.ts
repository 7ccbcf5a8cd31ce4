import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "esbuild";

const SHIMS = path.resolve(__dirname, "../../functions/resizer/shims");

/** A module that a bundle has in the place of another, where a file that `from` fits imports that; by default any file. */
interface Replacement {
  readonly import: RegExp;
  readonly from?: RegExp;
  readonly by: string;
}

const SHARP = /[\\/]sharp[\\/]dist[\\/]/;

/** Modules that the SDK's clients load and never use in Lambda: more than a quarter of a bundle. */
export const CREDENTIALS: Replacement = {
  import: /^@aws-sdk\/credential-provider-node$/,
  by: path.join(SHIMS, "environment-credentials.ts"),
};

/**
 * Replacements that make the resizer's bundle load sooner (docs/benchmarks.md, "A fresh process"). Each says in its own file why it
 * is enough. sharp's own modules are bundled, by its CommonJS entry: the other one looks for its package by the file that
 * it is in.
 */
export const RESIZER: readonly Replacement[] = [
  CREDENTIALS,
  { import: /^@smithy\/core\/event-streams$/, by: path.join(SHIMS, "event-streams.ts") },
  { import: /^\.\/fromSharedConfigFiles$/, by: path.join(SHIMS, "config-files.ts") },
  { import: /^sharp$/, by: require.resolve("sharp") },
  { import: /^\.\/sharp\.cjs$/, from: SHARP, by: path.join(SHIMS, "sharp-binary.ts") },
  { import: /^\.\/libvips\.cjs$/, from: SHARP, by: path.join(SHIMS, "sharp-platform.ts") },
  { import: /^@img\/colour$/, from: SHARP, by: path.join(SHIMS, "colour.ts") },
];

/** Puts replacements into a bundle; one that nothing asks for any more is an error, not a bundle that is quietly larger. */
export function replaceModules(replacements: readonly Replacement[]): Plugin {
  return {
    name: "replace-modules",
    setup(build) {
      const idle = new Set(replacements);
      for (const replacement of replacements) {
        build.onResolve({ filter: replacement.import }, ({ importer }) => {
          if (replacement.from?.test(importer) === false) return undefined;
          idle.delete(replacement);
          return { path: replacement.by };
        });
      }
      build.onEnd(() => ({
        errors: [...idle].map((it) => ({ text: `nothing imports ${it.import.source} any more` })),
      }));
    },
  };
}

const SCHEMAS = /[\\/]client-s3[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;

/**
 * Leaves the schemas of a hundred S3 operations out that a bundle does not use. esbuild drops a constant that no code
 * reads, but not one whose object has a computed key, `{ [_hH]: 1 }`, for computing one could do anything. These are
 * names of strings in the same file, so that each can be written out: `{ "httpHeader": 1 }`.
 */
export function pruneSchemas(): Plugin {
  return {
    name: "prune-schemas",
    setup(build) {
      let written = 0;
      build.onLoad({ filter: SCHEMAS }, ({ path: file }) => {
        const text = readFileSync(file, "utf8");
        const strings = new Map(
          Array.from(text.matchAll(/^const (\w+) = ("[^"]*");$/gm), ([, name, value]) => [name, value]),
        );
        const contents = text.replace(/\[(\w+)\]:/g, (computed, name: string) => {
          const value = strings.get(name);
          if (value === undefined) return computed;
          written++;
          return `${value}:`;
        });
        return { contents };
      });
      build.onEnd(() => ({ errors: written > 0 ? [] : [{ text: "the S3 client's schemas are not what they were" }] }));
    },
  };
}
