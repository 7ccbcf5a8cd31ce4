import type { Hop } from "../contract";
import { type Exchange, type Flow, spanOf } from "./flows";
import { bytes, milliseconds, readable } from "./format";
import { partColour, partName } from "./parts";
import { Span } from "./plots";
import { StatusChip, Stretched, TableHead } from "./ui";

/** The hops of a flow as one strip of bars over its time. */
export function Strip({ flow }: { flow: Flow }) {
  const { from, scale } = scaleOf(flow);
  const hops = flow.exchanges.flatMap(inOrder).filter(({ part }) => part !== "iam");
  return (
    <Stretched class="strip">
      {hops.map((hop, index) => (
        <rect
          key={index}
          fill={partColour(hop.part)}
          x={(hop.startedAt - from) * scale}
          y={hop.entry ? 0 : 2 + (index % 2)}
          width={Math.max(0.8, hop.ms * scale)}
          height={hop.entry ? 8 : 4}
        />
      ))}
    </Stretched>
  );
}

/** The hops of one request, a row each, on the time scale of their flow. */
export function Timeline({ exchange, flow }: { exchange: Exchange; flow: Flow }) {
  const { from, scale } = scaleOf(flow);
  return (
    <table class="timeline">
      <TableHead names={["Hop", "Step", "When", "Status", "Time", "Bytes"]} />
      <tbody>
        {inOrder(exchange).map((hop, index) => {
          const start = Math.min(99, (hop.startedAt - from) * scale);
          return (
            <tr key={index}>
              <th scope="row" style={{ color: partColour(hop.part) }}>
                {partName(hop.part)}
              </th>
              <td class="step">
                <span>{readable(hop.what)}</span>
                <small>{detailOf(hop)}</small>
              </td>
              <td>
                <Span part={hop.part} from={start} width={Math.max(1, Math.min(100 - start, hop.ms * scale))} />
              </td>
              <td>
                <StatusChip status={hop.status} />
              </td>
              <td>{milliseconds(hop.ms)}</td>
              <td>{hop.bytes !== undefined && bytes(hop.bytes)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function scaleOf(flow: Flow) {
  const { from, to } = spanOf(flow);
  return { from, scale: 100 / Math.max(1, to - from) };
}

/** Leaves the target of a redirect out: the headers show it. */
function detailOf({ detail = "", responseHeaders }: Hop): string {
  return detail.replace(responseHeaders?.location ?? "", "").replace(/, $/, "");
}

/** Sorts by start; of two hops that started together the longer one is the outer one. */
function inOrder({ hops }: Exchange): Hop[] {
  return hops.toSorted((one, other) => one.startedAt - other.startedAt || other.ms - one.ms);
}
