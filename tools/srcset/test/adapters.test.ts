import assert from "node:assert/strict";
import { type CoreImageAttributes, transformBaseImageProps } from "@unpic/core/base";
import { describe, it } from "mocha";
import type { CreateImageOptions, ImageProvider } from "@nuxt/image" with { "resolution-mode": "import" };
import type { Operations, TransformerFunction, URLTransformer } from "unpic";
import { nextLoader } from "../next";
import { nuxtProvider } from "../nuxt";
import type { Cdn } from "../srcset";
import { unpicTransformer } from "../unpic";

const CDN: Cdn = {
  cdnUrl: "https://cdn.example.com/",
  allowList: { sizes: ["360x270", "320w", "640w", "1280w"], formats: ["avif", "jpeg"], maxDimension: 4096 },
};
const at = (spec: string, file = "a%20b.jpg") => `https://cdn.example.com/p_1/${spec}/${file}`;

describe("the loader of next/image", () => {
  // As next 16.4.6 publishes them in dist/shared/lib/image-config.d.ts and get-img-props.d.ts; the package itself is 192 MB.
  interface ImageLoaderProps {
    src: string;
    width: number;
    quality?: number;
  }
  type ImageLoader = (p: ImageLoaderProps) => string;
  const loader: ImageLoader = nextLoader(CDN);

  it("returns the nearest listed width, and leaves the quality to the stack", () => {
    assert.equal(loader({ src: "p_1/a b.jpg", width: 750, quality: 75 }), at("1280w"));
    assert.equal(loader({ src: "/p_1/a b.jpg", width: 16 }), at("320w"));
    assert.equal(loader({ src: "p_1/a b.jpg", width: 3840 }), at("1280w"));
  });

  it("accepts the URL of an original on the CDN", () => {
    assert.equal(loader({ src: "https://cdn.example.com/p_1/a%20b.jpg?v=2", width: 640 }), at("640w"));
    assert.equal(loader({ src: "p_1/a?%20#.jpg", width: 640 }), at("640w", "a%3F%2520%23.jpg"));
  });

  it("rejects an image of another host, and a URL that is broken", () => {
    const expected = "expected a key, such as p_1/a.jpg, or a URL below https://cdn.example.com/";
    for (const src of [
      "https://other.example.com/a.jpg",
      "https://cdn.example.com/%E0.jpg",
      "HTTP://cdn.example.com",
    ]) {
      const message = `the image ${src} is not on the CDN: ${expected}`;
      assert.throws(() => loader({ src, width: 640 }), { message });
    }
    assert.throws(() => loader({ src: "", width: 640 }), /: The key names no file\.$/);
  });
});

describe("the provider of Nuxt Image", () => {
  const provider: ImageProvider<unknown> = nuxtProvider(CDN);

  /** Nuxt Image as a page has it: its own types know the providers of a project, which Nuxt generates. */
  type NuxtImage = ((src: string, modifiers?: object) => string) & {
    readonly getSizes: (src: string, options: object) => object;
  };

  async function nuxtImage(): Promise<NuxtImage> {
    const { createImage, defineProvider } = await import("@nuxt/image/runtime");
    const providers = { stack: { defaults: {}, setup: defineProvider(provider) } };
    const options = { provider: "stack", providers, screens: { sm: 300, md: 600 }, densities: [1, 2] };
    const image: unknown = createImage({ ...options, presets: {}, alias: {} } as unknown as CreateImageOptions);
    return image as NuxtImage;
  }

  it("creates the srcset of a page", async () => {
    const image = await nuxtImage();
    assert.deepEqual(image.getSizes("p_1/a b.jpg", { sizes: "sm:100vw md:50vw", modifiers: { format: "avif" } }), {
      sizes: "(max-width: 599px) 100vw, 50vw",
      srcset: [`${at("320w.avif")} 300w`, `${at("640w.avif")} 600w`].join(", "),
      src: at("640w.avif"),
    });
    assert.equal(image("p_1/a b.jpg", { width: "700px", height: 300, quality: 50 }), at("1280w"));
  });

  it("leaves out a format that is not listed, and returns the largest width where none is asked for", async () => {
    const image = await nuxtImage();
    assert.equal(image("p_1/a b.jpg", { width: 300, format: "webp" }), at("320w"));
    assert.equal(image("p_1/a b.jpg", { width: 300, format: "jpg" }), at("320w.jpeg"));
    assert.equal(image("p_1/a b.jpg"), at("1280w"));
  });
});

describe("the transformer of unpic", () => {
  const transformer: TransformerFunction<Operations, undefined> = unpicTransformer(CDN);

  it("creates the srcset of a component of unpic-img", () => {
    const img = transformBaseImageProps<Operations, undefined, CoreImageAttributes>({
      src: "/p_1/a b.jpg",
      width: 400,
      height: 300,
      alt: "A moor",
      breakpoints: [300, 400, 800],
      transformer,
    });
    const urls = [`${at("320w")} 300w`, `${at("640w")} 400w`, `${at("1280w")} 800w`];
    assert.deepEqual([img.src, img.srcset], [at("640w"), urls.join(",\n")]);
  });

  it("accepts numbers as text, URLs and formats", () => {
    const ofProvider: URLTransformer<"bunny"> = transformer;
    const url = new URL("https://cdn.example.com/p_1/a b.jpg");
    assert.equal(ofProvider(url, { width: "641", format: "avif" }), at("1280w.avif"));
    assert.equal(transformer(url, { height: 100 }), at("1280w"));
    assert.throws(() => transformer(url, { width: "wide" }), {
      message: "the width NaN is not a number of pixels above 0",
    });
  });
});
