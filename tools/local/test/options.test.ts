import assert from "node:assert/strict";
import { parseOptions } from "../options";
import { UserError } from "@image-resizer/lib/program";

describe("the options of npm start", () => {
  const defaults = { stack: "dev", port: 8080, config: {}, json: false, help: false };

  it("have defaults", () => {
    assert.deepEqual(parseOptions([]), defaults);
  });

  it("are read", () => {
    const args = ["--stack", "prod", "--port=0", "--images", "a b", "--json", "--help"];
    assert.deepEqual(parseOptions(args), {
      stack: "prod",
      port: 0,
      images: "a b",
      config: {},
      json: true,
      help: true,
    });
  });

  it("read config values that are JSON as JSON", () => {
    const args = [
      "-c",
      'sizes=["64w"]',
      "-c",
      "quality=80",
      "--config",
      "bucketName=a=b",
      "-c",
      "aws:region=eu-west-1",
      "-c",
      "x=",
    ];
    assert.deepEqual(parseOptions(args).config, {
      sizes: ["64w"],
      quality: 80,
      bucketName: "a=b",
      "aws:region": "eu-west-1",
      x: "",
    });
  });

  const port = (value: string) => `--port is "${value}": it is 0, for any free ports, or a number from 1 to 65531`;
  const help = "(npm start -- --help lists the options)";
  const refused: [args: string[], message: string][] = [
    [["--prot", "1"], `Unknown option '--prot' ${help}`],
    [["-x"], `Unknown option '-x' ${help}`],
    [["photos"], `Unexpected argument 'photos' ${help}`],
    [["--port"], `Option '--port <value>' argument missing ${help}`],
    [["--images", "--json"], `Option '--images' argument is ambiguous ${help}`],
    [["--json=yes"], `Option '--json' does not take an argument ${help}`],
    [["--port", "http"], port("http")],
    [["--port=-1"], port("-1")],
    [["--port", "080"], port("080")],
    [["--port", "65532"], port("65532")],
    [["--images", ""], "--images is empty: it is a folder of pictures"],
    [["-c", "sizes"], '-c is "sizes": it is KEY=VALUE'],
    [["-c", "=1"], '-c is "=1": it is KEY=VALUE'],
  ];
  for (const [args, message] of refused) {
    it(`refuse ${args.join(" ")}`, () => {
      assert.throws(() => parseOptions(args), new UserError(message));
    });
  }
});
