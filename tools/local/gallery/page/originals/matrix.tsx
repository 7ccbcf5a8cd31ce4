import type { OriginalDetails } from "../../contract";
import { formatBytes } from "../../../format-bytes";
import { saving } from "../format";
import { usePage } from "../state";
import { Scroll, StatusChip } from "../ui";
import type { Variant } from "./variants";

interface MatrixProps {
  readonly original: OriginalDetails;
  /** In the order of the stack's specs: each size in the original's format, then in each of the stack's. */
  readonly variants: readonly Variant[];
  readonly chosen: string | undefined;
  readonly onChoose: (spec: string) => void;
}

/** The bytes of every variant: a row for each size, a column for each format. */
export function Matrix({ original, variants, chosen, onChoose }: MatrixProps) {
  const { sizes, info } = usePage().stack;
  const columns = ["original’s format", ...info.allowList.formats];
  return (
    <Scroll label="Bytes by size and format">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">size</th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sizes.map((size, row) => (
            <tr key={size}>
              <th scope="row">{size}</th>
              {variants.slice(row * columns.length, (row + 1) * columns.length).map((variant) => (
                <td key={variant.spec}>
                  <Cell {...{ original, variant, isChosen: variant.spec === chosen, onChoose }} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface CellProps extends Pick<MatrixProps, "original" | "onChoose"> {
  readonly variant: Variant;
  readonly isChosen: boolean;
}

function Cell({ original, variant: { spec, served, rejected }, isChosen, onChoose }: CellProps) {
  if (!served && !rejected) return <span class="note">…</span>;
  return (
    <button class="small" aria-pressed={isChosen} onClick={() => onChoose(spec)}>
      {rejected && (rejected.status === undefined ? "failed" : <StatusChip status={rejected.status} />)}
      {served && (
        <>
          <b>{formatBytes(served.bytes)}</b>{" "}
          <small>{`${served.format}, ${saving(served.bytes, original.bytes)}`}</small>
        </>
      )}
    </button>
  );
}
