import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { UserError } from "@image-resizer/lib/program";
import { linkOriginals } from "../../s3/originals";
import { freedAfterEach } from "../support/freed";
import { BUCKET, raw, errorOf, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;

describe("originals of a folder", () => {
  let test: TestStorage;
  let root: string;
  const free = freedAfterEach();
  beforeEach(async () => {
    test = await startStorage(free);
    root = await mkdtemp(path.join(tmpdir(), "originals-"));
    free(() => rm(root, { recursive: true }));
  });
  const link = (directory = root) => linkOriginals(test.storage.objects(BUCKET), directory);
  const write = async (file: string, body = `bytes of ${file}`) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), body);
  };
  const keys = async () => {
    const { Contents = [] } = await test.admin.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key);
  };
  const get = (Key: string) => test.admin.send(new GetObjectCommand({ Bucket, Key }));

  it("are the images below it, by relative path, with their types", async () => {
    const types: Record<string, string> = {
      "a.jpg": "image/jpeg",
      "p_1/LOGO.JPG": "image/jpeg",
      "p_1/deep/er/b c+d&e%f#é.jpeg": "image/jpeg",
      "p_1/c.PNG": "image/png",
      "p_2/d.webp": "image/webp",
      "p_2/e.Avif": "image/avif",
      "p_2/f.jfif": "image/jpeg",
      "p_2/g.gif": "image/gif",
      "p_2/h.TIF": "image/tiff",
      "p_2/i.tiff": "image/tiff",
      "p_2/j.HEIC": "image/heic",
      "p_2/k.heif": "image/heif",
    };
    for (const file of [...Object.keys(types), "notes.txt", "g.bmp", "jpg", "p_1/.DS_Store", "sub/h.svg"])
      await write(file);
    assert.deepEqual(await link(), { count: 12, skipped: [], others: 5 });
    assert.deepEqual(await keys(), Object.keys(types).sort());
    for (const [key, type] of Object.entries(types)) {
      const { ContentType, Body } = await get(key);
      assert.equal(ContentType, type);
      assert.equal(await Body?.transformToString(), `bytes of ${key}`);
    }
    assert.equal((await raw(test.website, "GET", "/p_1/deep/er/b%20c+d&e%25f%23%C3%A9.jpeg")).status, 200);
  });

  it("exclude files that cannot be originals, with the reason", async () => {
    await write("a.jpg");
    const long = `${"x".repeat(200)}/`.repeat(5);
    await write(`${long}${"y".repeat(30)}.jpg`);
    const outside = await mkdtemp(path.join(tmpdir(), "outside-"));
    await writeFile(path.join(outside, "secret.jpg"), "secret");
    await symlink(path.join(outside, "secret.jpg"), path.join(root, "out.jpg"));
    await symlink(outside, path.join(root, "folder"));
    await symlink(path.join(root, "a.jpg"), path.join(root, "inside.jpg"));
    await symlink(path.join(root, "nothing.jpg"), path.join(root, "broken.jpg"));
    await symlink(root, path.join(root, "loop"));
    await mkdir(path.join(root, "folder.png"));
    const { count, skipped, others } = await link();
    assert.deepEqual([count, others], [2, 2]);
    assert.deepEqual(await keys(), ["a.jpg", "inside.jpg"]);
    const reasons = Object.fromEntries(skipped.map(({ file, reason }) => [file, reason]));
    assert.deepEqual(Object.keys(reasons).sort(), ["broken.jpg", "out.jpg", `${long}${"y".repeat(30)}.jpg`]);
    assert.equal(reasons["out.jpg"], "it is a link to a file outside the folder");
    assert.match(reasons["broken.jpg"] ?? "", /ENOENT/);
    assert.equal(reasons[`${long}${"y".repeat(30)}.jpg`], "its key would have 1039 bytes, and S3 accepts 1024");
    await rm(outside, { recursive: true });
  });

  it("may be in a folder that is itself a link", async () => {
    await write("real/a.jpg");
    await symlink(path.join(root, "real"), path.join(root, "link"));
    await link(path.join(root, "link"));
    assert.deepEqual(await keys(), ["a.jpg"]);
  });

  it("need a folder that exists, and has images", async () => {
    const rejects = (directory: string, message: string) => assert.rejects(link(directory), new UserError(message));
    await write("notes.txt");
    const missing = path.join(root, "missing");
    const file = path.join(root, "notes.txt");
    await rejects(missing, `the folder ${missing} does not exist`);
    await rejects(file, `${file} is no folder`);
    await rejects(path.join(file, "x"), `the folder ${path.join(file, "x")} cannot be read`);
    await rejects(
      root,
      `there are no images below ${root}: originals are jpg, jpeg, png, webp, avif, jfif, gif, tif, tiff, heic, heif files`,
    );
  });

  it("stay unchanged when their objects are replaced or deleted", async () => {
    for (const file of ["a.jpg", "b.jpg"]) {
      await write(file);
      await chmod(path.join(root, file), 0o444);
    }
    await link();
    await test.admin.send(new PutObjectCommand({ Bucket, Key: "a.jpg", Body: "replaced" }));
    await test.admin.send(new DeleteObjectCommand({ Bucket, Key: "b.jpg" }));
    assert.equal(await (await get("a.jpg")).Body?.transformToString(), "replaced");
    assert.equal(await errorOf(get("b.jpg")), "404 NoSuchKey");
    await test.storage.close();
    assert.equal(await readFile(path.join(root, "a.jpg"), "utf8"), "bytes of a.jpg");
    assert.equal(await readFile(path.join(root, "b.jpg"), "utf8"), "bytes of b.jpg");
  });

  it("follow files that are edited or removed while the stack runs", async () => {
    await write("a.jpg", "one");
    await utimes(path.join(root, "a.jpg"), 1_600_000_000, 1_600_000_000);
    await link();
    const before = await get("a.jpg");
    assert.equal(before.LastModified?.getTime(), 1_600_000_000_000);
    assert.equal(await before.Body?.transformToString(), "one");
    await write("a.jpg", "three");
    const after = await get("a.jpg");
    assert.equal(await after.Body?.transformToString(), "three");
    assert.notEqual(after.ETag, before.ETag);
    await rm(path.join(root, "a.jpg"));
    assert.equal(await errorOf(get("a.jpg")), "404 NoSuchKey");
    assert.deepEqual(await keys(), []);
  });
});
