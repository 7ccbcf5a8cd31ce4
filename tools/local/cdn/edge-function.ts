import { createContext, Script } from "node:vm";
import { z } from "zod";
import { inputsOf, ofType } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** A header or a parameter as CloudFront Functions know it. */
export interface EdgeValue {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type EdgeValues = Readonly<Record<string, EdgeValue>>;

export interface EdgeRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: EdgeValues;
  readonly headers: EdgeValues;
  readonly cookies: EdgeValues;
}

/** What a function makes of a request: another one, or an answer. */
export type EdgeResult =
  | { readonly kind: "request"; readonly request: EdgeRequest }
  | { readonly kind: "response"; readonly status: number; readonly headers: EdgeValues; readonly body: string };

/** What `cloudfront-js-2.0` has of JavaScript (CloudFront guide, "JavaScript runtime 2.0 features"), without modules. */
const GLOBALS = new Set([
  ...[
    "Object",
    "Function",
    "Array",
    "String",
    "Number",
    "Boolean",
    "Symbol",
    "Promise",
    "RegExp",
    "Date",
    "Math",
    "JSON",
  ],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  ...[
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
  ],
  ...["ArrayBuffer", "DataView", "Uint8Array", "Int8Array", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array"],
  ...["Float32Array", "Float64Array", "Uint8ClampedArray", "NaN", "Infinity", "undefined", "globalThis"],
]);
const RUNTIME = "cloudfront-js-2.0";
const MAX_CODE_BYTES = 10_240;
/** Far beyond what CloudFront gives a function: only one that never ends is ended here. */
const TIMEOUT_MS = 1000;

const FunctionInputs = z.looseObject({
  code: z.string(),
  runtime: z.literal(RUNTIME),
  publish: z.boolean().nullish(),
});
const Value = z.object({ value: z.string(), multiValue: z.array(z.object({ value: z.string() })).optional() });
const Values = z.record(z.string(), Value);
const Result = z.union([
  z.object({
    statusCode: z.number().int().min(200).max(599),
    headers: Values.default({}),
    body: z.union([z.string(), z.object({ encoding: z.literal("text"), data: z.string() })]).default(""),
  }),
  z.object({
    method: z.string(),
    uri: z.string().startsWith("/"),
    querystring: Values.default({}),
    headers: Values.default({}),
    cookies: Values.default({}),
  }),
]);

/** A CloudFront Function, run as CloudFront would: plain JavaScript without modules, network, timers or `eval`. */
export class EdgeFunction {
  readonly #run: (event: string) => unknown;

  /** @throws UserError for code that CloudFront would not take */
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

  /** @throws Error where the function fails, or returns what CloudFront cannot read */
  handle(request: EdgeRequest, requestId: string, ip: string): EdgeResult {
    const context = { eventType: "viewer-request", requestId };
    const output = this.#run(JSON.stringify({ version: "1.0", context, viewer: { ip }, request }));
    const result = Result.parse(JSON.parse(String(output)));
    if (!("statusCode" in result)) return { kind: "request", request: result as EdgeRequest };
    const { statusCode: status, headers, body } = result;
    return {
      kind: "response",
      status,
      headers: headers as EdgeValues,
      body: typeof body === "string" ? body : body.data,
    };
  }
}

/**
 * The declared functions, by ARN.
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
