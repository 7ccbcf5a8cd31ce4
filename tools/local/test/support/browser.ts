import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { ROOT } from "@image-resizer/lib/root";
import { devDependencies } from "../../package.json";

const VERSION = devDependencies["@sparticuz/chromium"];
/** Timeout of Playwright's calls: Mocha's is the only limit. */
export const NO_LIMIT = 0;
const FOLDER = path.join(ROOT, "dist/browser");

/**
 * Starts Chromium. On Linux x64 it is the one inside an npm package, with its own libraries and fonts, so that nothing needs to be
 * installed; elsewhere, where that one does not run, it is the machine's Chrome.
 */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return chromium.launch({ channel: "chrome", timeout: NO_LIMIT });
  const folder = await unpacked();
  return chromium.launch({
    executablePath: path.join(folder, "chromium"),
    timeout: NO_LIMIT,
    args: ["--no-sandbox", "--headless=shell", "--font-render-hinting=none", "--disable-gpu"],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: path.join(folder, "al2023", "lib"),
      FONTCONFIG_FILE: path.join(folder, "fonts.conf"),
    },
  });
}

/** The folder of the unpacked browser, which appears whole or not at all. */
async function unpacked(): Promise<string> {
  const folder = path.join(FOLDER, VERSION);
  if (existsSync(folder)) return folder;
  await mkdir(FOLDER, { recursive: true });
  const staging = await mkdtemp(path.join(FOLDER, ".unpacking-"));
  try {
    // In a process of its own: the package unpacks into the folder for temporary files, and its libraries only on Lambda.
    const unpack = `import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())`;
    const env = { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };
    await promisify(execFile)(process.execPath, ["-e", unpack], { cwd: __dirname, env });
    await writeFile(path.join(staging, "fonts.conf"), fontsConf(path.join(folder, "fonts")));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process may have been first.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The package's own says where it looks on Lambda. */
function fontsConf(fonts: string): string {
  return `<?xml version="1.0"?>
<fontconfig>
  <dir>${fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${fonts}-cache</cachedir>
</fontconfig>
`;
}
