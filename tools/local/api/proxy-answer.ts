import { z } from "zod";

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What Lambda returns at most: 6 MB and a little for the envelope, as JSON. (Lambda quotas) */
const MAX_PAYLOAD_BYTES = 6_291_556;

const Structured = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * The answer that a function's result of payload format 2.0 stands for. A result without `statusCode` is the body of a
 * 200 itself; one that API Gateway cannot read is a 500.
 */
export function answerOf(payload: string): ApiAnswer {
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) return message(500, "Internal Server Error");
  const result: unknown = JSON.parse(payload);
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    const body = typeof result === "string" ? result : payload;
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
  }
  const parsed = Structured.safeParse(result);
  if (!parsed.success) return message(500, "Internal Server Error");
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: statusCode,
    headers: {
      "content-type": "text/plain;charset=UTF-8",
      ...(Object.fromEntries(named) as Record<string, string>),
      ...(cookies?.length ? { "set-cookie": cookies } : {}),
    },
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
}

/** An answer of API Gateway itself. */
export function message(status: number, text: string): ApiAnswer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ message: text })),
  };
}
