"use strict";
// One Lambda execution environment: loads a handler and runs one request after the other, as its parent sends them.
// Plain JavaScript, so that a process starts without a compiler.
const process = require("node:process");
const { pathToFileURL } = require("node:url");

const [file, exportName] = process.argv.slice(2);

// Ctrl-C in a terminal reaches every process of the group; this one ends when the local stack ends.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));

/** Errors as Lambda reports them. */
function describe(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stack: error.stack }
    : { errorType: typeof error, errorMessage: String(error) };
}

async function load() {
  const module = file.endsWith(".mjs") ? await import(pathToFileURL(file).href) : require(file);
  const handler = module[exportName];
  if (typeof handler !== "function") throw new Error(`${file} exports no function "${exportName}"`);
  return handler;
}

load().then(
  (handler) => {
    process.on("message", async ({ event, context, traceId, remainingMs }) => {
      const deadline = Date.now() + remainingMs;
      // The AWS SDK passes it on with every call.
      process.env._X_AMZN_TRACE_ID = traceId;
      const lambdaContext = { ...context, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) };
      try {
        const result = await handler(event, lambdaContext);
        process.send({ kind: "answer", payload: JSON.stringify(result) ?? "null" });
      } catch (error) {
        process.send({ kind: "error", error: describe(error) });
      }
      // As Lambda's runtime asks for the next request: after the answer, and after what the handler left for then.
      setImmediate(() => process.send({ kind: "next" }));
    });
    process.send({ kind: "ready" });
  },
  (error) => process.send({ kind: "error", error: describe(error) }, () => process.exit(1)),
);
