// Prints the files that a process has loaded when it ends.
process.on("exit", () => {
  for (const file of Object.keys(require.cache)) console.error(file);
});
