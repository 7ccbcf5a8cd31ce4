import assert from "node:assert/strict";
import { servePart } from "../http/server";
import { isOwnHost } from "../hosts";
import { type Hop, Trace } from "../trace";
import { freedAfterAll } from "./support/freed";
import { ask } from "./support/http";

describe("the hosts of a local server", () => {
  const free = freedAfterAll();

  it("are loopback's names and those of AWS", () => {
    for (const host of [
      undefined,
      "localhost:8080",
      "LOCALHOST",
      "127.0.0.1:8083",
      "images.localhost:1",
      "images.s3-website-us-east-1.amazonaws.com",
      "d111111abcdef8.cloudfront.net",
    ]) {
      assert.equal(isOwnHost(host), true, host);
    }
    for (const host of [
      "",
      "evil.example:8080",
      "localhost.evil.example",
      "127.0.0.1.evil.example:8080",
      "amazonaws.com.evil.example",
      "evilamazonaws.com",
      "192.168.0.1:8080",
    ]) {
      assert.equal(isOwnHost(host), false, host);
    }
  });

  it("are the only ones that it answers", async () => {
    const trace = new Trace();
    const hops: Hop[] = [];
    trace.listen((hop) => hops.push(hop));
    const server = await servePart("s3", trace, 0, () => Promise.resolve({ status: 200, headers: {}, body: "secret" }));
    free(() => server.close());
    const body = async (host: string) => {
      const { status, body } = await ask(`${server.url}/a`, { headers: { host } });
      return `${status} ${body.toString()}`;
    };
    assert.equal(await body(`localhost:${server.port}`), "200 secret");
    assert.equal(
      await body(`rebound.example:${server.port}`),
      "421 This server is of a local stack: its names are localhost and 127.0.0.1.\n",
    );
    assert.equal(hops.length, 1);
  });
});
