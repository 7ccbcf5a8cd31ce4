/** An image in HEVC: the decoder's configuration (`hvcC`), and its slices, each after its length. */
export interface HevcImage {
  readonly width: number;
  readonly height: number;
  readonly configuration: Buffer;
  readonly slices: Buffer;
}

/** Pixels of a side of a block. */
export const BLOCK = 16;
/** Types of units (ITU-T H.265, table 7-1). */
const IDR = 19;
const PARAMETER_SETS = { video: 32, sequence: 33, picture: 34 };
/**
 * Arithmetic code of a slice's one block: that it is not parted and its samples follow as they are; then that the slice
 * ends (9.3.4). In a slice of its own a block's contexts are always the initial ones, so that these are constants.
 */
const RAW_SAMPLES = "100001101";
const END_OF_SLICE = "111111101";
/** Profile Main, level 3.1 (7.3.3). */
const PROFILE = [1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93];

/**
 * Encodes an image without compressing it, each block of 16 x 16 in a slice of its own: HEVC as plain as the standard
 * allows. Luma and chroma are of 8 bits in the full range, chroma at half the size.
 * @param colourAt luma, blue and red difference of a pixel
 */
export function encodeHevc(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => readonly [number, number, number],
): HevcImage {
  const columns = width / BLOCK;
  const blocks = columns * (height / BLOCK);
  const slices: Buffer[] = [];
  for (let block = 0; block < blocks; block++) {
    const [left, top] = [(block % columns) * BLOCK, Math.floor(block / columns) * BLOCK];
    const samples: number[] = [];
    for (const [channel, step] of [
      [0, 1],
      [1, 2],
      [2, 2],
    ] as const) {
      for (let y = top; y < top + BLOCK; y += step) {
        for (let x = left; x < left + BLOCK; x += step) samples.push(colourAt(x, y)[channel]);
      }
    }
    slices.push(slice(block, blocks, samples));
  }
  return { width, height, configuration: configuration(width, height), slices: Buffer.concat(slices) };
}

function slice(block: number, blocks: number, samples: readonly number[]): Buffer {
  const bits = new Bits();
  // Whether it is the first of its picture, no_output_of_prior_pics, the parameter set, the address, slice type I, no change of quality (7.3.6.1).
  bits
    .put(block === 0 ? 1 : 0, 1)
    .put(0, 1)
    .golomb(0);
  if (block > 0) bits.put(block, Math.ceil(Math.log2(blocks)));
  bits.golomb(2).golomb(0).end();
  bits.text(RAW_SAMPLES).align();
  for (const sample of samples) bits.put(sample, 8);
  const unit = nalUnit(IDR, bits.text(END_OF_SLICE).align());
  return Buffer.concat([uint32(unit.length), unit]);
}

function configuration(width: number, height: number): Buffer {
  const units = [
    nalUnit(PARAMETER_SETS.video, videoParameters()),
    nalUnit(PARAMETER_SETS.sequence, sequenceParameters(width, height)),
    nalUnit(PARAMETER_SETS.picture, pictureParameters()),
  ];
  const arrays = units.map((unit) => {
    const type = ((unit[0] ?? 0) >> 1) | 0x80;
    return Buffer.concat([Buffer.of(type, 0, 1, unit.length >> 8, unit.length & 0xff), unit]);
  });
  // ISO/IEC 14496-15, 8.3.3.1: lengths of four bytes.
  const head = Buffer.from([1, ...PROFILE, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, arrays.length]);
  return Buffer.concat([head, ...arrays]);
}

/** 7.3.2.1 */
function videoParameters(): Bits {
  const bits = new Bits().put(0, 4).put(3, 2).put(0, 6).put(0, 3).put(1, 1).put(0xffff, 16);
  for (const byte of PROFILE) bits.put(byte, 8);
  return bits.put(1, 1).golomb(0, 0, 0).put(0, 6).golomb(0).put(0, 2).end();
}

/** 7.3.2.2: blocks and coding units of 16 pixels, samples as they are of 8 bits, and no tool besides. */
function sequenceParameters(width: number, height: number): Bits {
  const bits = new Bits().put(0, 4).put(0, 3).put(1, 1);
  for (const byte of PROFILE) bits.put(byte, 8);
  bits.golomb(0, 1, width, height).put(0, 1).golomb(0, 0, 0).put(1, 1).golomb(0, 0, 0);
  bits.golomb(1, 0, 0, 2, 0, 0);
  // No scaling list, asymmetric parts or offsets; raw samples, not filtered.
  return bits.put(0, 3).put(1, 1).put(7, 4).put(7, 4).golomb(1, 0).put(1, 1).golomb(0).put(0, 5).end();
}

/** 7.3.2.3: no filter across slices, and none within. */
function pictureParameters(): Bits {
  const bits = new Bits().golomb(0, 0).put(0, 7).golomb(0, 0, 0).put(0, 3).golomb(0, 0).put(0, 6);
  return bits.put(0, 1).put(0b101, 3).put(0, 2).golomb(0).put(0, 2).end();
}

/** Returns a unit with a byte wherever its content would look like the start of another (7.3.1.1). */
function nalUnit(type: number, content: Bits): Buffer {
  const escaped: number[] = [];
  for (const byte of content.bytes) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return Buffer.from([type << 1, 1, ...escaped]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Bits in a row, the most significant first. */
class Bits {
  readonly bytes: number[] = [];
  #free = 0;

  put(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) {
      if (this.#free === 0) {
        this.bytes.push(0);
        this.#free = 8;
      }
      this.#free--;
      this.bytes.push((this.bytes.pop() ?? 0) | (((value >>> bit) & 1) << this.#free));
    }
    return this;
  }

  text(bits: string): this {
    return this.put(parseInt(bits, 2), bits.length);
  }

  /** Exponential Golomb codes (9.2); 0 is the same with and without a sign. */
  golomb(...values: readonly number[]): this {
    for (const value of values) this.put(value + 1, 2 * Math.floor(Math.log2(value + 1)) + 1);
    return this;
  }

  align(): this {
    this.#free = 0;
    return this;
  }

  /** A one, then zeros up to the next byte. */
  end(): this {
    return this.put(1, 1).align();
  }
}
