import assert from "node:assert/strict";
import { expectedTraffic } from "../../cost/closed-form";
import { zipf } from "../../cost/popularity";
import { simulateMonth } from "../../cost/simulation";
import { sum, type Traffic } from "../../cost/traffic";
import { seeded } from "../../kit/random";

const TRAFFIC: Traffic = {
  images: 2_000,
  views: 200_000,
  specShares: [0.5, 0.25, 0.125, 0.125],
  zipfExponent: 0.8,
  caches: 3,
  cacheDays: 1,
};

function within(actual: number, expected: number, tolerance: number): void {
  const off = Math.abs(actual / expected - 1);
  assert.ok(off <= tolerance, `${actual} is ${(off * 100).toFixed(2)} % off ${expected}`);
}

describe("Zipf's law", () => {
  it("gives shares that add up to 1 and fall as a power of the rank", () => {
    const shares = zipf(1000, 0.8);
    assert.ok(Math.abs(shares.reduce((all, share) => all + share, 0) - 1) < 1e-12);
    assert.ok(Math.abs((shares[0] ?? 0) / (shares[9] ?? 1) - 10 ** 0.8) < 1e-9);
  });

  it("is uniform with an exponent of 0", () => {
    assert.deepEqual([...zipf(4, 0)], [0.25, 0.25, 0.25, 0.25]);
  });
});

describe("the seeded generator", () => {
  it("gives the same numbers for a seed, and others for another", () => {
    const numbers = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 5 }, () => random());
    };
    assert.deepEqual(numbers(1), numbers(1));
    assert.notDeepEqual(numbers(1), numbers(2));
    assert.ok(numbers(1).every((number) => number >= 0 && number < 1));
  });
});

describe("the simulated month", () => {
  const simulated = simulateMonth(TRAFFIC, 1, () => undefined);
  const expected = expectedTraffic(TRAFFIC);

  it("asks for as many variants as the closed form expects, spec by spec", () => {
    expected.variantsAsked.forEach((count, spec) => {
      within(simulated.variantsAsked[spec] ?? 0, count, 0.02);
    });
  });

  it("misses the CDN as often as the closed form expects, spec by spec", () => {
    expected.cdnMisses.forEach((count, spec) => {
      within(simulated.cdnMisses[spec] ?? 0, count, 0.02);
    });
  });

  it("agrees with the closed form whatever the skew, the caches and what they keep", () => {
    for (const change of [{ zipfExponent: 0 }, { zipfExponent: 1.2 }, { caches: 1 }, { cacheDays: 5 }]) {
      const traffic = { ...TRAFFIC, ...change };
      const played = simulateMonth(traffic, 3, () => undefined);
      const closed = expectedTraffic(traffic);
      within(sum(played.variantsAsked), sum(closed.variantsAsked), 0.015);
      within(sum(played.cdnMisses), sum(closed.cdnMisses), 0.015);
    }
  });

  it("is the same for the same seed", () => {
    assert.deepEqual(
      simulateMonth(TRAFFIC, 1, () => undefined),
      simulated,
    );
  });

  it("tells how far it is, to the end", () => {
    const told: number[] = [];
    simulateMonth({ ...TRAFFIC, views: 5_000 }, 1, (views) => told.push(views));
    assert.equal(told.at(-1), 5_000);
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
  });

  it("has its busiest minute of misses where the views are many and little is stored, never more than there are views", () => {
    const perMinute = TRAFFIC.views / (30 * 24 * 60);
    assert.ok(simulated.peakMissesPerMinute >= perMinute);
    // Poisson's spread of the busiest of 43,200 minutes.
    const busiest = perMinute * 1.6;
    assert.ok(simulated.peakMissesPerMinute <= busiest + 5 * Math.sqrt(busiest), String(simulated.peakMissesPerMinute));
  });

  it("agrees with the closed form at a billion views, most of which it need not play", () => {
    const traffic = { ...TRAFFIC, images: 300, views: 1e9, caches: 2 };
    const played = simulateMonth(traffic, 5, () => undefined);
    assert.deepEqual(played.variantsAsked, [300, 300, 300, 300]);
    within(sum(played.cdnMisses), sum(expectedTraffic(traffic).cdnMisses), 1e-9);
  });
});

describe("the closed form", () => {
  it("makes of one variant what Poisson says", () => {
    const one = { images: 1, views: 2, specShares: [1], zipfExponent: 0.8, caches: 1, cacheDays: 30 };
    const { variantsAsked, cdnMisses } = expectedTraffic(one);
    assert.deepEqual(variantsAsked, [1 - Math.exp(-2)]);
    assert.deepEqual(cdnMisses, [1 - Math.exp(-2)]);
  });

  it("leaves nothing to make after many months of the same traffic", () => {
    const later = expectedTraffic({ ...TRAFFIC, views: 1e8 }, 11);
    assert.ok(sum(later.variantsAsked) < 1e-3, String(sum(later.variantsAsked)));
  });

  it("never asks for more variants than there are, up to ten billion views", () => {
    const all = expectedTraffic({ ...TRAFFIC, views: 1e10 });
    assert.ok(Math.abs(sum(all.variantsAsked) - TRAFFIC.images * 4) < 1e-6);
  });
});
