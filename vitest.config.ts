import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are what a Pi or a small build machine offers; forks keep native modules apart.
    pool: "forks",
    maxWorkers: 2,
  },
});
