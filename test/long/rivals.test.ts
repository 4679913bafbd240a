// The same rivals as in the short run, in hundreds of runs.
process.env.ONSET_RIVAL_RUNS ??= '15'
await import('../check/rivals.test.ts')
