// The same servers as in the short run, in thousands.
process.env.ONSET_DRAWN_SERVERS ??= '3000'
await import('../check/drawn-servers.test.ts')
