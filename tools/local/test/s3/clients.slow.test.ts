import assert from "node:assert/strict";
import { freedAfterAll } from "../support/freed";
import { CLIENTS } from "./clients/commands";
import { readRecord, sizes } from "./clients/records";
import { makeFiles, runCommand, startWithObjects, versionOf } from "./clients/run";

const VERSIONS = CLIENTS.map((client) => ({ client, version: versionOf(client) }));
const FOUND = VERSIONS.map(({ client, version }) => `${client.name}: ${version ?? "not installed"}`).join("; ");

// Where a client is not installed, recorded.test.ts replays what it sends.
describe("real S3 clients", () => {
  const free = freedAfterAll();

  it(`are those of this machine (${FOUND})`, () => {
    assert.equal(VERSIONS.length, 4);
  });

  for (const { client } of VERSIONS.filter(({ version }) => version !== undefined)) {
    const { commands } = readRecord(client);
    for (const [index, command] of client.commands.entries()) {
      const { args, code = 0, prints = "", presigns = 0 } = command;
      it(`${client.name}: ${args.join(" ")}`, async () => {
        const test = await startWithObjects(free);
        const result = await runCommand(client, command, test, await makeFiles(free), test.s3.url);
        assert.equal(result.code, code, result.output);
        assert.ok(result.output.includes(prints), result.output);
        assert.equal(result.status, presigns);
        assert.deepEqual(await sizes(test), commands[index]?.objects);
      });
    }
  }
});
