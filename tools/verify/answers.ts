import { setTimeout as sleep } from "node:timers/promises";

/** A response, with its body. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export type Ask = Pick<RequestInit, "method" | "headers" | "body">;

/** Headers that identify a request in AWS's logs, the outermost first. */
const REQUEST_IDS = ["x-amz-cf-id", "apigw-requestid", "x-amz-request-id"];
/** The API's own timeout is 30 s. */
const TIMEOUT_MS = 35_000;
const MAX_REDIRECTS = 5;
/** A stack may accept few misses a second, and no fact is about how many. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const MAX_ATTEMPTS = 6;
const PAUSE_MS = 1500;

/** Sends one request, its redirect not followed; again after a pause while the stack is too busy. */
export async function ask(url: string, init: Ask = {}): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const body = Buffer.from(await response.arrayBuffer());
    if (!BUSY.has(response.status) || attempt === MAX_ATTEMPTS) {
      return { url, status: response.status, headers: response.headers, body };
    }
    await sleep(PAUSE_MS);
  }
}

/** Returns every response on the way from a URL. Redirects to other origins than those of a stack are not followed. */
export async function follow(origins: readonly string[], url: string, init: Ask = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let next: string | undefined = url; next !== undefined && answers.length <= MAX_REDIRECTS;) {
    const answer: Answer = await ask(next, init);
    answers.push(answer);
    const target = locationOf(answer);
    next = target && origins.includes(new URL(target).origin) ? target : undefined;
  }
  return answers;
}

/** Returns the URL that a response redirects to; undefined for none. */
export function locationOf({ url, status, headers }: Answer): string | undefined {
  const location = headers.get("location");
  return status >= 300 && status < 400 && location !== null ? new URL(location, url).href : undefined;
}

/** Returns the id of each request, for AWS's logs and support. */
export function requestIds(answers: readonly Answer[]): string {
  return answers.map(({ headers }) => REQUEST_IDS.map((name) => headers.get(name)).find(Boolean) ?? "-").join(" ");
}
