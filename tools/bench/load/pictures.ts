import type { Subject } from "./subject";
import { type View, Viewer } from "./viewer";

/**
 * A lone viewer of one photograph at every size of the stack: first when nobody has made it, then again. Its connections
 * are open before.
 * @param latencyMs added before each request
 */
export async function lookAtPictures(
  subject: Subject,
  latencyMs: number,
): Promise<{ readonly miss: readonly View[]; readonly hit: readonly View[] }> {
  const openers = await subject.missing(1);
  const pictures = await subject.missing(subject.sizes.length);
  const viewer = new Viewer(latencyMs);
  const [miss, hit]: [View[], View[]] = [[], []];
  for (const opener of openers.slice(0, 1)) await viewer.view(opener);
  for (const picture of pictures) miss.push(await viewer.view(picture));
  for (const picture of pictures) hit.push(await viewer.view(picture));
  viewer.close();
  return { miss, hit };
}
