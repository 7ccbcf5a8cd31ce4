/** Frees what tests add, last first, after each of them, also of one that fails. */
export function freedAfterEach(): (free: () => unknown) => void {
  return freedBy(afterEach);
}

/** Frees what a suite adds, last first, at its end, also if its `before` failed. */
export function freedAfterAll(): (free: () => unknown) => void {
  return freedBy(after);
}

function freedBy(hook: (free: () => Promise<void>) => void): (free: () => unknown) => void {
  const added: (() => unknown)[] = [];
  hook(async () => {
    for (const free of added.splice(0).reverse()) await free();
  });
  return (free) => added.push(free);
}
