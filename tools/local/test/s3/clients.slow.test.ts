import assert from "node:assert/strict";
import { freedAfterAll } from "../support/freed";
import { CLIENTS } from "./clients/commands";
import { readRecord, sizes } from "./clients/records";
import { makeFiles, runCommand, startWithObjects, versionOf } from "./clients/run";

const VERSIONS = CLIENTS.map((client) => ({ client, version: versionOf(client) }));
const FOUND = VERSIONS.map(({ client, version }) => `${client.name}: ${version ?? "not installed"}`).join("; ");

// recorded.test.ts replays what these clients send by all of their commands, wherever it runs.
describe("real S3 clients", () => {
  const free = freedAfterAll();

  it(`are those of this machine (${FOUND})`, () => {
    assert.equal(VERSIONS.length, 4);
  });

  for (const { client } of VERSIONS.filter(({ version }) => version !== undefined)) {
    const { commands } = readRecord(client);
    for (const [index, command] of client.commands.entries()) {
      if (!command.live) continue;
      it(`${client.name}: ${command.args.join(" ")}`, async () => {
        const test = await startWithObjects(free);
        await runCommand(client, command, test, await makeFiles(free), test.s3.url);
        assert.deepEqual(await sizes(test), commands[index]?.objects);
      });
    }
  }
});
