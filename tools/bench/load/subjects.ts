import { DELIVERIES, type Delivery } from "../../../functions/resizer/settings";
import { StackUnderLoad, type Subject } from "./subject";

/** The API's throttle and the photograph's size are not what is measured. */
const UNBOUNDED = { "resizer.rateLimit": 10_000, "resizer.burstLimit": 5_000, "image.maxInputPixels": 268_000_000 };

/** The stacks of a run. */
export interface Subjects {
  of(delivery: Delivery, edgeRefusals: boolean): Subject;
  /** Ends all of them. */
  end(): Promise<void>;
}

/**
 * The prod stack in each delivery, with and without refusals at the edge, each in a process of its own.
 * @throws what the first one that cannot be started throws; none is left then
 */
export async function startSubjects(images: string, file: string): Promise<Subjects> {
  const kinds = DELIVERIES.flatMap((delivery) => [true, false].map((edgeRefusals) => ({ delivery, edgeRefusals })));
  const starting = await Promise.allSettled(
    kinds.map(async (kind) => ({
      ...kind,
      subject: await StackUnderLoad.start(
        { config: { "cdn.delivery": kind.delivery, "cdn.validateAtEdge": kind.edgeRefusals, ...UNBOUNDED }, images },
        file,
      ),
    })),
  );
  const started = starting.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const end = async () => {
    await Promise.all(started.map(({ subject }) => subject.end()));
  };
  const failed = starting.find((each) => each.status === "rejected");
  if (failed) {
    await end();
    throw failed.reason;
  }
  return {
    of: (delivery, edgeRefusals) => {
      const found = started.find((each) => each.delivery === delivery && each.edgeRefusals === edgeRefusals);
      if (!found) throw new Error(`no stack with delivery ${delivery} was started`);
      return found.subject;
    },
    end,
  };
}
