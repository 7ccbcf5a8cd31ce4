// In the bundle, what `@img/colour` is, which knows all models and names of colours. The resizer names one background
// (image.ts), by its channels.

interface Channels {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

interface Colour {
  red(): number;
  green(): number;
  blue(): number;
  alpha(): number;
}

function colour(value: Channels | string): Colour {
  if (typeof value === "string") throw new Error(`The bundle knows no colours by their names: ${value}`);
  return { red: () => value.r, green: () => value.g, blue: () => value.b, alpha: () => 1 };
}

export = colour;
