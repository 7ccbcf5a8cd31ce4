/** Frees what tests add, last first, after each of them, also of one that fails. */
export function freedAfterEach(): (free: () => unknown) => void {
  const added: (() => unknown)[] = [];
  afterEach(async () => {
    for (const free of added.splice(0).reverse()) await free();
  });
  return (free) => added.push(free);
}
