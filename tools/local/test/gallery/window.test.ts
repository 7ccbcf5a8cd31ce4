import assert from "node:assert/strict";
import { type Grid, windowOf } from "../../gallery/page/originals/window";

describe("the window of the gallery", () => {
  const grid: Grid = { total: 5000, columns: 3, rowHeight: 300, top: 400, screenHeight: 1000 };

  it("has the rows in sight and one more on each side, and empty space for the others", () => {
    // The second row ends at the edge of the screen.
    assert.deepEqual(windowOf(grid), { from: 0, to: 9, above: 0, below: 1664 * 300 });
    assert.deepEqual(windowOf({ ...grid, top: -3000 }), { from: 27, to: 45, above: 2700, below: 1652 * 300 });
    // The last row has two cards.
    assert.deepEqual(windowOf({ ...grid, top: 1000 - 1667 * 300 }), {
      from: 4986,
      to: 5000,
      above: 1662 * 300,
      below: 0,
    });
  });

  it("has at least one card, wherever the list is scrolled to", () => {
    const few = { ...grid, total: 4 };
    assert.deepEqual(windowOf({ ...few, top: -90_000 }), { from: 3, to: 4, above: 300, below: 0 });
    assert.deepEqual(windowOf({ ...few, top: 90_000 }), { from: 0, to: 3, above: 0, below: 300 });
    assert.deepEqual(windowOf({ ...few, total: 0 }), { from: 0, to: 0, above: 0, below: 0 });
  });
});
