import { Presets, SingleBar } from "cli-progress";
import { describeProgress, doneOf, type Progress, Rate } from "./progress";

/** Shows how far a run has come until it is stopped. */
export interface Display {
  stop(): void;
}

const BAR_EVERY_MS = 250;
const LINE_EVERY_MS = 5000;
const BAR_COLUMNS = 24;

/** A bar on a terminal; elsewhere a line every few seconds. */
export function startDisplay(stream: NodeJS.WriteStream, progress: () => Progress): Display {
  const rate = new Rate();
  const look = () => {
    const now = progress();
    rate.add(doneOf(now), performance.now());
    return { now, text: describeProgress(now, rate.perSecond()) };
  };
  look();
  return stream.isTTY ? startBar(stream, look) : startLines(stream, look);
}

type Look = () => { readonly now: Progress; readonly text: string };

function startBar(stream: NodeJS.WriteStream, look: Look): Display {
  const bar = new SingleBar(
    { format: "{bar} {text}", stream, hideCursor: true, barsize: BAR_COLUMNS },
    Presets.shades_classic,
  );
  const draw = () => {
    const { now, text } = look();
    // Until it is known, what is done is no share of anything.
    bar.setTotal(now.total ?? Infinity);
    bar.update(doneOf(now), { text });
  };
  bar.start(Infinity, 0, { text: "" });
  const timer = setInterval(draw, BAR_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      draw();
      bar.stop();
    },
  };
}

function startLines(stream: NodeJS.WriteStream, look: Look): Display {
  const timer = setInterval(() => stream.write(`${look().text}\n`), LINE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
