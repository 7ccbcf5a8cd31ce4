import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ADMINISTRATOR } from "../../../iam/iam";
import { ask } from "../../support/http";
import { BUCKET, startStorage, type TestStorage } from "../storage-helper";
import type { Client, ClientCommand } from "./commands";

/** Just too large for one part of each client. */
export const LARGE_BYTES = 8 * 1024 * 1024 + 1;
const FILES = { "note.txt": "note", "up/a.jpg": "a", "up/y ä+%.jpg": "y", s3cfg: "[default]\n" };
const OBJECTS = { "top.jpg": "top", "p_1/a.jpg": "a", "p_1/b c+d.jpg": "bcd" };
const MODIFIED = new Date("2026-03-12T09:00:00Z");

/** Returns the version of a client; `undefined` if it is not installed. */
export function versionOf({ program, versionArgs, env }: Client): string | undefined {
  const { status, stdout } = spawnSync(program, versionArgs, { encoding: "utf8", env: cleanEnv(env) });
  return status === 0 ? /\d+\.\d+[\w.-]*/.exec(stdout)?.[0] : undefined;
}

/** Starts a storage with four objects. */
export async function startWithObjects(free: (close: () => unknown) => void): Promise<TestStorage> {
  const test = await startStorage(free);
  const objects = { ...OBJECTS, "large.bin": "a".repeat(LARGE_BYTES) };
  const store = test.storage.objects(BUCKET);
  for (const [key, text] of Object.entries(objects)) {
    const contentType = key.endsWith(".jpg") ? "image/jpeg" : "binary/octet-stream";
    await store.commit(
      key,
      await store.stage(bytes(text)),
      { headers: { "content-type": contentType }, tags: new Map() },
      false,
    );
  }
  return test;
}

// oxlint-disable-next-line require-await -- a body is asynchronous
async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** Makes a folder with files to upload. */
export async function makeFiles(free: (close: () => unknown) => void): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "s3-clients-"));
  free(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, "up"));
  for (const [name, text] of Object.entries({ ...FILES, "big.bin": "a".repeat(LARGE_BYTES) })) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    await utimes(file, MODIFIED, MODIFIED);
  }
  return folder;
}

/** Runs a command of a client against an endpoint, as an administrator, and asserts what it says and how it ends. */
export async function runCommand(
  { program, before, env = {} }: Client,
  { args, code = 0, prints = "", presigns }: ClientCommand,
  { storage }: TestStorage,
  folder: string,
  url: string,
): Promise<void> {
  const key = storage.credentials.issue(ADMINISTRATOR);
  const values = { url, host: new URL(url).host, folder, id: key.accessKeyId, secret: key.secretAccessKey };
  const filled = (text: string) =>
    Object.entries(values).reduce((filling, [name, value]) => filling.replaceAll(`{${name}}`, value), text);
  const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
  const result = await execute(program, [...before, ...args].map(filled), cleanEnv(own));
  assert.equal(result.code, code, result.output);
  assert.ok(result.output.includes(prints), result.output);
  if (presigns === undefined) return;
  const [printed = ""] = /http:\S+/.exec(result.output) ?? [];
  assert.equal((await ask(printed)).status, presigns, result.output);
}

function execute(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** Returns an environment without what a person has set for these clients. */
function cleanEnv(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|RCLONE|S3CMD)_|_proxy$/i.test(name));
  return { ...Object.fromEntries(kept), ...own };
}
