// `npm run bench`, `bench:cold`, `bench:formats`, `bench:load` and `cost`: the first argument is the bench.
import { runCommand } from "@image-resizer/lib/cli";
import { cold, cost, formats, load, resize } from "./benches";

const [bench = "", ...argv] = process.argv.slice(2);

const start = {
  resize: () => {
    runCommand(resize, argv);
  },
  cold: () => {
    runCommand(cold, argv);
  },
  formats: () => {
    runCommand(formats, argv);
  },
  load: () => {
    runCommand(load, argv);
  },
  cost: () => {
    runCommand(cost, argv);
  },
}[bench];

if (!start) throw new Error(`There is no bench "${bench}".`);
start();
