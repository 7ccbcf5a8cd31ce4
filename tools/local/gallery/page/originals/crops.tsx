import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Crop, OriginalDetails } from "../../contract";
import { getCrops, previewUrl } from "../server";
import { usePage } from "../state";

/** The part of an original that a `WxH` size keeps, by position. */
export function Crops({ original, size }: { original: OriginalDetails; size: string }) {
  const { fit, position } = usePage().stack.info;
  const crops = useSignal<readonly Crop[]>([]);
  const problem = useSignal("");
  useEffect(() => {
    getCrops(original.key, size).then(
      (answer) => (crops.value = answer),
      (error: unknown) => (problem.value = (error as Error).message),
    );
  }, []);
  const how =
    fit === "cover" ? `This stack crops by position ${position}.` : `This stack crops nothing: its fit is ${fit}.`;
  return (
    <section class="stack" aria-label="Crops">
      <h3>
        The part that {size} keeps <small>{how}</small>
      </h3>
      <p class="error" role="alert">
        {problem}
      </p>
      <div class="row crops">
        {crops.value.map((crop) => (
          <CropFigure key={crop.position} original={original} crop={crop} />
        ))}
      </div>
    </section>
  );
}

function CropFigure({ original, crop }: { original: OriginalDetails; crop: Crop }) {
  const { width = 1, height = 1 } = original;
  const percent = (part: number, of: number) => `${(part / of) * 100}%`;
  const place = {
    left: percent(crop.left, width),
    top: percent(crop.top, height),
    width: percent(crop.width, width),
    height: percent(crop.height, height),
  };
  const { originals } = usePage();
  return (
    <figure>
      <div class="cropped">
        <img
          src={previewUrl(original.key, originals.versionOf(original.key))}
          alt={`The crop of ${original.key} by position ${crop.position}`}
        />
        <i style={place} />
      </div>
      <figcaption>
        <b>{crop.position}</b> {`${crop.width} × ${crop.height} px from ${crop.left}, ${crop.top}`}
      </figcaption>
    </figure>
  );
}
