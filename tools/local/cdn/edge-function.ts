import type { IncomingMessage } from "node:http";
import { createContext, Script } from "node:vm";
import { z } from "zod";
import { inputsOf, ofType } from "../declared";
import { splitTarget } from "../http/exchange";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

const Value = z.object({ value: z.string(), multiValue: z.array(z.object({ value: z.string() })).optional() });
const Values = z.record(z.string(), Value);
const Request = z.object({
  method: z.string(),
  uri: z.string().startsWith("/"),
  querystring: Values.default({}),
  headers: Values.default({}),
  cookies: Values.default({}),
});
const Response = z.object({
  statusCode: z.number().int().min(200).max(599),
  headers: Values.default({}),
  body: z
    .union([z.string(), z.object({ encoding: z.literal("text"), data: z.string() }).transform(({ data }) => data)])
    .default(""),
});

type EdgeValues = z.output<typeof Values>;
/** A client's request as a function sees it (CloudFront guide, "CloudFront Functions event structure"). */
export type EdgeRequest = z.output<typeof Request>;

export type EdgeResponse = z.output<typeof Response>;

/** Globals of `cloudfront-js-2.0` (CloudFront guide, "JavaScript runtime 2.0 features"), without modules. */
const GLOBALS = new Set(
  `Object Function Array String Number Boolean Symbol Promise RegExp Date Math JSON
  Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
  decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt
  ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
  Float32Array Float64Array Uint8ClampedArray NaN Infinity undefined globalThis`.split(/\s+/),
);
const MAX_CODE_BYTES = 10_240;
/** Far more than CloudFront allows: it ends only a function that would never end. */
const TIMEOUT_MS = 1000;

const FunctionInputs = z.looseObject({
  code: z.string(),
  runtime: z.literal("cloudfront-js-2.0"),
  publish: z.boolean().nullish(),
});

/** A CloudFront Function, run as CloudFront would: plain JavaScript without modules, network, timers or `eval`. */
export class EdgeFunction {
  readonly #run: (event: string) => unknown;

  /** @throws UserError for code that CloudFront would not accept */
  constructor(name: string, code: string) {
    const bytes = Buffer.byteLength(code);
    if (bytes > MAX_CODE_BYTES) {
      throw new UserError(`the function "${name}" is ${bytes} bytes: allowed is ${MAX_CODE_BYTES}`);
    }
    const context = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
    const call = new Script("JSON.stringify(handler(JSON.parse(input)))");
    try {
      const names = new Script("Object.getOwnPropertyNames(globalThis)").runInContext(context) as string[];
      for (const global of names) if (!GLOBALS.has(global)) Reflect.deleteProperty(context, global);
      new Script(code, { filename: `${name}.js` }).runInContext(context, { timeout: TIMEOUT_MS });
    } catch (error) {
      throw new UserError(`the function "${name}" does not load: ${String(error)}`);
    }
    this.#run = (event) => {
      Object.assign(context, { input: event });
      return call.runInContext(context, { timeout: TIMEOUT_MS });
    };
  }

  /** @throws Error if the function fails, or returns what CloudFront cannot read */
  handle(request: EdgeRequest, requestId: string, ip: string): EdgeRequest | EdgeResponse {
    const context = { eventType: "viewer-request", requestId };
    const output = this.#run(JSON.stringify({ version: "1.0", context, viewer: { ip }, request }));
    return z.union([Response, Request]).parse(JSON.parse(String(output)));
  }
}

/**
 * Reads the declared functions, by ARN.
 * @throws UserError for one that is not published, of another runtime, or does not load
 */
export function readEdgeFunctions(resources: readonly RegisteredResource[]): ReadonlyMap<string, EdgeFunction> {
  return new Map(
    ofType(resources, "aws:cloudfront/function:Function").map((resource) => {
      const { code, publish } = inputsOf(resource, FunctionInputs);
      if (publish === false) throw new UserError(`the function "${resource.name}" is not published`);
      return [String(resource.outputs.arn), new EdgeFunction(resource.name, code)];
    }),
  );
}

/** Returns a client's request as an edge function sees it. */
export function edgeRequest({ method = "GET", url = "/", headers, headersDistinct }: IncomingMessage): EdgeRequest {
  const [uri, query] = splitTarget(url);
  const named = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value) => [name, value] as const),
  );
  return {
    method,
    uri,
    querystring: grouped(pairs(query, "&")),
    headers: grouped(named.filter(([name]) => name !== "cookie")),
    cookies: grouped(pairs(headers.cookie ?? "", /; */)),
  };
}

/** Returns the target that a function's request names. */
export function targetOf({ uri, querystring }: EdgeRequest): string {
  const query = Object.entries(querystring).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one) => `${name}=${one.value}`),
  );
  return query.length === 0 ? uri : `${uri}?${query.join("&")}`;
}

function pairs(text: string, separator: string | RegExp): [string, string][] {
  return text.split(separator).flatMap((pair): [string, string][] => {
    if (pair === "") return [];
    const [name = ""] = pair.split("=", 1);
    return [[name, pair.slice(name.length + 1)]];
  });
}

function grouped(named: readonly (readonly [string, string])[]): EdgeValues {
  const values: EdgeValues = {};
  for (const [name, value] of named) {
    const before = values[name];
    values[name] = before
      ? { value: before.value, multiValue: [...(before.multiValue ?? [{ value: before.value }]), { value }] }
      : { value };
  }
  return values;
}
